import { z } from "zod";
import { runRequestSchema } from "../jobs/request-schemas.ts";

import { usualParts } from "../../search/race-search.ts";

/** How a search goes about it. */
export const searchMethods = ["grid", "random", "tpe", "halving", "racing"] as const;
export type SearchMethod = (typeof searchMethods)[number];

/** Parts of the time that a method judges by where nobody says how many: a race compares part by part. */
export function usualFolds(method: SearchMethod): number {
  return method === "racing" ? usualParts : 1;
}

const texts = z.array(z.string()).readonly();

/** What a person asks of a search: plain data, kept with its table so that it can be gone on with. */
export const searchRequestSchema = z.strictObject({
  request: runRequestSchema,
  method: z.enum(searchMethods),
  trials: z.int().positive(),
  vary: texts,
  where: texts,
  onlyWhen: texts,
  objective: z.string(),
  require: texts,
  pareto: texts,
  folds: z.int().min(1).max(50),
  holdout: z.number().min(0).max(0.9),
  seed: z.int().min(0),
  /** What was typed, to be shown. */
  command: z.string(),
});
export type SearchRequest = z.output<typeof searchRequestSchema>;

/** A search as it is kept: what was asked for, of whom, and what it is made with. */
export const keptSearchSchema = searchRequestSchema.extend({
  /** Absent from searches of versions that did not say. */
  madeBy: z.enum(["optimize", "validate"]).optional(),
  /** SHA-256 of the code and of the bars: with others its table would be of two kinds of trials. */
  madeWith: z.strictObject({ code: z.string(), data: z.string() }).optional(),
});
export type KeptSearch = z.output<typeof keptSearchSchema>;
