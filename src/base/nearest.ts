import { distance } from "fastest-levenshtein";

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
  const steps = new Map([...names.keys()].map((name) => [name, stepsBetween(plain, name)]));
  const found = [...names.keys()].reduce((best, name) => (steps.get(name)! < steps.get(best)! ? name : best));
  const differing = Math.max(1, Math.floor(shareMax * Math.max(plain.length, found.length)));
  return steps.get(found)! <= differing ? names.get(found)! : null;
}

/** Letters that differ; the same letters in another order are one slip of the fingers. */
function stepsBetween(one: string, other: string): number {
  const lettersOf = (text: string): string => Array.from(text).sort().join("");
  const steps = distance(one, other);
  return steps > 0 && lettersOf(one) === lettersOf(other) ? 1 : steps;
}

/**
 * The way out of a name that does not exist: the known one that was meant, as `write` puts it into what is to be typed. Where
 * none is near it guesses nothing: `others` says where all of them stand, else the first shows what one looks like.
 */
export function didYouMean(
  given: string,
  known: readonly string[],
  write: (name: string) => string = (name) => name,
  others?: string,
): string {
  const near = nearest(given, known);
  if (near !== null) return `did you mean ${write(near)}?${others === undefined ? "" : `   (${others})`}`;
  return others ?? (known.length === 0 ? "leave it out" : `use one of them, for example ${write(known[0]!)}`);
}
