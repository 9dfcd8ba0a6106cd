import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { CostTables } from "../../domain/cost-tables.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { AnnouncedEnds } from "../../domain/membership.ts";
import type { Membership } from "../../domain/membership.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { ColumnStore } from "../../engine/columns/column-store.ts";
import type { Frame } from "../../engine/columns/frame.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { RegimeModels } from "../plugins/model-named.ts";
import type { Registry } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";

/** What a backtest consists of, before anything runs. */
export type BacktestSetup = {
  /** Base bars, one per symbol: what orders fill on. */
  readonly bars: readonly Bars[];
  readonly strategy: AnyStrategy;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly config: RunConfig;
  /** What the configuration may name; what is built in where it is left out. */
  readonly registry?: Registry;
  /** Series that are known and never traded, such as those of `sentimentSeries`; each has a name of its own. */
  readonly externals?: readonly Bars[];
  /** Which symbols were in the universe of a portfolio strategy, and when; absent: all, always. */
  readonly membership?: Membership;
  /** When symbols ceased to trade, as it was announced; absent: seen from missing bars alone. */
  readonly delistings?: AnnouncedEnds;
  /** Splits and dividends: series are adjusted for them, and who holds gets them. */
  readonly actions?: readonly CorporateAction[];
  /** What trading and holding cost in the past, as files tell it. */
  readonly costTables?: CostTables;
  /** Trained regime models by the names that detectors ask for. */
  readonly regimeModels?: RegimeModels;
  /** Timeframe that is decided on, when it is not that of the bars. */
  readonly timeframe?: Timeframe;
  /** Decisions before this close time only warm up. */
  readonly tradeFromMs?: number;
};

/** The parts of a run that do not depend on strategy or parameters: a sweep makes them once. */
export type Ground = {
  readonly instruments: readonly Instrument[];
  readonly calendars: readonly Calendar[];
  readonly bars: readonly Bars[];
  /** Frames that build the decision bars, or null when every base bar is decided on. */
  readonly frames: readonly Frame[] | null;
  /** Columns over the decision bars, by instrument. */
  readonly stores: readonly ColumnStore[];
  /**
   * Series besides the bars, by name; every session brings those of its setup along. Absent from a part of a ground:
   * its stores read those of the whole.
   */
  readonly externals?: Map<string, Bars>;
};
