type IsEnough = (length: number) => boolean;

const looksMax = 256;
/** Looks at long histories cost their length: together they may cost this many bars. */
const looksBars = 400_000;

/**
 * The smallest length that is enough, by doubling and then by halving what lies between, if every longer one is, too.
 * Null when not even `longest` is enough. A `precision` of 0.01 is content with an answer up to one percent too long.
 */
export function smallestHistory(longest: number, isEnough: IsEnough, precision = 0): number | null {
  let tooShort = -1;
  for (let length = 0; ; length = Math.max(1, length * 2)) {
    const tried = Math.min(length, longest);
    if (isEnough(tried)) return halve(tooShort, tried, isEnough, precision);
    if (tried === longest) return null;
    tooShort = tried;
  }
}

/**
 * The smallest length from which on every one up to `settled` is enough, where enough may be followed by not enough:
 * looks down from `settled` to `found` until a length is too short, at every length or, when these are many or long, at
 * some of them.
 */
export function lookDown(found: number, settled: number, isEnough: IsEnough): number {
  const looks = Math.min(looksMax, Math.max(8, Math.floor(looksBars / settled)));
  const stride = Math.max(1, Math.ceil((settled - found) / looks));
  for (let length = settled; length > found; length -= stride) {
    if (!isEnough(length)) return length === settled ? settled + 1 : halve(length, length + stride, isEnough);
  }
  return found;
}

function halve(floor: number, ceiling: number, isEnough: IsEnough, precision = 0): number {
  let [tooShort, enough] = [floor, ceiling];
  while (enough - tooShort > 1 + precision * enough) {
    const middle = (tooShort + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else tooShort = middle;
  }
  return enough;
}
