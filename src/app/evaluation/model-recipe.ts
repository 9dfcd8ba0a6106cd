import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { networkLearner } from "../../learning/predictors/fit-network.ts";
import { plainLearner, type Learner } from "../../learning/predictors/fit-predictor.ts";
import type { BoostOptions } from "../../learning/trees/boost.ts";
import type { ForestOptions } from "../../learning/trees/forest.ts";
import type { NetworkOptions } from "../../learning/training/network-task.ts";
import { trainingCodeVersion } from "../train/training-hash.ts";
import type { Recipe } from "../train/train-predictor.ts";

/** How a stored model was made, ready to be made again on other bars. `threads` are those of a network. */
export async function recipeOf(
  { family, settings, seed, calibration }: PredictorArtifact,
  threads: number,
  network: Partial<NetworkOptions> = {},
): Promise<Recipe> {
  const kind = calibration.kind === "steps" ? "steps" : "beta";
  return { learner: await learnerOf(family, settings, { ...network, threads }), seed, calibration: kind };
}

type Settings = PredictorArtifact["settings"];

async function learnerOf(
  family: PredictorArtifact["family"],
  settings: Settings,
  network: Partial<NetworkOptions>,
): Promise<Learner> {
  // Rounds are those that were kept when it stopped by itself: made again, it stops by itself again.
  if (family === "boosted")
    return plainLearner(family, {
      boosted: {
        ...numbers<BoostOptions>(settings, [
          "rate",
          "depthMax",
          "leavesMax",
          "l1",
          "l2",
          "childWeightMin",
          "gainMin",
          "rowShare",
          "featureShare",
          "patience",
        ]),
        monotone: monotoneIn(settings),
      },
    });
  if (family === "forest")
    return plainLearner(family, {
      forest: numbers<ForestOptions>(settings, ["trees", "depthMax", "leafWeightMin", "featuresPerNode"]),
    });
  if (family === "logistic") return plainLearner(family);
  return networkLearner({
    family,
    size: settings["size"] === "full" ? "full" : "small",
    runtime: await onnxRuntime(),
    options: { ...numbers<NetworkOptions>(settings, ["batch", "ratePeak"]), ...network },
    codeVersion: trainingCodeVersion(),
    checkpointOf: () => null,
  });
}

/** Those of the settings that are there and are numbers. */
function numbers<Options>(settings: Settings, names: readonly (keyof Options & string)[]): Partial<Options> {
  const known = names.filter((name) => typeof settings[name] === "number");
  return Object.fromEntries(known.map((name) => [name, settings[name]])) as Partial<Options>;
}

function monotoneIn({ monotone }: Settings): BoostOptions["monotone"] {
  return typeof monotone === "string"
    ? monotone.split(" ").map((one) => Math.sign(Number(one)) as -1 | 0 | 1)
    : [];
}
