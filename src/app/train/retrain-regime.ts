import type { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { artifactOf } from "../../regimes/hmm-artifact-of.ts";
import { trainingRows } from "../../regimes/hmm-features.ts";
import { checkModel } from "./check-model.ts";
import { attemptsOf, fitRegimes, type FitRequest } from "./fit-regimes.ts";
import { isComparable, judgeModel } from "./judge-model.ts";
import { lastRegimes } from "./last-regimes.ts";
import { trainingFingerprint } from "./model-bars.ts";
import { regimeShape } from "./regime-shape.ts";
import { dueForRetraining } from "./retraining.ts";
import { withoutBadTicks } from "./without-bad-ticks.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import type { TrainingOutcome } from "./training-outcome.ts";
import { isUntrainable, untrainable } from "./untrainable.ts";

/** Regimes that are shown at the end. */
const shownBars = 60;

/** What to train, from what, and where to keep it. */
export type RegimeTraining = FitRequest & {
  readonly store: ModelStore;
  readonly name: string;
  /** All of them are learnt from. */
  readonly bars: Bars;
  /** Bars that one look of the model sums up. */
  readonly blockBars: number;
  readonly codeVersion: string;
  /** When this happens, UTC milliseconds: noted, and part of no checksum. */
  readonly createdMs: number;
  readonly dataKind: "real" | "synthetic";
  /** Train only where the newest version has missed so much of the bars. */
  readonly everyMs: number | undefined;
  readonly onProgress: (done: number, total: number) => void;
};

/**
 * Trains a regime model as the next version of its name, and puts it to use if it is at least as good as the one in
 * use. The same bars, options, seed and code give the same artifact on any number of threads. Throws
 * `MODEL_UNTRAINABLE`, `MODEL_OTHER_DATA` where the name belongs to another symbol or timeframe, and what the store
 * throws.
 */
export async function retrainRegime(training: RegimeTraining): Promise<TrainingOutcome> {
  const { name, bars, everyMs, onProgress, blockBars, createdMs, dataKind, store } = training;
  const { newest, inUse, inUseVersion, warnings } = await lookUp(training);
  if (newest !== null) refuseOthers(newest, bars);
  if (everyMs !== undefined) {
    const { isDue, reason } = dueForRetraining(newest, bars.closeTimeMs[bars.length - 1]!, { everyMs });
    if (!isDue) return { kind: "not-due", name, reason };
  }
  const { bars: sound, left } = withoutBadTicks(bars);
  const isJudged = inUse !== null && isComparable(inUse, blockBars);
  const total = attemptsOf(training) * (isJudged ? 2 : 1);
  const rows = trainingRows(sound, blockBars, 0, bars.length);
  const fit = fitRegimes(rows, regimeShape, training, (done) => onProgress(done, total));
  const { best, tried } = await fit.catch((error: unknown) => {
    throw isUntrainable(error) ? untrainable(error, bars, training.statesMax, blockBars) : error;
  });
  const judgement =
    inUse === null
      ? null
      : await judgeModel(inUse, sound, blockBars, training, (done) => onProgress(total / 2 + done, total));
  const artifact = artifactOf(best, { ...recordOf(training), bars: sound });
  const isGood = judgement?.isAtLeastAsGood ?? true;
  const draft = { artifact, dataKind, tried, judgement };
  const saved = await store.save(draft, createdMs, isGood ? inUseVersion : undefined);
  return {
    kind: "trained",
    name,
    model: { ...draft, artifact: { ...artifact, version: saved.version } },
    ...saved,
    replaced: inUseVersion,
    lastRegimes: lastRegimes(artifact, sound, shownBars),
    warnings:
      left === 0
        ? warnings
        : [
            ...warnings,
            `${countOf(left, "bar")} that look like bad ticks were missing values for the training`,
          ],
  };
}

function recordOf({ name, bars, blockBars, seed, codeVersion }: RegimeTraining) {
  const [fromMs, throughMs] = [bars.closeTimeMs[0]!, bars.closeTimeMs[bars.length - 1]!];
  return {
    name,
    // The store counts.
    version: 0,
    dataFingerprint: trainingFingerprint(bars, fromMs, throughMs),
    seed,
    codeVersion,
    bars,
    fromRow: 0,
    toRow: bars.length,
    blockBars,
  };
}

type Found = {
  readonly newest: HmmArtifact | null;
  /** The model in use; null where there is none that can be read. */
  readonly inUse: HmmArtifact | null;
  readonly inUseVersion: number | null;
  readonly warnings: readonly string[];
};

/** What there is of a name. A model in use that is damaged is not compared with: a new one is the way out. */
async function lookUp({ store, name }: RegimeTraining): Promise<Found> {
  const versions = await store.versions(name);
  if (versions.length === 0) return { newest: null, inUse: null, inUseVersion: null, warnings: [] };
  const warnings: string[] = [];
  const readable = async (version: number | undefined): Promise<HmmArtifact | null> => {
    if (version === undefined) return null;
    try {
      const artifact = await store.readRegime(name, version);
      checkModel(artifact, store.root);
      return artifact;
    } catch (error) {
      if (!(error instanceof KiwiError) || error.parts.code !== "MODEL_DAMAGED") throw error;
      warnings.push(`${error.parts.message}; the new model was not compared with it`);
      return null;
    }
  };
  const inUseVersion = (await store.promotions(name))[0] ?? null;
  const inUse = await readable(inUseVersion ?? undefined);
  const last = versions.at(-1);
  const newest = last === inUseVersion ? inUse : await readable(last);
  return { newest: newest ?? inUse, inUse, inUseVersion, warnings };
}

function refuseOthers({ name, symbol, timeframe }: HmmArtifact, bars: Bars): void {
  if (symbol === bars.symbol && timeframe === bars.timeframe) return;
  throw new KiwiError({
    code: "MODEL_OTHER_DATA",
    exit: "config",
    message: `${name} is a model of ${symbol} ${timeframe}, and these are bars of ${bars.symbol} ${bars.timeframe}`,
    why: "the versions of a model are versions of the same thing",
    fix: "give the new model another name: --name NAME, or leave --name out",
    topic: "models",
  });
}
