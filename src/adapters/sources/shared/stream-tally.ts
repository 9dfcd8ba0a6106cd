import type { StreamCounts } from "../../../ports/bar-source.ts";

/** Kinds of ignored messages that get a line of their own. */
const kindsMax = 50;

type Counter = Exclude<keyof StreamCounts, "ignored">;

/** Counts what becomes of everything that comes in. */
export class StreamTally {
  private readonly numbers: Record<Counter, number> = {
    messages: 0,
    bars: 0,
    revisions: 0,
    duplicates: 0,
    late: 0,
    open: 0,
    trades: 0,
    quarantined: 0,
    dropped: 0,
    unreadable: 0,
    connections: 0,
  };
  private readonly ignored = new Map<string, number>();

  /** One more of a kind. */
  add(counter: Counter): void {
    this.numbers[counter] += 1;
  }

  /** One more message that is of no use here. */
  ignore(what: string): void {
    const kind = this.ignored.has(what) || this.ignored.size < kindsMax ? what : "other";
    this.ignored.set(kind, (this.ignored.get(kind) ?? 0) + 1);
  }

  /** The counts so far, with those of the delivery. */
  counts({ delivered, dropped }: { readonly delivered: number; readonly dropped: number }): StreamCounts {
    return { ...this.numbers, bars: delivered, dropped, ignored: Object.fromEntries(this.ignored) };
  }
}
