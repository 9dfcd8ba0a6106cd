import { z } from "zod";

/** A number, or its decimal text. Text that is no number becomes NaN and costs its row, not the page. */
export const numeric = z.union([z.number(), z.string()]).transform(toNumber);

/** The number in a text; an empty text is no number. */
export function toNumber(value: number | string): number {
  return typeof value === "number" ? value : value.trim() === "" ? Number.NaN : Number(value);
}

/** A step or minimum that a venue states: positive, or null when it is missing or 0. */
export function positiveOrNull(text: string | number | null | undefined): number | null {
  const value = text === null || text === undefined ? Number.NaN : toNumber(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}
