import type { ReportInput } from "../src/analysis/report/report-input.ts";
import { reportInputOf, type RunFacts } from "../src/app/runs/report-input.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import { syntheticMarket } from "../src/data/synthetic/synthetic-market.ts";
import type { SyntheticOptions } from "../src/data/synthetic/synthetic-options.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { Params, ParamValue } from "../src/domain/params.ts";
import type { AnyStrategy } from "../src/ports/strategy.ts";
import { smaCross } from "../src/strategies/sma-cross.ts";

export type ReportRun = {
  /** Bars in place of the synthetic market's. */
  readonly bars?: readonly Bars[];
  readonly market?: Partial<SyntheticOptions>;
  readonly config?: RunConfigInput;
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly strategy?: AnyStrategy;
  readonly facts?: Partial<RunFacts>;
  readonly withBenchmark?: boolean;
};

/** What a run of a test does not know about itself. */
export const reportFacts: RunFacts = {
  runId: "run-1",
  title: "A test run",
  dataKind: "synthetic",
  dataHash: "d".repeat(64),
  configHash: "c".repeat(64),
  codeHash: "e".repeat(64),
  seed: 42,
  command: "kiwi backtest sma-cross --seed 42",
  kiwiVersion: "0.1.0",
  nodeVersion: "24.21.0",
  wallMs: 812,
  sources: [{ name: "synthetic", symbol: "SYN1", rows: 1500, quarantined: 0, gaps: null }],
  warnings: ["a warning that is long enough to need more than a single line of eighty columns in a terminal"],
  checks: [
    { id: "lookahead", pass: true },
    { id: "parity", pass: null },
  ],
  configDiff: ["account.cash = 5000"],
};

/** A finished run of the cross on a synthetic market, as a report gets it; the same call gives the same run. */
export function reportRun(run: ReportRun = {}): ReportInput {
  const market = {
    seed: 7,
    symbols: 1,
    timeframe: "1h",
    bars: 1500,
    startMs: Date.UTC(2023, 0, 2),
    ...run.market,
  } as const;
  const bars = run.bars ?? syntheticMarket(market).bars;
  const strategy: AnyStrategy = run.strategy ?? smaCross;
  const defaults = Object.entries(strategy.params as Params).map(([name, param]) => [name, param.default]);
  const result = runBacktest(
    {
      bars,
      strategy,
      params: run.params ?? (Object.fromEntries(defaults) as Record<string, ParamValue>),
      config: runConfigSchema.parse(run.config ?? {}),
    },
    { withBenchmark: run.withBenchmark ?? true },
  );
  return reportInputOf(result, { ...reportFacts, ...run.facts });
}

/** A run whose every order the venue refuses. */
export function refusedRun(): ReportInput {
  return reportRun({ config: { instruments: { "*": { notionalMin: 1e12 } } } });
}
