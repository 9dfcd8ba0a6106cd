import { z } from "zod";

const count = z.int().min(1);

const network = z.strictObject({
  batch: count.max(4096).optional().describe("rows of a step; 64 by default"),
  epochs: count.max(10_000).optional().describe("10, of full ones 100"),
  stepsPerEpoch: count.max(100_000).optional().describe("80"),
  ratePeak: z.number().positive().max(1).optional().describe("0.001, of full ones 0.0001"),
  weightDecay: z.number().min(0).max(100).optional().describe("5, of full ones 0.00001"),
  gradientNormMax: z.number().positive().optional().describe("longer gradients are cut to it; 1"),
  patience: count.optional().describe("epochs without a better loss before it stops; 3, of full ones 15"),
  deltaMin: z.number().min(0).optional().describe("what counts as a better loss; 0.0001"),
  keepBest: count.max(20).optional().describe("parameters that are kept, the best ones; 3"),
  checkpointSteps: count.optional().describe("steps between two checkpoints; 200, of full ones 50"),
});

const share = z.number().gt(0).max(1).optional();
const weight = z.number().min(0).optional();

const boosted = z.strictObject({
  rounds: count.max(100_000).optional().describe("trees at most; 300"),
  rate: z.number().gt(0).max(1).optional().describe("how much of what a tree says is taken; 0.05"),
  depthMax: count.max(16).optional().describe("questions on the way to a leaf; 4"),
  leavesMax: count.min(2).max(4096).optional().describe("with it, trees grow leaf by leaf to so many"),
  l1: weight.describe("pulls leaves to zero by a constant; 0"),
  l2: weight.describe("pulls leaves to zero by a share; 1"),
  childWeightMin: weight.describe("least sum of p (1 - p) on each side of a split; 50"),
  gainMin: weight.describe("least gain of a split; 0"),
  rowShare: share.describe("share of the rows that each tree sees; 0.8"),
  featureShare: share.describe("share of the features that each tree sees; 0.8"),
  patience: count.optional().describe("trees without a better loss before it stops; 30"),
  monotone: z
    .record(z.string(), z.enum(["up", "down"]))
    .optional()
    .describe("features with which the chance of a rise may only go up, or only down"),
});

const forest = z.strictObject({
  trees: count.max(100_000).optional().describe("200"),
  depthMax: count.max(16).optional().describe("questions on the way to a leaf; 8"),
  leafWeightMin: z.number().gt(0).optional().describe("least weight of rows in a leaf; 150"),
  featuresPerNode: count.optional().describe("features that a node chooses from; the root of all"),
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
  boosted: boosted.prefault({}).describe("how boosted trees grow"),
  forest: forest.prefault({}).describe("how a forest grows"),
});
