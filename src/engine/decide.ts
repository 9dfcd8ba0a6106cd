import { empty } from "../base/empty.ts";
import { floorToStep } from "../base/numbers.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Signal, Target } from "../domain/target.ts";
import type { SizingContext } from "../ports/sizer.ts";
import { decideTogether } from "./decide-together.ts";
import type { Portfolio } from "./execution/portfolio.ts";
import type { Decision, Pipeline } from "./pipeline.ts";
import { targetOf, tradedClose } from "./target-of.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

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
  for (let k = 0; k < closed.count; k++)
    pipeline.seenBars[closed.instruments[k]!]!.length = closed.rows[k]! + 1;
  sizer.observe?.(closed);
  if (pipeline.listings !== null) decision.gone = pipeline.listings.observe(closed, portfolio);
  pipeline.together?.runner.observe(closed);
  if (closed.timeMs < tradeFromMs) {
    decision.warmingUp = closed.count;
    return decision;
  }
  if (pipeline.together !== null) {
    decideTogether(pipeline, pipeline.together, closed, portfolio, decision);
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
  const price = entry.kind === "market" ? tradedClose(pipeline, index, row) : entry.price;
  const estimate =
    Math.abs(signal.weight) * (portfolio.equity / portfolio.unitValue(instrument.index, price));
  const costRate =
    pipeline.commission.rate(estimate, price * instrument.contractMultiplier) +
    pipeline.slippage.rate(bars, row, estimate);
  const context: Writable<SizingContext> = { portfolio, instrument, price, costRate };
  const equityWeight = signal.weight === 0 ? 0 : pipeline.sizer.weigh(signal, context);
  const unit = portfolio.unitValue(instrument.index, price) * (1 + costRate);
  const lots = floorToStep((Math.abs(equityWeight) * portfolio.equity) / unit, instrument.lotSize);
  return targetOf(signal, instrument, equityWeight < 0 ? -lots : lots, equityWeight);
}
