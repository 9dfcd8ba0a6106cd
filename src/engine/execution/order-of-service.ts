import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Portfolio } from "./portfolio.ts";
import type { StandingTargets } from "./standing-targets.ts";

type Rank = {
  /** -1 where the position gets smaller, 1 where it gets larger. */
  readonly growth: number;
  /** Value that was traded in the last bar, in base currency; 0 where nobody tells the volume. */
  readonly traded: number;
  /** Value of what is missing to the target. */
  readonly notional: number;
};

/**
 * Brings the instruments that are due into the order in which they are served: what makes a position smaller first, then the
 * most traded, then the largest order. The numbers of the instruments, which follow their names, decide only between
 * equals.
 */
export function rankDue(targets: StandingTargets, pipeline: Pipeline, portfolio: Portfolio): void {
  const ranks = new Map<InstrumentIndex, Rank>();
  const rankOf = (instrument: InstrumentIndex): Rank => {
    let rank = ranks.get(instrument);
    if (rank === undefined) ranks.set(instrument, (rank = rankOn(instrument, targets, pipeline, portfolio)));
    return rank;
  };
  targets.sortDue((a, b) => {
    const [one, other] = [rankOf(a), rankOf(b)];
    return one.growth - other.growth || other.traded - one.traded || other.notional - one.notional || a - b;
  });
}

function rankOn(
  instrument: InstrumentIndex,
  targets: StandingTargets,
  { bars, seenBars }: Pipeline,
  { ledger }: Portfolio,
): Rank {
  const row = seenBars[instrument]!.length - 1;
  const held = ledger.quantity[instrument]!;
  const wanted = targets.of(instrument)!.quantity;
  const { close, volume } = bars[instrument]!;
  const unit = ledger.unitValue(instrument, ledger.lastPrice[instrument]!);
  return {
    growth: Math.sign(Math.abs(wanted) - Math.abs(held)),
    traded: row < 0 ? 0 : ledger.unitValue(instrument, close[row]!) * volume[row]! || 0,
    notional: Math.abs(wanted - held) * unit || 0,
  };
}
