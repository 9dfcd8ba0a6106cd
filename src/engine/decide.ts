import { empty } from "../base/empty.ts";
import { floorToStep, roundToTick } from "../base/numbers.ts";
import type { Bars } from "../domain/bars.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketSlice } from "../domain/slice.ts";
import { unprotected, type Entry, type Protection, type Signal, type Target } from "../domain/target.ts";
import type { CommissionModel, SlippageModel } from "../ports/costs.ts";
import type { Sizer, SizingContext } from "../ports/sizer.ts";
import type { Portfolio } from "./execution/portfolio.ts";
import type { Runner } from "./runner.ts";

/** What a run decides with, from bars to targets. */
export type Pipeline = {
  readonly instruments: readonly Instrument[];
  /** The bars that are decided on, by instrument index. */
  readonly bars: readonly Bars[];
  /** Who decides on each instrument, by index. */
  readonly runners: readonly Runner[];
  /** By instrument index: the row of its bars before which its runner has nothing to say. */
  readonly nextRows: Int32Array;
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
  warmingUp: number;
  silent: number;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A decision that says nothing. */
export function emptyDecision(): Decision {
  return { targets: [], warmingUp: 0, silent: 0 };
}

/** From closed bars to the holdings they argue for. No orders, no I/O, no clock. Before `tradeFromMs` nobody is asked. */
export function decide(
  pipeline: Pipeline,
  closed: MarketSlice,
  portfolio: Portfolio,
  tradeFromMs = -Infinity,
): Decision {
  const { decision, runners, nextRows, sizer } = pipeline;
  empty(decision.targets);
  decision.warmingUp = 0;
  decision.silent = 0;
  sizer.observe?.(closed);
  if (closed.timeMs < tradeFromMs) {
    decision.warmingUp = closed.count;
    return decision;
  }
  for (let k = 0; k < closed.count; k++) {
    const index = closed.instruments[k]!;
    const row = closed.rows[k]!;
    // Hundreds of symbols sleep at most of their bars: their runners are not even looked at.
    if (row < nextRows[index]!) {
      decision.silent += 1;
      continue;
    }
    const runner = runners[index]!;
    const opinion = runner.decide(row, closed.timeMs);
    nextRows[index] = runner.nextRow(row + 1);
    if (opinion === "silent") decision.silent += 1;
    else if (opinion === "warming up") decision.warmingUp += 1;
    else decision.targets.push(size(pipeline, runner.signal!, index, row, portfolio));
  }
  return decision;
}

/** quantity = floor to lot of |weight| x equity / (entry price x (1 + cost rate)), signed like the weight. */
function size(pipeline: Pipeline, signal: Signal, index: number, row: number, portfolio: Portfolio): Target {
  const instrument = pipeline.instruments[index]!;
  const bars = pipeline.bars[index]!;
  const { entry } = signal;
  const price = entry.kind === "market" ? bars.close[row]! : entry.price;
  const estimate =
    Math.abs(signal.weight) * (portfolio.equity / portfolio.unitValue(instrument.index, price));
  const costRate =
    pipeline.commission.rate(estimate, price * instrument.contractMultiplier) +
    pipeline.slippage.rate(bars, row, estimate);
  const context: Writable<SizingContext> = { portfolio, instrument, price, costRate };
  const equityWeight = signal.weight === 0 ? 0 : pipeline.sizer.weigh(signal, context);
  const unit = portfolio.unitValue(instrument.index, price) * (1 + costRate);
  const lots = floorToStep((Math.abs(equityWeight) * portfolio.equity) / unit, instrument.lotSize);
  return {
    instrument: signal.instrument,
    weight: signal.weight,
    reason: signal.reason,
    entry: onTick(entry, instrument.tickSize),
    protection: protectionOnTick(signal.protection, instrument.tickSize),
    ...(signal.replacesProtection === true ? { replacesProtection: true } : {}),
    equityWeight,
    quantity: equityWeight < 0 ? -lots : lots,
  };
}

/** Venues take prices in whole ticks. */
function onTick(entry: Entry, tickSize: number): Entry {
  return entry.kind === "market" ? entry : { ...entry, price: roundToTick(entry.price, tickSize) };
}

function protectionOnTick(protection: Protection, tickSize: number): Protection {
  if (protection === unprotected) return protection;
  const { stopPrice, takeProfitPrice, ...rest } = protection;
  return {
    ...rest,
    ...(stopPrice === undefined ? {} : { stopPrice: roundToTick(stopPrice, tickSize) }),
    ...(takeProfitPrice === undefined ? {} : { takeProfitPrice: roundToTick(takeProfitPrice, tickSize) }),
  };
}
