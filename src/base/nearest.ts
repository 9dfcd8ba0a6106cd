import { closest, distance } from "fastest-levenshtein";

/** A name is near when at most this share of its letters differs. */
const shareMax = 0.4;
/** Fewer letters are the beginning of too much. */
const beginningMin = 3;

/** The known name that somebody may have meant; null where none is near: a far-fetched guess leads astray. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const plain = given.toLowerCase();
  const begun = known.find((name) => plain.length >= beginningMin && name.toLowerCase().startsWith(plain));
  if (begun !== undefined) return begun;
  const names = new Map(known.map((name) => [name.toLowerCase(), name]));
  const found = closest(plain, [...names.keys()]);
  const differing = Math.max(1, Math.floor(shareMax * Math.max(plain.length, found.length)));
  return distance(plain, found) <= differing ? names.get(found)! : null;
}
