import type { InstrumentIndex } from "../domain/instrument.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Signal } from "../domain/target.ts";
import type { Portfolio } from "./execution/portfolio.ts";
import type { Decision, Pipeline, TogetherPart } from "./pipeline.ts";
import { sizeTogether, type Sizable } from "./size-together.ts";
import { targetOf, tradedClose } from "./target-of.ts";

/** Adds the targets of a portfolio to a decision, sized together, those that sell before those that buy. */
export function decideTogether(
  pipeline: Pipeline,
  part: TogetherPart,
  closed: MarketSlice,
  portfolio: Portfolio,
  decision: Decision,
): void {
  const { runner, limits, refusals } = part;
  const signals = runner.decide(closed);
  decision.warmingUp = runner.warmingUp;
  decision.silent = closed.count - runner.warmingUp - signals.length;
  if (signals.length === 0) return;
  const items = signals.map((signal) => sizable(pipeline, part, agreed(part, signal, portfolio), portfolio));
  const { equity } = portfolio;
  const sized = sizeTogether(items, equity, grossOfOthers(portfolio, signals), limits);
  const targets = signals.map((signal, k) => {
    const { quantity, equityWeight, shortfall } = sized[k]!;
    if (shortfall !== null)
      refusals.set(`portfolio: ${shortfall}`, (refusals.get(`portfolio: ${shortfall}`) ?? 0) + 1);
    const { instrument, unitValue, held } = items[k]!;
    return {
      change: (Math.abs(quantity) - Math.abs(held)) * unitValue,
      target: targetOf(signal, instrument, quantity, equityWeight),
    };
  });
  targets.sort((a, b) => Math.sign(a.change) - Math.sign(b.change));
  for (const { target } of targets) decision.targets.push(target);
}

/** What nobody agrees to enter is not held. */
function agreed({ mayEnter, refusals }: TogetherPart, signal: Signal, { ledger }: Portfolio): Signal {
  const held = ledger.quantity[signal.instrument]!;
  if (mayEnter === null || mayEnter(signal.instrument, signal.weight, held)) return signal;
  const reason = "predictionFilter: the model does not agree";
  refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  return { ...signal, weight: 0 };
}

function sizable(
  pipeline: Pipeline,
  { listings, fraction }: TogetherPart,
  signal: Signal,
  portfolio: Portfolio,
): Sizable {
  const index = signal.instrument;
  const instrument = pipeline.instruments[index]!;
  const bars = pipeline.bars[index]!;
  const row = listings.rowOf(index);
  const price = signal.entry.kind === "market" ? tradedClose(pipeline, index, row) : signal.entry.price;
  const unitValue = portfolio.unitValue(index, price);
  const value = price * instrument.contractMultiplier;
  const held = portfolio.ledger.quantity[index]!;
  const weight = signal.weight * fraction;
  const estimate = Math.abs((weight * portfolio.equity) / unitValue - held);
  return {
    signal: { ...signal, weight },
    instrument,
    unitValue,
    notionalMin: (instrument.notionalMin * unitValue) / value,
    costRate: pipeline.commission.rate(estimate, value) + pipeline.slippage.rate(bars, row, estimate),
    held,
  };
}

/** Value of the holdings that no target speaks of: they keep their part of the account. */
function grossOfOthers({ ledger }: Portfolio, signals: readonly Signal[]): number {
  const named = new Set<InstrumentIndex>(signals.map(({ instrument }) => instrument));
  let gross = 0;
  for (const index of ledger.held) {
    if (named.has(index as InstrumentIndex)) continue;
    gross += Math.abs(ledger.quantity[index]!) * ledger.unitValue(index, ledger.lastPrice[index]!);
  }
  return gross;
}
