import { valueAtRisk } from "../../analysis/statistics/value-at-risk.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Session } from "../../engine/session.ts";

const barsLooked = 250;
const level = 0.95;

/** What is held may lose so much of equity in a bar of twenty, by the last bars; undefined before there are enough. */
export function heldValueAtRisk({ portfolio, pipeline }: Session): number | undefined {
  const { held } = portfolio.ledger;
  if (held.length === 0) return 0;
  const made = new Float64Array(barsLooked);
  for (const index of held as InstrumentIndex[]) {
    const { close, length } = pipeline.bars[index]!;
    if (length <= barsLooked) return undefined;
    const { quantity, lastPrice } = portfolio.position(index);
    const value = quantity * portfolio.unitValue(index, lastPrice);
    for (let k = 0; k < barsLooked; k++) {
      const row = length - barsLooked + k;
      made[k]! += value * (close[row]! / close[row - 1]! - 1);
    }
  }
  const loss = valueAtRisk(made, level);
  return loss === null ? undefined : loss / portfolio.equity;
}
