import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import { modelsFolderOf } from "../../app/train/models-folder.ts";
import { retrainRegime } from "../../app/train/retrain-regime.ts";
import { trainingBars } from "../../app/train/training-bars.ts";
import { trainingCodeVersion } from "../../app/train/training-hash.ts";
import type { TrainingOutcome } from "../../app/train/training-outcome.ts";
import { usualBlockBars } from "../../domain/block-bars.ts";
import { KiwiError, type ErrorParts } from "../../base/errors.ts";
import type { TaskContext } from "../worker/task-context.ts";

export type TrainRegimeInput = {
  readonly request: Pick<RunRequest, "folder" | "config" | "nowMs">;
  /** Of the only model; by default each has the name of its symbol and timeframe. */
  readonly name: string | undefined;
  readonly statesMin: number;
  readonly statesMax: number;
  readonly restarts: number;
  readonly jobs: number;
  /** Bars that one look of the model sums up; undefined leaves it to the timeframe. */
  readonly blockBars: number | undefined;
  /** Train only where the newest version has missed so much. */
  readonly everyMs: number | undefined;
};

export type TrainRegimeOutput = {
  readonly trained: readonly (
    | { readonly kind: "done"; readonly outcome: TrainingOutcome }
    | { readonly kind: "failed"; readonly symbol: string; readonly parts: ErrorParts }
  )[];
  readonly warnings: readonly string[];
};

/** Trains a model of the regimes for every symbol of the data. */
export async function trainRegimeTask(
  input: TrainRegimeInput,
  { board, stage }: TaskContext,
): Promise<TrainRegimeOutput> {
  const { request, name, ...options } = input;
  stage("load");
  const { series, dataKind, warnings } = await trainingBars(request, (done, total) =>
    board.report(done, total),
  );
  if (name !== undefined && series.length > 1)
    throw severalSymbols(
      name,
      series.map(({ symbol }) => symbol),
    );
  const store = new ModelStore(modelsFolderOf(request.folder));
  const codeVersion = trainingCodeVersion();
  const trained: TrainRegimeOutput["trained"][number][] = [];
  for (const bars of series) {
    stage(bars.symbol);
    try {
      const outcome = await retrainRegime({
        ...options,
        blockBars: options.blockBars ?? usualBlockBars(bars.timeframe),
        store,
        bars,
        name: name ?? nameOf(bars.symbol, bars.timeframe),
        seed: request.config.seed,
        codeVersion,
        createdMs: request.nowMs,
        dataKind,
        onProgress: (done, total) => board.report(done, total),
      });
      trained.push({ kind: "done", outcome });
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      trained.push({ kind: "failed", symbol: bars.symbol, parts: error.parts });
    }
  }
  return { trained, warnings };
}

/** A symbol may have letters that no file may. */
function nameOf(symbol: string, timeframe: string): string {
  return `regime-${symbol.replaceAll(/[^A-Za-z0-9._-]/g, "")}-${timeframe}`;
}

function severalSymbols(name: string, symbols: readonly string[]): KiwiError {
  return new KiwiError({
    code: "MODEL_ONE_SYMBOL",
    exit: "usage",
    message: `${name} would be the name of ${symbols.length} models: ${symbols.slice(0, 6).join(", ")}`,
    why: "a model belongs to one symbol",
    fix: `say which: -p ${symbols[0]!}   (or leave --name out: each gets its own)`,
    topic: "models",
  });
}
