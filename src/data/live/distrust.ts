import type { BarTable } from "../../domain/bar-table.ts";

/** Symbols that go on with a hole: not to be traded until so many bars have passed that strategies see it no longer. */
export class Distrust {
  private readonly barsMin: number;
  private readonly troubles = new Map<string, { readonly table: BarTable; readonly untilRows: number }>();

  /** `barsMin`: bars after the hole that make a symbol good again. */
  constructor(barsMin: number) {
    this.barsMin = barsMin;
  }

  /** The symbol has a hole after the rows it has now. */
  add(table: BarTable): void {
    this.troubles.set(table.symbol, { table, untilRows: table.length + this.barsMin });
  }

  /** In words what is wrong with a symbol, or null. */
  reasonFor(symbol: string): string | null {
    const trouble = this.troubles.get(symbol);
    if (trouble === undefined) return null;
    if (trouble.table.length < trouble.untilRows)
      return `bars of ${symbol} are missing and could not be fetched`;
    this.troubles.delete(symbol);
    return null;
  }
}
