import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import type { ModelEvaluation } from "./model-evaluation.ts";

/** `MODEL_NOTHING_NEW`: every bar with an outcome is one that the model can have seen. */
export function nothingNew(
  { name, version }: Pick<ModelEvaluation["model"], "name" | "version">,
  bars: Bars,
  blindMs: number,
): KiwiError {
  const last =
    bars.length === 0
      ? "there are none"
      : `the last one closes ${formatTime(bars.closeTimeMs[bars.length - 1]!)}`;
  return new KiwiError({
    code: "MODEL_NOTHING_NEW",
    exit: "data",
    message: `there are no bars to judge ${name}${version === null ? "" : ` version ${version}`} on`,
    why: `it has seen bars and outcomes through ${formatTime(blindMs)}, and ${last}`,
    fix:
      version === null
        ? "add newer bars; or train its members on less: kiwi train all --to DAY --data FILE"
        : `add newer bars; or judge models made like it, each on what lay before: kiwi model evaluate ${name} --folds 4 --data FILE`,
    topic: "models",
  });
}

/** `MODEL_OTHER_DATA`: the bars are of another market than the model's. */
export function otherBars({ name, symbol, timeframe }: PredictorArtifact, given: readonly Bars[]): KiwiError {
  const shown = given.slice(0, 6).map((bars) => `${bars.symbol} ${bars.timeframe}`);
  return new KiwiError({
    code: "MODEL_OTHER_DATA",
    exit: "data",
    message: `${name} was trained on ${symbol} ${timeframe}, and the data have ${shown.join(", ") || "nothing"}`,
    why: "what moves a market differs from market to market and from timeframe to timeframe",
    fix: `give bars of ${symbol} with --data FILE -t ${timeframe}`,
    topic: "models",
  });
}

/** `MODEL_OTHER_KIND`: it tells regimes, and those have no direction to be judged by. */
export function notOfDirection(name: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OTHER_KIND",
    exit: "config",
    message: `${name} is a model of regimes, and a model of direction is wanted`,
    why: "calls of up and down are held against what came; a regime has no outcome",
    fix: "name a model of direction   (kiwi model list shows what there is)",
    topic: "models",
  });
}

/** `ENSEMBLE_NO_TURNS`: its members are made one by one, and it is judged with those that there are. */
export function noTurns(name: string): KiwiError {
  return new KiwiError({
    code: "ENSEMBLE_NO_TURNS",
    exit: "usage",
    message: `${name} is an ensemble, and --folds makes one model anew`,
    why: "an ensemble is judged as a run reads it, on the bars after the training of all its members",
    fix: `train its members on less (kiwi train ... --to DAY), then: kiwi model evaluate ${name} --data FILE`,
    topic: "models",
  });
}

/** `MODEL_NO_CHALLENGER`: there is one version and nothing to hold it against. */
export function noChallenger({ name, version }: PredictorArtifact): KiwiError {
  return new KiwiError({
    code: "MODEL_NO_CHALLENGER",
    exit: "config",
    message: `${name} has no version beside ${version}`,
    why: "a comparison takes two models",
    fix: `train another version, or name another model: kiwi model compare ${name} OTHER   (kiwi model list)`,
    topic: "models",
  });
}

/** `MODEL_INCOMPARABLE`: the two do not answer the same question. */
export function incomparable(one: PredictorArtifact, other: PredictorArtifact): KiwiError {
  const shown = ({ name, version, symbol, timeframe, label }: PredictorArtifact): string =>
    `${name}@${version} tells ${symbol} ${timeframe} ${label.horizonBars} bars ahead (${label.kind}, least move ${label.moveMin})`;
  return new KiwiError({
    code: "MODEL_INCOMPARABLE",
    exit: "config",
    message: `${one.name}@${one.version} and ${other.name}@${other.version} tell different things`,
    why: `${shown(one)}; ${shown(other)}`,
    fix: `train one like the other: kiwi train ${other.family} --horizon ${one.label.horizonBars} --data FILE`,
    topic: "models",
  });
}
