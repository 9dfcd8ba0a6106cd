import type { Bars } from "../src/domain/bars.ts";
import { sliceBars } from "../src/domain/bars.ts";
import type {
  BarRequest,
  BarSource,
  LiveBar,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../src/ports/bar-source.ts";
import type { Clock } from "../src/ports/clock.ts";
import { liveBars } from "../src/data/live/live-bars.ts";

/** A venue in memory: it knows what happened, and a test says what of it the stream tells and when. */
export class LiveSource implements Pick<BarSource, "name" | "fetchBars" | "subscribe"> {
  readonly name = "memory";
  /** Every range that was asked for. */
  readonly fetches: { readonly symbol: string; readonly fromMs: number; readonly toMs: number }[] = [];
  /** How often a fetch of a symbol fails before it works. */
  readonly failures = new Map<string, number>();
  /** Symbols whose fetches never end, whatever the signal says. */
  readonly hanging = new Set<string>();
  isSubscribed = false;
  private request: SubscribeRequest | null = null;
  private readonly clock: Clock;
  private readonly market: ReadonlyMap<string, Bars>;

  constructor(clock: Clock, market: readonly Bars[]) {
    this.clock = clock;
    this.market = new Map(market.map((bars) => [bars.symbol, bars]));
  }

  async *fetchBars({ symbol, fromMs, toMs }: BarRequest): AsyncGenerator<Bars> {
    this.fetches.push({ symbol, fromMs, toMs });
    if (this.hanging.has(symbol)) await new Promise(() => {});
    const failures = this.failures.get(symbol) ?? 0;
    if (failures > 0) {
      this.failures.set(symbol, failures - 1);
      throw new Error(`the venue does not answer for ${symbol}`);
    }
    const bars = this.market.get(symbol)!;
    const untilMs = Math.min(toMs, this.clock.nowMs() + 1);
    const times = [...bars.closeTimeMs.subarray(0, bars.length)];
    const from = times.filter((timeMs) => timeMs < fromMs).length;
    const to = times.filter((timeMs) => timeMs < untilMs).length;
    const middle = from + ((to - from) >> 1);
    if (middle > from) yield sliceBars(bars, from, middle);
    await Promise.resolve();
    if (to > middle) yield sliceBars(bars, middle, to);
  }

  subscribe(request: SubscribeRequest): Subscription {
    this.request = request;
    this.isSubscribed = true;
    const counts = { messages: 0, bars: 0, revisions: 0, duplicates: 0, late: 0, open: 0, trades: 0 };
    return {
      counts: () => ({
        ...counts,
        quarantined: 0,
        dropped: 0,
        unreadable: 0,
        ignored: {},
        connections: 1,
      }),
      close: () => {
        this.isSubscribed = false;
      },
    };
  }

  /** The stream tells a bar; nothing while nobody listens. */
  send(bar: LiveBar): void {
    if (this.isSubscribed) void this.request!.onBar(bar);
  }

  /** The stream tells what happens to it. */
  tell(state: StreamState): void {
    if (this.isSubscribed) this.request!.onState(state);
  }

  /** Every bar of the market that closes in a range, by close and then by symbol. */
  between(fromMs: number, toMs: number): readonly LiveBar[] {
    return [...this.market.values()]
      .flatMap((bars) => [...liveBars(bars)])
      .filter(({ closeTimeMs }) => closeTimeMs >= fromMs && closeTimeMs < toMs)
      .toSorted((a, b) => a.closeTimeMs - b.closeTimeMs);
  }
}
