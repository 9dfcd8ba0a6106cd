import { onnxRuntime } from "../../../adapters/runtime/onnx-runtime.ts";
import { KiwiError } from "../../../base/errors.ts";
import { didYouMean } from "../../../base/nearest.ts";
import type { PredictorFamily } from "../../../domain/predictor-artifact.ts";
import { networkLearner } from "../../../learning/predictors/fit-network.ts";
import { plainLearner, type Learner } from "../../../learning/predictors/fit-predictor.ts";
import { plainFitters, type TreeFitters } from "../../../learning/predictors/tree-fitters.ts";
import type { BoostOptions } from "../../../learning/trees/boost.ts";
import type { ForestOptions } from "../../../learning/trees/forest.ts";
import type { NetworkOptions } from "../../../learning/training/network-task.ts";
import type { Checkpoint } from "../../../ports/learning/checkpoint.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";

/** What a learner of a family is made from. */
export type LearnerSetting = {
  readonly family: PredictorFamily;
  readonly size: "small" | "full";
  readonly training: Pick<KiwiConfig["training"], "boosted" | "forest" | "network" | "device">;
  /** Names of the features, for constraints on some of them. */
  readonly features: readonly string[];
  /** Threads of a network. */
  readonly threads: number;
  readonly codeVersion: string;
  readonly fitters?: TreeFitters;
  readonly checkpointOf?: (key: string) => Checkpoint | null;
};

/** The learner of a family as a configuration wants it. Throws `FEATURE_UNKNOWN` and `RUNTIME_MISSING`. */
export async function learnerOf(setting: LearnerSetting): Promise<Learner> {
  const { family, size, training, features, threads, codeVersion, fitters = plainFitters } = setting;
  if (family === "boosted" || family === "forest" || family === "logistic") {
    const { monotone = {}, ...boosted } = training.boosted;
    const constraints = directionsOf(monotone, features);
    const settings = {
      boosted: { ...given<BoostOptions>(boosted), monotone: constraints },
      forest: given<ForestOptions>(training.forest),
    };
    return plainLearner(family, settings, fitters);
  }
  return networkLearner({
    family,
    size,
    runtime: await onnxRuntime("best", training.device),
    options: { ...given<NetworkOptions>(training.network), threads },
    codeVersion,
    checkpointOf: setting.checkpointOf ?? (() => null),
  });
}

/** What was said; what was left out has its default. */
function given<Options>(said: { readonly [Name in keyof Options]?: unknown }): Partial<Options> {
  return Object.fromEntries(
    Object.entries(said).filter(([, value]) => value !== undefined),
  ) as Partial<Options>;
}

function directionsOf(
  monotone: Readonly<Record<string, "up" | "down">>,
  features: readonly string[],
): readonly (-1 | 0 | 1)[] {
  const names = Object.keys(monotone);
  const unknown = names.find((name) => !features.includes(name));
  if (unknown !== undefined) throw unknownFeature(unknown, features);
  if (names.length === 0) return [];
  return features.map((name) => (monotone[name] === undefined ? 0 : monotone[name] === "up" ? 1 : -1));
}

function unknownFeature(name: string, features: readonly string[]): KiwiError {
  return new KiwiError({
    code: "FEATURE_UNKNOWN",
    exit: "usage",
    message: `training.boosted.monotone names the feature ${name}, which the model does not look at`,
    why: `it looks at ${features.slice(0, 8).join(", ")}${features.length > 8 ? " ..." : ""} (kiwi features list)`,
    fix: didYouMean(name, features, (near) => `--set training.boosted.monotone.${near}=up`),
    topic: "models",
  });
}
