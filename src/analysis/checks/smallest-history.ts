type IsEnough = (length: number) => boolean;

/**
 * The smallest length that is enough, by doubling and then by halving what lies between, if every longer one is, too.
 * Null when not even `longest` is enough.
 */
export function smallestHistory(longest: number, isEnough: IsEnough): number | null {
  return above(-1, longest, isEnough);
}

/**
 * As `smallestHistory` where enough may now and then be followed by not enough: powers of two up to `longest` and
 * lengths some way above the answer are tried as well, and the search begins again above one that fails.
 */
export function spotChecked(longest: number, isEnough: IsEnough): number | null {
  let tooShort = -1;
  for (let length = 1; length < longest; length *= 2) if (!isEnough(length)) tooShort = length;
  for (;;) {
    const found = above(tooShort, longest, isEnough);
    const worse = found === null ? undefined : spots(found, longest).findLast((length) => !isEnough(length));
    if (worse === undefined) return found;
    tooShort = worse;
  }
}

function above(floor: number, longest: number, isEnough: IsEnough): number | null {
  let tooShort = floor;
  for (let length = floor + 1; ; length = Math.max(1, length * 2)) {
    const tried = Math.min(length, longest);
    if (isEnough(tried)) return halve(tooShort, tried, isEnough);
    if (tried === longest) return null;
    tooShort = tried;
  }
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

/** The next lengths one by one, then farther and farther apart, up to about twice the length. */
function spots(from: number, longest: number): readonly number[] {
  const lengths: number[] = [];
  const end = Math.min(longest, 2 * from + 16);
  for (let length = from + 1; length < end; length = Math.max(length + 1, Math.ceil(length * 1.03)))
    lengths.push(length);
  return lengths;
}
