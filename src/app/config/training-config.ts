import { z } from "zod";

const count = z.int().min(1);

const network = z.strictObject({
  batch: count.max(4096).optional().describe("rows of a step; 64 by default"),
  epochs: count.max(10_000).optional().describe("20, of full ones 100"),
  stepsPerEpoch: count.max(100_000).optional().describe("80"),
  ratePeak: z.number().positive().max(1).optional().describe("0.002, of full ones 0.0001"),
  weightDecay: z.number().min(0).max(1).optional().describe("0.00001"),
  gradientNormMax: z.number().positive().optional().describe("longer gradients are cut to it; 1"),
  patience: count.optional().describe("epochs without a better loss before it stops; 6, of full ones 15"),
  deltaMin: z.number().min(0).optional().describe("what counts as a better loss; 0.0001"),
  keepBest: count.max(20).optional().describe("parameters that are kept, the best ones; 3"),
  checkpointSteps: count.optional().describe("steps between two checkpoints; 200, of full ones 50"),
});

/** How models of direction are trained. What is left out is left to the size of the network. */
export const trainingConfigSchema = z.strictObject({
  size: z.enum(["small", "full"]).default("small").describe("of networks: small trains in minutes"),
  horizonBars: count.max(1000).optional().describe("bars looked ahead; left to the family by default"),
  label: z.enum(["direction", "triple-barrier"]).default("direction").describe("what an outcome is"),
  moveMin: z
    .number()
    .min(0)
    .max(20)
    .optional()
    .describe("least move that counts, in usual moves over the horizon: 0; of triple barriers 1"),
  calibration: z.enum(["beta", "steps"]).default("beta").describe("how probabilities are recalibrated"),
  folds: count.max(20).default(4).describe("turns of the walk forward that judges a model"),
  device: z
    .enum(["auto", "cpu"])
    .default("cpu")
    .describe("where networks are trained; auto takes a GPU where ONNX Runtime finds one"),
  network: network.prefault({}).describe("how networks learn; what is left out is left to the size"),
});
