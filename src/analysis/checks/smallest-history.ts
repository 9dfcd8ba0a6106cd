type IsEnough = (length: number) => boolean;

const looksMax = 256;

/**
 * The smallest length that is enough, by doubling and then by halving what lies between, if every longer one is, too.
 * Null when not even `longest` is enough.
 */
export function smallestHistory(longest: number, isEnough: IsEnough): number | null {
  let tooShort = -1;
  for (let length = 0; ; length = Math.max(1, length * 2)) {
    const tried = Math.min(length, longest);
    if (isEnough(tried)) return halve(tooShort, tried, isEnough);
    if (tried === longest) return null;
    tooShort = tried;
  }
}

/**
 * The smallest length from which on every one up to `settled` is enough, where enough may be followed by not enough:
 * looks down from `settled` to `found` until a length is too short, at every length or, when these are very many, at
 * 256 of them.
 */
export function lookDown(found: number, settled: number, isEnough: IsEnough): number {
  const stride = Math.max(1, Math.ceil((settled - found) / looksMax));
  for (let length = settled; length > found; length -= stride) {
    if (!isEnough(length)) return length === settled ? settled + 1 : halve(length, length + stride, isEnough);
  }
  return found;
}

function halve(floor: number, ceiling: number, isEnough: IsEnough): number {
  let [tooShort, enough] = [floor, ceiling];
  while (enough - tooShort > 1) {
    const middle = (tooShort + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else tooShort = middle;
  }
  return enough;
}
