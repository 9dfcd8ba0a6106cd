import type { ReportInput } from "../report-input.ts";
import { LastPrices } from "./last-prices.ts";

/** A stretch of time in which a symbol was held on one side. */
export type HeldSpan = { readonly fromMs: number; readonly toMs: number; readonly side: 1 | -1 };

/** What the events of a run say about every slice, and about every instrument. */
export type AccountPaths = {
  /** Sum of |position value| over equity at each slice; NaN without positive equity. */
  readonly exposure: Float64Array;
  /** Fees, slippage and charges paid up to each slice, in base currency. */
  readonly costs: Float64Array;
  /** By instrument, oldest first; a position that is open at the end ends with the data. */
  readonly held: readonly (readonly HeldSpan[])[];
  /** Positions open at the end: instrument and signed quantity. */
  readonly openAtEnd: readonly { readonly instrument: number; readonly quantity: number }[];
};

/** Replays the fills and charges of a run over its bars. Fills count from the close of their bar. */
export function accountPaths(input: ReportInput): AccountPaths {
  const { log } = input;
  const account = new AccountReplay(input);
  const exposure = new Float64Array(log.length);
  const costs = new Float64Array(log.length);
  let event = 0;
  for (let row = 0; row < log.length; row++) {
    const timeMs = log.timeMs[row]!;
    for (; event < log.events.length; event++) {
      const { timeMs: eventMs, kind, instrument, first, third } = log.events.at(event);
      if (eventMs > timeMs) break;
      if (kind === "fill") account.fill(instrument, first, third, timeMs);
      if (kind === "charged") account.charge(instrument, first, timeMs);
    }
    const equity = log.equity[row]!;
    exposure[row] = equity > 0 ? account.grossValue(timeMs) / equity : Number.NaN;
    costs[row] = account.costs;
  }
  return {
    exposure,
    costs,
    held: account.spansUntil(log.length === 0 ? 0 : log.timeMs[log.length - 1]!),
    openAtEnd: account.open.map((instrument) => ({ instrument, quantity: account.quantity[instrument]! })),
  };
}

class AccountReplay {
  costs = 0;
  readonly quantity: Float64Array;
  /** Instruments that are held. */
  open: number[] = [];
  private readonly prices: LastPrices;
  private readonly heldFromMs: Float64Array;
  private readonly spans: HeldSpan[][];

  constructor(input: ReportInput) {
    const count = input.instruments.length;
    this.prices = new LastPrices(input);
    this.quantity = new Float64Array(count);
    this.heldFromMs = new Float64Array(count);
    this.spans = input.instruments.map(() => []);
  }

  fill(instrument: number, signed: number, cost: number, timeMs: number): void {
    const before = this.quantity[instrument]!;
    const sum = before + signed;
    // Selling 0.3 out of 0.1 + 0.2 leaves 5.6e-17, which is nothing.
    const after = Math.abs(sum) <= Math.abs(before) * 1e-12 ? 0 : sum;
    this.quantity[instrument] = after;
    this.costs += cost * this.prices.rateAt(instrument, timeMs);
    if (Math.sign(before) === Math.sign(after)) return;
    if (before !== 0) this.endSpan(instrument, before, timeMs);
    this.heldFromMs[instrument] = timeMs;
    if (before === 0) this.open.push(instrument);
    if (after === 0) this.open = this.open.filter((each) => each !== instrument);
  }

  charge(instrument: number, amount: number, timeMs: number): void {
    this.costs += amount * this.prices.rateAt(instrument, timeMs);
  }

  grossValue(timeMs: number): number {
    let sum = 0;
    for (const instrument of this.open) {
      const unit = this.prices.unitAt(instrument, timeMs);
      sum += Math.abs(this.quantity[instrument]!) * this.prices.priceAt(instrument, timeMs) * unit;
    }
    return sum;
  }

  spansUntil(endMs: number): readonly (readonly HeldSpan[])[] {
    for (const instrument of this.open) this.endSpan(instrument, this.quantity[instrument]!, endMs);
    return this.spans;
  }

  private endSpan(instrument: number, held: number, toMs: number): void {
    this.spans[instrument]!.push({ fromMs: this.heldFromMs[instrument]!, toMs, side: held > 0 ? 1 : -1 });
  }
}
