import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { grown, type Frame } from "./frame.ts";

/** What the prices of a symbol's series are, in multiples of those at which it traded. */
export interface PriceScale {
  /** The multiple that holds for bars that close at `timeMs`. */
  factorAt(timeMs: number): number;
}

/**
 * Bars adjusted for splits and dividends as they were known: prices grow by what a holder got, from each ex-date on, and
 * nothing before it ever changes. Their ratios are those of the usual backward adjustment at every moment; a later action
 * cannot reach what was decided before it.
 */
export class AdjustedFrame implements Frame, PriceScale {
  readonly bars: BarTable;
  visible: Int32Array;
  private readonly source: Bars;
  private readonly actions: readonly CorporateAction[];
  private readonly calendar: Calendar;
  /** From each of these closes on another factor holds. */
  private readonly fromMs: number[] = [];
  private readonly factors: number[] = [];
  private price = 1;
  private shares = 1;
  private nextAction = 0;

  constructor(source: Bars, actions: readonly CorporateAction[], calendar: Calendar) {
    this.source = source;
    this.actions = actions;
    this.calendar = calendar;
    this.bars = new BarTable(source.symbol, source.timeframe, source.length);
    this.visible = new Int32Array(source.length);
  }

  extend(): void {
    const { source, bars } = this;
    this.visible = grown(this.visible, source.length);
    for (let row = bars.length; row < source.length; row++) {
      this.take(row);
      const { open, high, low, close, volume } = source;
      const f = this.price;
      const timeMs = source.closeTimeMs[row]!;
      bars.append(
        timeMs,
        open[row]! * f,
        high[row]! * f,
        low[row]! * f,
        close[row]! * f,
        volume[row]! / this.shares,
      );
      this.visible[row] = row;
    }
  }

  factorAt(timeMs: number): number {
    let k = this.fromMs.length - 1;
    while (k >= 0 && this.fromMs[k]! > timeMs) k -= 1;
    return k < 0 ? 1 : this.factors[k]!;
  }

  /** Takes the actions that are in force with a bar. */
  private take(row: number): void {
    const { actions, source, calendar } = this;
    const timeMs = source.closeTimeMs[row]!;
    const before = this.price;
    // The last close, in the shares of this day: a dividend is a part of it. The first bar has none and asks for none.
    let lastClose = source.close[row - 1]!;
    for (; this.nextAction < actions.length; this.nextAction += 1) {
      const action = actions[this.nextAction]!;
      if (action.day > calendar.sessionOf(timeMs)) break;
      // What happened before the first bar is in its price already.
      if (row === 0) continue;
      if (action.kind === "split") {
        this.price *= action.ratio;
        this.shares *= action.ratio;
        lastClose /= action.ratio;
      } else if (action.amount < lastClose) this.price *= lastClose / (lastClose - action.amount);
    }
    if (this.price === before) return;
    this.fromMs.push(timeMs);
    this.factors.push(this.price);
  }
}
