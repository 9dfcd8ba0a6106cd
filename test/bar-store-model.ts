import { barsOf, type Bars } from "../src/domain/bars.ts";
import type { AppendResult, BarsToStore, Provenance, VersionedBars } from "../src/ports/bar-store.ts";

/** One version of one bar. */
export type ModelRow = {
  readonly closeMs: number;
  readonly prices: readonly number[];
  readonly quality: number;
  readonly source: string;
  readonly receivedAtMs: number;
  readonly version: number;
};

/** A bar store as anybody would write it first: every version of every bar in a map. What the real ones must agree with. */
export class BarStoreModel {
  private readonly bars = new Map<number, ModelRow[]>();
  private readonly retention: number;

  constructor(retention = Infinity) {
    this.retention = retention;
  }

  append(bars: BarsToStore, { source, receivedAtMs }: Provenance): AppendResult {
    const result = { added: 0, revised: 0, unchanged: 0 };
    for (let row = 0; row < bars.length; row++) {
      const closeMs = bars.closeTimeMs[row]!;
      const prices = [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => column[row]!);
      const quality = bars.quality?.[row] ?? 0;
      const versions = this.bars.get(closeMs) ?? [];
      const newest = versions.at(-1);
      const isSame =
        newest !== undefined &&
        newest.prices.every((price, index) => price === prices[index]) &&
        newest.quality % 2 === quality % 2;
      if (isSame) result.unchanged += 1;
      else if (newest === undefined) result.added += 1;
      else result.revised += 1;
      if (isSame) continue;
      const flag = newest !== undefined && quality === 0 ? 2 : quality;
      versions.push({ closeMs, prices, quality: flag, source, receivedAtMs, version: versions.length + 1 });
      this.bars.set(closeMs, versions);
    }
    const closes = this.closes();
    for (const closeMs of closes.slice(0, Math.max(0, closes.length - this.retention)))
      this.bars.delete(closeMs);
    return result;
  }

  read(fromMs: number, toMs: number, asOfMs = Infinity): ModelRow[] {
    return this.closes()
      .filter((closeMs) => closeMs >= fromMs && closeMs < toMs)
      .flatMap((closeMs) => this.bars.get(closeMs)!.findLast((row) => row.receivedAtMs <= asOfMs) ?? []);
  }

  closes(): number[] {
    return [...this.bars.keys()].sort((a, b) => a - b);
  }

  get versions(): number {
    return [...this.bars.values()].reduce((sum, versions) => sum + versions.length, 0);
  }
}

/** The rows of versioned bars as the model has them. */
export function modelRows(bars: VersionedBars): ModelRow[] {
  return Array.from({ length: bars.length }, (_, row) => ({
    closeMs: bars.closeTimeMs[row]!,
    prices: [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => column[row]!),
    quality: bars.quality[row]!,
    source: bars.sources[bars.sourceIndex[row]!]!,
    receivedAtMs: bars.receivedAtMs[row]!,
    version: bars.version[row]!,
  }));
}

/** Hourly bars at the given hours after 2024-01-01, whose prices tell their hour and `edition`. */
export function hourlyBars(hours: readonly number[], edition = 0, symbol = "TEST"): Bars {
  const column = (value: (hour: number) => number): Float64Array => Float64Array.from(hours, value);
  // Decimals that binary fractions cannot hold: every bit of them must come back.
  const close = (hour: number): number => 100 + hour * 0.1 + edition * 0.01;
  return barsOf(symbol, "1h", {
    closeTimeMs: column((hour) => Date.UTC(2024, 0, 1, hour)),
    open: column((hour) => close(hour) - 0.03),
    high: column((hour) => close(hour) + 0.07),
    low: column((hour) => close(hour) - 0.07),
    close: column(close),
    volume: column((hour) => hour / 3),
  });
}
