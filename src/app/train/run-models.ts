import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { RegimeModels } from "../plugins/model-named.ts";
import { checkModel } from "./check-model.ts";
import { modelsFolderOf, readModelName } from "./models-folder.ts";
import { barsOfTimeframe, calendarOf, rowsBefore, trainingFingerprint } from "./model-bars.ts";

/** A run that may use models. */
export type ModelUse = {
  /** The folder of the project. */
  readonly folder: string;
  readonly bars: readonly Bars[];
  readonly config: RunConfig;
  /** Timeframe that is decided on, when it is not that of the bars. */
  readonly timeframe: Timeframe | undefined;
  /** Close time from which the run trades. */
  readonly tradeFromMs: number;
};

/**
 * Loads the model that a plan names, `NAME` or `NAME@VERSION`, and refuses one that does not belong to the run. Throws
 * `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER`, `MODEL_OTHER_DATA` and `MODEL_FROM_THE_FUTURE`.
 */
export async function modelsOfRun(
  wanted: string,
  regimeTimeframe: Timeframe | undefined,
  use: ModelUse,
): Promise<RegimeModels> {
  const store = new ModelStore(modelsFolderOf(use.folder));
  const { name, version } = readModelName(wanted);
  const artifact = await store.readRegime(name, version);
  checkModel(artifact, store.root);
  for (const bars of use.bars)
    refuseOthers(artifact, bars, regimeTimeframe ?? use.timeframe ?? bars.timeframe);
  for (const bars of use.bars) refuseOtherBars(artifact, bars, use.config);
  refuseFuture(artifact, use);
  return new Map([[wanted, artifact]]);
}

function refuseOthers({ name, symbol, timeframe }: HmmArtifact, bars: Bars, wanted: Timeframe): void {
  if (symbol === bars.symbol && timeframe === wanted) return;
  throw otherData(
    `${name} was trained on ${symbol} ${timeframe}, and the run tells the regime of ${bars.symbol} from ${wanted} bars`,
    "what a regime is like differs from market to market and from timeframe to timeframe",
    `train one for it: kiwi train regime -p ${bars.symbol} -t ${wanted} --data FILE   (or run on ${symbol} ${timeframe} alone)`,
  );
}

/** Where the run has all the bars that the model was trained on, they must be the same. */
function refuseOtherBars(artifact: HmmArtifact, base: Bars, config: RunConfig): void {
  const { name, timeframe, trainedFromMs, trainedThroughMs, dataFingerprint } = artifact;
  const bars = barsOfTimeframe(base, timeframe, calendarOf(base, config));
  const isCovered =
    bars.length > 0 &&
    bars.closeTimeMs[0]! <= trainedFromMs &&
    bars.closeTimeMs[bars.length - 1]! >= trainedThroughMs;
  if (!isCovered || trainingFingerprint(bars, trainedFromMs, trainedThroughMs) === dataFingerprint) return;
  throw otherData(
    `${name} was trained on other bars of ${bars.symbol} than the run has from ${formatTime(trainedFromMs)} to ${formatTime(trainedThroughMs)}`,
    "the bars were changed, adjusted or come from elsewhere, so that nobody can say what the model has seen",
    `train one on these bars: kiwi train regime --name ${name}-new --to ${formatTime(trainedThroughMs)} --data FILE`,
  );
}

function otherData(message: string, why: string, fix: string): KiwiError {
  return new KiwiError({ code: "MODEL_OTHER_DATA", exit: "data", message, why, fix, topic: "models" });
}

/** A model that was trained on what the run trades would know what comes. */
function refuseFuture(
  { name, version, trainedThroughMs }: HmmArtifact,
  { bars, tradeFromMs }: ModelUse,
): void {
  const beginMs = Math.max(tradeFromMs, Math.min(...bars.map(({ closeTimeMs }) => closeTimeMs[0]!)));
  if (trainedThroughMs < beginMs) return;
  throw new KiwiError({
    code: "MODEL_FROM_THE_FUTURE",
    exit: "data",
    message: `${name} version ${version} was trained through ${formatTime(trainedThroughMs)}, and the run trades from ${formatTime(beginMs)}`,
    why: "it has seen what it would be asked about: the result would be a memory and no test",
    fix: waysOut(name, bars, trainedThroughMs, beginMs).join("; or "),
    topic: "models",
  });
}

/** Begin after the training, where two bars are left to trade, or train on what came before, where there is something. */
function waysOut(name: string, bars: readonly Bars[], throughMs: number, beginMs: number): readonly string[] {
  const after = bars.flatMap((table) => {
    const row = rowsBefore(table, throughMs + 1);
    return row + 1 < table.length ? [table.closeTimeMs[row]!] : [];
  });
  const before = bars.flatMap((table) => {
    const row = rowsBefore(table, beginMs) - 1;
    return row > 0 ? [table.closeTimeMs[row]!] : [];
  });
  const ways = [
    ...(after.length === 0 ? [] : [`begin after its training: --from ${formatTime(Math.min(...after))}`]),
    ...(before.length === 0
      ? []
      : [
          `train another on what came before: kiwi train regime --name ${name}-early --to ${formatTime(Math.max(...before))} --data FILE`,
        ]),
  ];
  return ways.length > 0 ? ways : ["add newer bars, or train another with an earlier --to on older bars"];
}
