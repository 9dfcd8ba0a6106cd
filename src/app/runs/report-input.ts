import type {
  CapacityPoint,
  CostPoint,
  ReportInput,
  ReportMeta,
} from "../../analysis/report/report-input.ts";
import type { SelectionInput } from "../../analysis/selection/selection-input.ts";
import { conversionsFor } from "../../domain/currency.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { CostTables } from "../../domain/cost-tables.ts";
import { isAssumedSpread } from "../session/quoted-costs.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import type { RunConfig } from "../config/run-config.ts";
import { strategySeriesOf } from "./strategy-series.ts";
import type { BacktestResult } from "./run-backtest.ts";

/** What a result does not know about itself; the rest of the report's facts come from the run. */
export type RunFacts = Omit<
  ReportMeta,
  "strategyName" | "strategySummary" | "params" | "costs" | "trialCount"
> & {
  readonly costSensitivity?: readonly CostPoint[];
  readonly capacity?: readonly CapacityPoint[];
  readonly selection?: SelectionInput;
};

/** Turns a finished backtest into what the report is made from. Nothing is copied: the report reads the run's own columns. */
export function reportInputOf(result: BacktestResult, facts: RunFacts): ReportInput {
  const { setup, ground, session, log, trades, metrics, funnel, benchmark, decisionsHash } = result;
  const { strategy, config } = setup;
  const { costSensitivity, capacity, selection, ...meta } = facts;
  return {
    meta: {
      ...meta,
      strategyName: strategy.name,
      strategySummary: strategy.summary,
      params: resolveParams(`strategy ${strategy.name}`, strategy.params as Params, setup.params),
      costs: costLines(setup),
      trialCount: metrics.trialCount,
    },
    baseCurrency: config.account.baseCurrency,
    timeframe: setup.timeframe ?? ground.bars[0]!.timeframe,
    bars: ground.bars,
    instruments: ground.instruments,
    account: config.account,
    conversions: conversionsFor(ground.instruments, config.account.baseCurrency, config.account.fixedRates),
    calendarNames: ground.calendars.map((calendar) => calendar.name),
    seriesOf: (instrument) => strategySeriesOf(session.pipeline.runners[instrument]!),
    log,
    trades,
    metrics,
    funnel,
    benchmarkEquity: benchmark?.equity ?? null,
    ...(benchmark === null ? {} : { benchmarkFunnel: benchmark.funnel, benchmarkName: benchmark.name }),
    openPositions: openPositionsOf(session),
    decisionsHash,
    ...(costSensitivity === undefined ? {} : { costSensitivity }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(selection === undefined ? {} : { selection }),
  };
}

/** What the account held when the bars ended. */
function openPositionsOf({ portfolio: { ledger } }: BacktestResult["session"]): ReportInput["openPositions"] {
  return ledger.held.map((instrument) => ({ instrument, quantity: ledger.quantity[instrument]! }));
}

/** What trading costs in a run, one line each, for people. */
function costLines({ config: { costs, account }, costTables, bars }: BacktestSetup): readonly string[] {
  const { commission, slippage, latencyMs, volumeShareMax, borrowRate, fundingRate } = costs;
  const { fundingFile, borrowFile, feeTiersFile } = costs;
  const lines: (string | false)[] = [
    feeTiersFile === undefined
      ? `commission ${choiceText(commission)}`
      : `commission by the volume of 30 days, of ${feeTiersFile}`,
    ...slippageLines(slippage, costTables?.spreads, bars),
    account.kind === "margin" && `borrow fee ${percent(borrowRate)} a year`,
    account.kind === "margin" && borrowFile !== undefined && `borrow fees of ${borrowFile} where it has them`,
    fundingFile !== undefined && `funding of ${fundingFile} where it has it`,
    fundingRate !== 0 && `funding ${percent(fundingRate)} every 8 hours`,
    latencyMs > 0 && `latency ${latencyMs} ms`,
    Number.isFinite(volumeShareMax) && `at most ${percent(volumeShareMax)} of a bar's volume`,
  ];
  return lines.filter((line) => line !== false);
}

/** Which part of the way to the other side of the market was measured, and which is assumed. */
function slippageLines(
  slippage: RunConfig["costs"]["slippage"],
  spreads: CostTables["spreads"],
  bars: BacktestSetup["bars"],
): readonly string[] {
  const assumed = `slippage ${choiceText(slippage)}`;
  if (spreads === undefined) return [assumed];
  const isWhole = bars.every(({ symbol, length }) => spreads[symbol]?.timeMs.length === length);
  const quoted = `buys at the quoted ask, sells at the quoted bid${isWhole ? "" : " where both are known"}`;
  if (!isAssumedSpread(slippage.use)) return [quoted, `${assumed} on top`];
  return isWhole ? [quoted] : [quoted, `${assumed} elsewhere`];
}

function choiceText({ use, ...options }: RunConfig["costs"]["commission"]): string {
  const values = Object.entries(options).map(([name, value]) => {
    const isRate = typeof value === "number" && name.toLowerCase().endsWith("rate");
    const text = isRate ? percent(value) : String(value);
    return name === "rate" ? text : `${name} ${text}`;
  });
  return [use, ...values].join(" ");
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(12))} %`;
}
