import type { Bars } from "../../domain/bars.ts";
import type { CostTables } from "../../domain/cost-tables.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { AnnouncedEnds } from "../../domain/membership.ts";
import type { Membership } from "../../domain/membership.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { LookaheadOptions } from "../../analysis/checks/lookahead.ts";
import type { WarmupOptions } from "../../analysis/checks/warmup.ts";
import type { RegimeModels } from "../plugins/model-named.ts";
import type { RunConfig } from "../config/run-config.ts";

/** A strategy that every process can find again: a built-in one by name, or a user's file. */
export type StrategySource = { readonly name: string } | { readonly file: string };

/** What to check. It holds nothing but data, so that another process can run it. */
export type CheckRequest = {
  readonly strategy: StrategySource;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly bars: readonly Bars[];
  /** Series that are known and never traded. */
  readonly externals?: readonly Bars[];
  /** Which symbols were in the universe, and when. */
  readonly membership?: Membership;
  /** When symbols ceased to trade, as it was announced. */
  readonly delistings?: AnnouncedEnds;
  /** Splits and dividends. */
  readonly actions?: readonly CorporateAction[];
  readonly costTables?: CostTables;
  readonly config: RunConfig;
  /** Trained models that the strategy uses. */
  readonly regimeModels?: RegimeModels;
  /** Files of the user's own plug-ins that the configuration names. */
  readonly plugins?: readonly string[];
  /** Timeframe that is decided on, when it is not that of the bars. */
  readonly timeframe?: Timeframe;
  /** A strategy that does not come back from a bar for so long is stopped. */
  readonly stuckAfterSeconds?: number;
  /** Decisions before this close time only warm up. */
  readonly tradeFromMs?: number;
  /** The newest bars of each symbol that are compared; the result says when there were more. */
  readonly barsMax?: number;
  readonly lookahead?: Partial<LookaheadOptions>;
  readonly warmup?: Partial<WarmupOptions>;
};
