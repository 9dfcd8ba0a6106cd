import type { StreamCounts } from "../../ports/bar-source.ts";

type Counter = Exclude<keyof StreamCounts, "ignored">;

const none: StreamCounts = {
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
  ignored: {},
  connections: 0,
};

const counters = Object.keys(none).filter((name): name is Counter => name !== "ignored");

/** Own numbers of a stream over several providers, and the numbers of providers that it has left. */
export class StreamNumbers {
  private readonly own: Record<Counter, number>;
  private ignored: Readonly<Record<string, number>> = {};
  private past: StreamCounts = none;

  constructor() {
    this.own = { ...none };
  }

  /** One more of a kind. */
  add(counter: Counter): void {
    this.own[counter] += 1;
  }

  /** One more bar that is of no use here. */
  ignore(what: string): void {
    this.ignored = summed(this.ignored, { [what]: 1 });
  }

  /** Keeps what a closed stream of a provider had counted. */
  keep(counts: StreamCounts): void {
    this.past = plus(this.past, counts);
  }

  /** Everything so far, with the streams that run. */
  total(running: readonly StreamCounts[]): StreamCounts {
    const theirs = running.reduce(plus, this.past);
    const all = plus({ ...this.own, ignored: this.ignored }, theirs);
    // Providers' streams count what they handed to us; only what was handed on counts.
    return { ...all, bars: this.own.bars, revisions: this.own.revisions };
  }
}

function plus(a: StreamCounts, b: StreamCounts): StreamCounts {
  const sum: Record<Counter, number> = { ...none };
  for (const counter of counters) sum[counter] = a[counter] + b[counter];
  return { ...sum, ignored: summed(a.ignored, b.ignored) };
}

function summed(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}
