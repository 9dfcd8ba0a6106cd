import type { InstrumentIndex } from "../../domain/instrument.ts";
import { Ledger } from "../../domain/ledger.ts";
import type { OrderId } from "../../domain/order.ts";
import type { ReportInput } from "../report/report-input.ts";
import { LastPrices, type Valuation } from "../report/series/last-prices.ts";
import type { AccountLog } from "./selection-input.ts";

type AccountValuation = Valuation & Pick<ReportInput, "account">;

/**
 * What each symbol made on every slice of an account, in base currency; over the symbols and slices it adds up to the
 * change of equity. Commissions of a slice on which several symbols were traded are shared by what their fills cost.
 */
export function profitBySymbol(
  valuation: AccountValuation,
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
      if (kind === "charged") replay.charge(instrument, first);
    }
    replay.settle(timeMs, change);
    for (let k = 0; k < count; k++) profits[k]![row] = replay.profit[k]!;
  }
  return profits;
}

/**
 * Books the fills again on a ledger of the same kind, so that what is paid for makes its change of value and what is not
 * paid for makes its profit alone: a future that stands still makes nothing of a currency that moves.
 */
class ProfitReplay {
  /** Of the slice that was settled last. */
  readonly profit: Float64Array;
  private readonly ledger: Ledger;
  private readonly prices: LastPrices;
  private readonly made: Float64Array;
  private readonly charged: Float64Array;
  private readonly cost: Float64Array;

  constructor({ instruments, conversions, bars, account }: AccountValuation) {
    const count = instruments.length;
    this.ledger = new Ledger(0, instruments, conversions, account);
    this.prices = new LastPrices({ instruments, conversions, bars });
    this.profit = new Float64Array(count);
    this.made = new Float64Array(count);
    this.charged = new Float64Array(count);
    this.cost = new Float64Array(count);
  }

  fill(instrument: number, signed: number, price: number, cost: number, timeMs: number): void {
    this.ledger.book({
      fillId: 0,
      orderId: 0 as OrderId,
      instrument: instrument as InstrumentIndex,
      side: signed > 0 ? "buy" : "sell",
      quantity: Math.abs(signed),
      cumulativeQuantity: Math.abs(signed),
      price,
      // The recorder has commission and slippage in one number, and slippage is in the price already.
      fee: 0,
      slippageCost: 0,
      liquidity: "taker",
      timeMs,
    });
    this.cost[instrument]! += cost * this.rateOf(instrument);
  }

  charge(instrument: number, amount: number): void {
    this.charged[instrument]! += amount * this.rateOf(instrument);
  }

  settle(timeMs: number, change: number): void {
    const { profit, made, charged, cost, ledger } = this;
    for (let k = 0; k < profit.length; k++) ledger.markAt(k, this.prices.priceAt(k, timeMs));
    let rest = change;
    let costs = 0;
    for (let k = 0; k < profit.length; k++) {
      const now = ledger.profitBy(k);
      profit[k] = now - made[k]! - charged[k]!;
      made[k] = now;
      rest -= profit[k]!;
      costs += cost[k]!;
    }
    for (let k = 0; k < profit.length; k++)
      profit[k]! += costs > 0 ? (rest * cost[k]!) / costs : rest / profit.length;
    charged.fill(0);
    cost.fill(0);
  }

  /** At the last closes, and before the first of them at the rate of none: nothing can have been paid then. */
  private rateOf(instrument: number): number {
    const rate = this.ledger.conversionRate(instrument);
    return Number.isNaN(rate) ? 0 : rate;
  }
}
