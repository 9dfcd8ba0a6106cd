import { z } from "zod";
import { terms } from "../../learning/ensemble/member-weights.ts";

const text = z.string().min(1);
const choice = z.object({ use: z.string() }).catchall(z.union([z.number(), z.boolean(), z.string()]));

const ensemble = z.strictObject({
  use: z.literal("ensemble").describe("several models as one"),
  members: z.array(text).min(2).max(12).describe("models of one symbol and timeframe, as in kiwi model list"),
  pool: z
    .enum(["linear", "logarithmic", "stacked"])
    .default("linear")
    .describe("how opinions become one: mixture, product of powers, or a regression on the members"),
  terms: z
    .record(z.string(), z.enum(terms))
    .default({})
    .describe("by member: which weight by regime it has, where the bars that it looks ahead do not tell"),
  horizonBars: z
    .int()
    .min(1)
    .optional()
    .describe("bars that the ensemble looks ahead; the middle one of its members by default"),
  lookbackTrades: z
    .int()
    .min(1)
    .max(1_000)
    .default(50)
    .describe("last calls of each member that its weight follows"),
  disagreementPenalty: z
    .number()
    .min(0)
    .default(1)
    .describe("times the variance between members that counts as doubt"),
  regime: choice.default({ use: "volatility-trend" }).describe("what tells the regime, and its options"),
});

/** Models that are made of others, by name. */
export const modelsConfigSchema = z.record(text, ensemble);
export type ModelsConfig = z.output<typeof modelsConfigSchema>;
/** An ensemble as a configuration describes it. */
export type EnsembleConfig = ModelsConfig[string];
