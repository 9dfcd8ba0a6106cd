import type { Bars } from "../../domain/bars.ts";
import { predictionName } from "../../domain/external-series.ts";
import { makeDataset, type Dataset } from "../../learning/data/dataset.ts";
import { adaptiveReach } from "../../learning/judge/conformal-sets.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { PredictionStage, type WantedModel } from "../predictions/prediction-stage.ts";
import { closeModels, openModels } from "../predictions/session-models.ts";
import { layGround } from "../session/build-session.ts";
import type { Ground } from "../session/backtest-setup.ts";
import { rowsBefore } from "../train/model-bars.ts";
import { judgedOf, type Answers } from "./answers.ts";
import { assess, type Assessment } from "./evaluate-model.ts";
import { nothingNew } from "./evaluation-errors.ts";
import type { ModelEvaluation } from "./model-evaluation.ts";
import { directionModel, subjectBars, type Asked } from "./subject-bars.ts";

/** How an ensemble is judged. */
export type EnsembleRequest = Asked &
  Pick<Assessment, "command" | "onProgress"> & {
    /** A name of `models` in the configuration. */
    readonly wanted: string;
    readonly onFile: (done: number, total: number) => void;
  };

const outputs = ["probability", "low", "high"] as const;
/** Nobody has seen its misses before: as if all were as likely. Its sets follow what comes. */
const unseen = { conformal: 0.9, conformalMisses: Array.from({ length: 201 }, (_, k) => k / 200) };

/**
 * Judges an ensemble of the configuration as a run reads it, on bars after everything that its members have seen: by the sign of
 * the return over its horizon. Throws what opening it throws, `MODEL_OTHER_DATA` and `MODEL_NOTHING_NEW`.
 */
export async function evaluateEnsemble(request: EnsembleRequest): Promise<ModelEvaluation> {
  const { folder, wanted, onFile, command, onProgress, ...asked } = request;
  const { modelSecrets, models: ensembles = {}, plugins, seed } = asked.config;
  // It is about the same bars as each of its members.
  const { artifact } = await directionModel(folder, ensembles[wanted]!.members[0]!);
  const { bars, fromMs, dataKind, warnings } = await subjectBars({ folder, ...asked }, artifact, onFile);
  const config = runConfigOf(asked.config);
  const ground = layGround([bars], config);
  const places = {
    folder,
    config,
    registry: await loadRegistry(folder, plugins),
    opening: { modelSecrets, seed },
  };
  const opened: WantedModel[] = [];
  try {
    await openModels(opened, [{ model: wanted, outputs }], places, ground);
    const { horizonBars, trainedThroughMs, fingerprint: sha256 } = opened[0]!.model;
    const label = { kind: "direction", horizonBars, moveMin: 0 } as const;
    const data = makeDataset(bars, [], 0, label);
    const answers = await answersOf(opened, ground, bars, data, fromMs);
    const from = bars.length - answers.closeTimeMs.length;
    const name = { name: wanted, version: null };
    if (answers.closeTimeMs.length <= 2 * horizonBars) throw nothingNew(name, bars, trainedThroughMs);
    const { symbol, timeframe } = bars;
    return assess({
      model: { ...name, family: "ensemble", symbol, timeframe, label, trainedThroughMs, sha256 },
      method: { kind: "after-training" },
      bars,
      config,
      answers,
      judged: judgedOf(data, { from, to: bars.length }, answers),
      dataKind,
      warnings,
      command,
      seed,
      onProgress,
    });
  } finally {
    await closeModels(opened);
  }
}

/** What is said of the rows from the first answer at or after `fromMs` on. */
async function answersOf(
  opened: readonly WantedModel[],
  ground: Ground,
  bars: Bars,
  { labels, closeTimeMs }: Dataset,
  fromMs: number,
): Promise<Answers> {
  const stage = new PredictionStage(opened, ground);
  await stage.catchUp();
  const [probability, low, high] = outputs.map((output) => {
    const said = new Float64Array(bars.length).fill(Number.NaN);
    const name = predictionName({ model: opened[0]!.name, output, symbol: bars.symbol });
    const table = stage.tables.find(({ symbol }) => symbol === name)!;
    for (let k = 0; k < table.length; k++)
      said[rowsBefore(bars, table.closeTimeMs[k]! + 1) - 1] = table.close[k]!;
    return said;
  }) as unknown as readonly [Float64Array, Float64Array, Float64Array];
  const first = probability.findIndex((p, row) => !Number.isNaN(p) && closeTimeMs[row]! >= fromMs);
  const span = { from: first < 0 ? bars.length : first, to: bars.length };
  const [said, ...range] = [probability, low, high].map((column) => column.slice(span.from));
  return {
    closeTimeMs: closeTimeMs.slice(span.from),
    probability: said!,
    low: range[0]!,
    high: range[1]!,
    conformal: adaptiveReach(unseen, said!, labels, span),
  };
}
