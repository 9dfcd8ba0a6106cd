import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { ModelOpening } from "./open-model.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { Registry } from "../plugins/registry.ts";
import { layGround } from "../session/build-session.ts";
import type { Ground } from "../session/backtest-setup.ts";
import type { ExternalsNeeded } from "../bars/externals-needed.ts";
import { rowsBefore } from "../train/model-bars.ts";
import { blindThroughMs, PredictionStage, type Contradiction, type WantedModel } from "./prediction-stage.ts";
import { closeModels, openModels } from "./session-models.ts";

/** A run that reads predictions. */
export type PredictionUse = {
  readonly folder: string;
  readonly needed: ExternalsNeeded["predictions"];
  /** The bars of the run, of every symbol; the finer ones where there are finer ones. */
  readonly bars: readonly Bars[];
  readonly config: RunConfig;
  readonly timeframe: Timeframe | undefined;
  readonly actions: readonly CorporateAction[];
  /** Close time from which the run trades. */
  readonly tradeFromMs: number;
  readonly registry: Registry;
  /** Where the secrets of plug-ins are, and the seed of what is random in them. */
  readonly opening?: ModelOpening;
};

/**
 * The answers of every model that a run reads, as series of the run. Throws what opening a model throws,
 * `MODEL_FROM_THE_FUTURE`, `MODEL_OUTPUT_UNKNOWN` and `MODEL_LOOKS_AHEAD`.
 */
export async function predictionsOfRun(use: PredictionUse): Promise<readonly Bars[]> {
  const { needed, bars, config, timeframe, actions } = use;
  const ground = layGround(bars, config, timeframe, actions);
  const models: WantedModel[] = [];
  try {
    await openModels(models, needed, use, ground);
    for (const wanted of models) refuseFuture(wanted, ground, use.tradeFromMs);
    const stage = new PredictionStage(models, ground);
    await stage.catchUp();
    await proveBlind(models, stage, use);
    return stage.tables;
  } finally {
    await closeModels(models);
  }
}

/** A model that learned from what the run trades on would know what comes. */
function refuseFuture({ name, model }: WantedModel, ground: Ground, tradeFromMs: number): void {
  for (const { bars } of ground.stores) {
    if (bars.length === 0) continue;
    const throughMs = blindThroughMs(model, bars);
    if (throughMs < Math.max(tradeFromMs, bars.closeTimeMs[0]!)) continue;
    const row = rowsBefore(bars, throughMs + 1);
    throw new KiwiError({
      code: "MODEL_FROM_THE_FUTURE",
      exit: "data",
      message: `${name} learned from bars through ${formatTime(model.trainedThroughMs)} and what came ${model.horizonBars} bars later, and the run trades from ${formatTime(Math.max(tradeFromMs, bars.closeTimeMs[0]!))}`,
      why: "it has seen what it would be asked about: the result would be a memory and no test",
      fix:
        row + 1 < bars.length
          ? `begin after that: --from ${formatTime(bars.closeTimeMs[row]!)}; or train it on less: --to ${formatTime(Math.max(tradeFromMs, bars.closeTimeMs[0]!))}`
          : "train it with an earlier --to, or add newer bars",
      topic: "models",
    });
  }
}

/** Rows that a model is asked about alone, and shares of the bars that everything is computed from anew. */
const rowsAlone = 24;
const sharesCut = [0.6, 1];

/** Asks once more with nothing later there: an answer that differs was made with what comes. Throws `MODEL_LOOKS_AHEAD`. */
async function proveBlind(
  models: readonly WantedModel[],
  stage: PredictionStage,
  use: PredictionUse,
): Promise<void> {
  const found = await stage.contradiction(rowsAlone);
  if (found !== null) throw looksAhead(found);
  const longest = stage.tables.reduce<Bars | null>((a, b) => (b.length > (a?.length ?? 0) ? b : a), null);
  if (longest === null) return;
  for (const share of sharesCut) {
    const timeMs = longest.closeTimeMs[Math.floor((longest.length - 1) * share)]!;
    const shown = use.bars.map((bars) => sliceBars(bars, 0, rowsBefore(bars, timeMs + 1)));
    const cut = new PredictionStage(models, layGround(shown, use.config, use.timeframe, use.actions), {
      begin: "last row",
    });
    await cut.catchUp();
    for (const table of cut.tables) compare(stage, table, timeMs);
  }
}

/** What is said about the last bar that is shown, against what was said when all were there. */
function compare(stage: PredictionStage, cut: Bars, timeMs: number): void {
  const whole = stage.tables.find(({ symbol }) => symbol === cut.symbol)!;
  if (cut.length === 0 || cut.closeTimeMs[cut.length - 1] !== timeMs) return;
  const [alone, given] = [cut.close[cut.length - 1]!, whole.close[rowsBefore(whole, timeMs)]!];
  if (!Object.is(alone, given)) throw looksAhead({ name: cut.symbol, timeMs, given, alone });
}

function looksAhead({ name, timeMs, given, alone }: Contradiction): KiwiError {
  return new KiwiError({
    code: "MODEL_LOOKS_AHEAD",
    exit: "check",
    message: `at ${formatTime(timeMs)} the model ${name} answers ${given} when later bars are there, and ${alone} when they are not`,
    why: "an answer may depend on bars that have closed, and on nothing else; nor on how many rows are asked for at once",
    fix: "read only rows up to the one that is answered: columns[k][row], columns[k][row - 1], ...",
    topic: "models",
  });
}
