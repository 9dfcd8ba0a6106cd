import { BarTable } from "../../domain/bar-table.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { EngineParts } from "../../robot/engine/engine-host.ts";
import type { RunConfig } from "../config/run-config.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { recordedAnswers } from "../predictions/recorded-answers.ts";
import type { RunTables } from "../runs/run-tables.ts";
import { buildSession, layGround } from "../session/build-session.ts";

/** What the engine of a session is made from, as plain data. */
export type EngineOrder = {
  readonly folder: string;
  readonly plugins: readonly string[];
  /** A name from the registry, or the path of a file. */
  readonly strategyText: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly config: RunConfig;
  readonly timeframe: Timeframe;
  readonly tables: RunTables;
  /** Bars up to there only warm up the backtest that runs beside it. */
  readonly shadowFromMs: number;
};

/** Makes the parts of an engine in the thread that calls it: a person's code is loaded here and nowhere else. */
export default async function buildEngine(
  order: EngineOrder & { readonly symbols: readonly string[]; readonly cash: number },
): Promise<EngineParts> {
  const { folder, plugins, strategyText, params, timeframe, tables, symbols, cash, shadowFromMs } = order;
  const registry = await loadRegistry(folder, plugins);
  const { strategy } = await findStrategy(folder, strategyText, plugins, registry);
  const config = { ...order.config, account: { ...order.config.account, cash } };
  const bars = symbols.map((symbol) => new BarTable(symbol, timeframe));
  // The models are asked elsewhere: what they say comes with the steps, and the backtest reads the same.
  const { externals, take } = recordedAnswers({ strategy, params, symbols, timeframe, config, registry });
  const setup = { bars, strategy, params, config, registry, externals, ...tables };
  // Session and backtest read the same columns: they are folded once, and lie in memory once.
  const ground = layGround(bars, config, undefined, tables.actions);
  return {
    bars,
    cash,
    build: ({ broker, tradingState }) => buildSession(setup, ground, { broker, tradingState }),
    takePredicted: take,
    shadow: {
      session: buildSession(setup, ground),
      fromMs: shadowFromMs,
      slippageRate: Number(config.costs.slippage["rate"] ?? 0),
    },
  };
}
