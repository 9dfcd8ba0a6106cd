import { formatTime } from "../../base/time.ts";
import type { LiveBar, RowFault, RowQuarantine } from "../../ports/bar-source.ts";

const examplesMax = 5;

/** A bar in words, for messages. */
export function describeBar(bar: LiveBar): string {
  const { symbol, timeframe, closeTimeMs, open, high, low, close, volume } = bar;
  return `${symbol} ${timeframe} ${formatTime(closeTimeMs)} open ${open} high ${high} low ${low} close ${close} volume ${volume}`;
}

/** Counts what was left out, by fault, and keeps the first few of each in words. */
export class QuarantineBook {
  private readonly kinds = new Map<RowFault, { count: number; examples: string[] }>();

  /** Notes rows with one fault. */
  add(fault: RowFault, count: number, examples: readonly string[]): void {
    const kind = this.kinds.get(fault) ?? { count: 0, examples: [] };
    kind.count += count;
    kind.examples.push(...examples.slice(0, examplesMax - kind.examples.length));
    this.kinds.set(fault, kind);
  }

  /** Everything noted, the most frequent first. */
  entries(): readonly RowQuarantine[] {
    return [...this.kinds]
      .map(([fault, { count, examples }]) => ({ fault, count, examples }))
      .toSorted((a, b) => b.count - a.count);
  }
}
