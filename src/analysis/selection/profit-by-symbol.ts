import { LastPrices, type Valuation } from "../report/series/last-prices.ts";
import type { AccountLog } from "./selection-input.ts";

/**
 * What each symbol made on every slice of an account, in base currency; over the symbols and slices it adds up to the
 * change of equity. Commissions of a slice on which several symbols were traded are shared by what their fills cost.
 */
export function profitBySymbol(
  valuation: Valuation,
  log: AccountLog,
  startEquity: number,
): readonly Float64Array[] {
  const count = valuation.instruments.length;
  const profits = Array.from({ length: count }, () => new Float64Array(log.length));
  const replay = new ProfitReplay(valuation);
  let event = 0;
  let equityBefore = startEquity;
  for (let row = 0; row < log.length; row++) {
    const timeMs = log.timeMs[row]!;
    const change = log.equity[row]! - equityBefore;
    equityBefore = log.equity[row]!;
    if (count === 1) {
      profits[0]![row] = change;
      continue;
    }
    for (; event < log.events.length; event++) {
      const { timeMs: eventMs, kind, instrument, first, second, third } = log.events.at(event);
      if (eventMs > timeMs) break;
      if (kind === "fill") replay.fill(instrument, first, second, third, timeMs);
      if (kind === "charged") replay.charge(instrument, first, timeMs);
    }
    replay.settle(timeMs, change);
    for (let k = 0; k < count; k++) profits[k]![row] = replay.profit[k]!;
  }
  return profits;
}

class ProfitReplay {
  /** Of the slice that was settled last. */
  readonly profit: Float64Array;
  private readonly prices: LastPrices;
  private readonly quantity: Float64Array;
  private readonly value: Float64Array;
  private readonly received: Float64Array;
  private readonly cost: Float64Array;

  constructor(valuation: Valuation) {
    const count = valuation.instruments.length;
    this.prices = new LastPrices(valuation);
    this.profit = new Float64Array(count);
    this.quantity = new Float64Array(count);
    this.value = new Float64Array(count);
    this.received = new Float64Array(count);
    this.cost = new Float64Array(count);
  }

  fill(instrument: number, signed: number, price: number, cost: number, timeMs: number): void {
    this.quantity[instrument]! += signed;
    this.received[instrument]! -= signed * price * this.prices.unitAt(instrument, timeMs);
    this.cost[instrument]! += cost * this.prices.rateAt(instrument, timeMs);
  }

  charge(instrument: number, amount: number, timeMs: number): void {
    this.received[instrument]! -= amount * this.prices.rateAt(instrument, timeMs);
  }

  settle(timeMs: number, change: number): void {
    const { profit, quantity, value, received, cost } = this;
    let rest = change;
    let costs = 0;
    for (let k = 0; k < profit.length; k++) {
      const held = quantity[k]!;
      const now = held === 0 ? 0 : held * this.prices.priceAt(k, timeMs) * this.prices.unitAt(k, timeMs);
      profit[k] = now - value[k]! + received[k]!;
      value[k] = now;
      rest -= profit[k]!;
      costs += cost[k]!;
    }
    // The recorder has commission and slippage in one number, and slippage is in the price already.
    for (let k = 0; k < profit.length; k++)
      profit[k]! += costs > 0 ? (rest * cost[k]!) / costs : rest / profit.length;
    received.fill(0);
    cost.fill(0);
  }
}
