import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { recalibrationOf, type Recipe } from "../../learning/predictors/make-predictor.ts";
import { networkDefaults } from "../../learning/training/network-task.ts";
import { boostDefaults, type BoostOptions } from "../../learning/trees/boost.ts";
import { forestDefaults } from "../../learning/trees/forest.ts";
import { learnerOf, type LearnerSetting } from "../train/learners/learner-of.ts";
import { trainingCodeVersion } from "../train/training-hash.ts";

/** What of a stored model says how it was made. */
type Made = Pick<PredictorArtifact, "family" | "settings" | "seed" | "calibration" | "features">;

/**
 * How a stored model was made, ready to be made again on other bars. `threads` are those of a network, and `network` is what
 * is asked of one besides. Throws `RUNTIME_MISSING`.
 */
export async function recipeOf(
  { family, settings, seed, calibration, features }: Made,
  threads: number,
  network: LearnerSetting["training"]["network"] = {},
): Promise<Recipe> {
  const learner = await learnerOf({
    family,
    size: settings["size"] === "full" ? "full" : "small",
    training: {
      boosted: {
        ...numbers(boostDefaults, roundsAsked(settings)),
        monotone: monotoneIn(settings, features.names),
      },
      forest: numbers(forestDefaults, settings),
      network: { ...numbers(networkDefaults, settings), ...network },
      device: "cpu",
    },
    features: features.names,
    threads,
    codeVersion: trainingCodeVersion(),
  });
  return {
    learner,
    seed,
    calibration: calibration.kind === "steps" ? "steps" : "beta",
    recalibratedBy: recalibrationOf(family),
  };
}

type Settings = PredictorArtifact["settings"];

/** Models of old say how many trees were kept in the place of how many there could be: those say nothing of it. */
function roundsAsked(settings: Settings): Settings {
  const { rounds: _, ...others } = settings;
  return "treesKept" in settings ? settings : others;
}

/** Those of the settings that a family knows and that are numbers. */
function numbers<Options extends object>(
  defaults: Options,
  settings: Settings,
): Partial<Record<Exclude<keyof Options & string, "monotone">, number>> {
  const known = Object.keys(defaults).filter((name) => typeof settings[name] === "number");
  return Object.fromEntries(known.map((name) => [name, settings[name]])) as Partial<
    Record<Exclude<keyof Options & string, "monotone">, number>
  >;
}

function monotoneIn(
  { monotone }: Settings,
  names: readonly string[],
): Readonly<Record<string, "up" | "down">> {
  if (typeof monotone !== "string") return {};
  const directions = monotone.split(" ").map(Number) as BoostOptions["monotone"];
  return Object.fromEntries(
    names.flatMap((name, k) =>
      directions[k] === 0 || directions[k] === undefined ? [] : [[name, directions[k] > 0 ? "up" : "down"]],
    ),
  );
}
