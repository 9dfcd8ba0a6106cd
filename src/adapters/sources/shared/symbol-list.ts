import { hourMs } from "../../../base/time.ts";
import type { KiwiError } from "../../../base/errors.ts";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import type { Clock } from "../../../ports/clock.ts";
import { symbolUnknown } from "./source-errors.ts";

/** A venue's list of symbols, fetched once and kept for an hour. */
export class SymbolList {
  private readonly clock: Clock;
  private readonly venue: string;
  private readonly fetchAll: (signal?: AbortSignal) => Promise<readonly SymbolInfo[]>;
  private kept: { readonly atMs: number; readonly symbols: readonly SymbolInfo[] } | null = null;

  constructor(
    clock: Clock,
    venue: string,
    fetchAll: (signal?: AbortSignal) => Promise<readonly SymbolInfo[]>,
  ) {
    this.clock = clock;
    this.venue = venue;
    this.fetchAll = fetchAll;
  }

  /** All symbols. */
  async all(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    if (this.kept === null || this.clock.nowMs() - this.kept.atMs > hourMs) {
      const symbols = await this.fetchAll(signal);
      this.kept = { atMs: this.clock.nowMs(), symbols };
    }
    return this.kept.symbols;
  }

  /** `SYMBOL_UNKNOWN` with the nearest name; without one when the list cannot be had either. */
  async unknown(symbol: string): Promise<KiwiError> {
    const known = await this.all().catch(() => []);
    return symbolUnknown(
      this.venue,
      symbol,
      known.map((info) => info.symbol),
    );
  }
}
