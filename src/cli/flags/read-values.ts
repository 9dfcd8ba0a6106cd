import { invalidFlag } from "./flag-errors.ts";

/** One of some words; the first where nothing was said. Throws `FLAG_INVALID`. */
export function readOneOf<const Word extends string>(
  flag: string,
  given: string | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  const found = given === undefined ? words[0] : words.find((word) => word === given);
  if (found !== undefined) return found;
  throw invalidFlag(flag, given!, `one of ${words.join(", ")}`);
}

/** A number between two others, a whole one unless said otherwise. Throws `FLAG_INVALID`. */
export function readBetween(
  flag: string,
  given: number,
  least: number,
  most: number,
  isWhole = true,
): number {
  if ((!isWhole || Number.isInteger(given)) && given >= least && given <= most) return given;
  throw invalidFlag(flag, String(given), `a ${isWhole ? "whole " : ""}number from ${least} to ${most}`);
}
