import type { Bars } from "../../domain/bars.ts";

/** Mark prices of the symbols that have some of their own, as far as they have been played. */
export class MarkPrices {
  private readonly tables: readonly Bars[];
  private readonly rows: number[];

  constructor(tables: readonly Bars[]) {
    this.tables = tables;
    this.rows = tables.map(() => -1);
  }

  moveTo(timeMs: number): void {
    for (const [k, { closeTimeMs, length }] of this.tables.entries())
      while (this.rows[k]! + 1 < length && closeTimeMs[this.rows[k]! + 1]! <= timeMs) this.rows[k]! += 1;
  }

  /** The last mark price; null where it is the last price, too. */
  at(symbol: string): number | null {
    const k = this.tables.findIndex((bars) => bars.symbol === symbol);
    return k < 0 || this.rows[k]! < 0 ? null : this.tables[k]!.close[this.rows[k]!]!;
  }

  /** Whether the mark price was at `price` or beyond it in its last bar. */
  hasReached(symbol: string, price: number, isRise: boolean): boolean {
    const k = this.tables.findIndex((bars) => bars.symbol === symbol);
    if (k < 0 || this.rows[k]! < 0) return false;
    const { high, low } = this.tables[k]!;
    return isRise ? high[this.rows[k]!]! >= price : low[this.rows[k]!]! <= price;
  }

  has(symbol: string): boolean {
    return this.tables.some((bars) => bars.symbol === symbol);
  }
}
