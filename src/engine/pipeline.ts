import type { Bars } from "../domain/bars.ts";
import type { BarsUntil } from "./bars-until.ts";
import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import type { Target } from "../domain/target.ts";
import type { CommissionModel, SlippageModel } from "../ports/costs.ts";
import type { Sizer } from "../ports/sizer.ts";
import type { Listings } from "./listings.ts";
import type { PortfolioRunner } from "./portfolio-runner.ts";
import type { Runner } from "./runner.ts";
import type { PortfolioLimits } from "./size-together.ts";

/** What a run decides with, from bars to targets. */
export type Pipeline = {
  readonly instruments: readonly Instrument[];
  /** The bars that are decided on, by instrument index. */
  readonly bars: readonly Bars[];
  /** The same up to the present: all that plug-ins are given. */
  readonly seenBars: readonly BarsUntil[];
  /** Who decides on each instrument, by index. */
  readonly runners: readonly Runner[];
  /** By instrument index: the row of its bars before which its runner has nothing to say. */
  readonly nextRows: Int32Array;
  /** What one strategy over all instruments decides with; null where each instrument has its own runner. */
  readonly together: TogetherPart | null;
  /** Who still trades; null in a run of one instrument, whose time stands still without bars. */
  readonly listings: Listings | null;
  readonly sizer: Sizer;
  /** What an order will cost, so that sizing can set it aside. */
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
  /** Reused, so that a silent bar allocates nothing. */
  readonly decision: Decision;
};

/** What the account should hold, for every instrument that somebody spoke about. Reused. */
export type Decision = {
  readonly targets: Target[];
  /** Instruments that were seen to be delisted just now. */
  gone: readonly InstrumentIndex[];
  warmingUp: number;
  silent: number;
};

/** What a pipeline has in the place of one runner per instrument where one strategy decides on all of them. */
export type TogetherPart = {
  readonly runner: PortfolioRunner;
  readonly listings: Listings;
  readonly limits: PortfolioLimits;
  /** Multiplies every weight: the fraction of the sizing. */
  readonly fraction: number;
  /** Whether somebody agrees that a symbol is held with this sign; null where nobody is asked. */
  readonly mayEnter: ((instrument: InstrumentIndex, weight: number, held: number) => boolean) | null;
  /** Targets that were given less than they asked for, counted by reason. */
  readonly refusals: Map<string, number>;
};

/** A decision that says nothing. */
export function emptyDecision(): Decision {
  return { targets: [], gone: [], warmingUp: 0, silent: 0 };
}
