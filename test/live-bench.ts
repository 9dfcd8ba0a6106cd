import type { FeedEvent } from "../src/data/live/feed-event.ts";
import { liveFeed } from "../src/data/live/live-feed.ts";
import type { LiveFeed, LiveFeedParts } from "../src/data/live/live-feed-parts.ts";
import { Prng } from "../src/base/prng.ts";
import type { Bars } from "../src/domain/bars.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { ManualClock } from "./fakes/manual-clock.ts";
import { liveMarket, type LiveMarketOptions } from "./live-market.ts";
import { LiveSource } from "./live-source.ts";
import { take, type Taken } from "./live-taker.ts";

/** A feed over a market in memory, on a clock that moves when told. */
export type LiveBench = {
  readonly clock: ManualClock;
  readonly source: LiveSource;
  readonly market: readonly Bars[];
  readonly feed: LiveFeed;
  readonly events: FeedEvent[];
  /** Begins to read, and lets the stream stand. */
  readonly begin: () => Promise<Taken>;
  /** Lets time pass while the stream tells the bars that close in it, each a random while after its close. */
  readonly play: (untilMs: number, options?: PlayOptions) => Promise<void>;
  readonly eventsOf: <Kind extends FeedEvent["kind"]>(kind: Kind) => Extract<FeedEvent, { kind: Kind }>[];
};

/** How the stream tells bars. */
export type PlayOptions = {
  /** Longest delay of a bar after its close. */
  readonly delayMsMax?: number;
  /** Whether the stream tells this bar at all. */
  readonly tells?: (symbol: string, closeTimeMs: number) => boolean;
};

/** Sets a market, a venue that knows it and a feed up; the clock stands at `nowMs`. */
export function liveBench(
  nowMs: number,
  marketOptions: LiveMarketOptions | { readonly bars: readonly Bars[]; readonly seed: number },
  parts: Partial<LiveFeedParts> = {},
): LiveBench {
  const clock = new ManualClock(nowMs);
  const market = "bars" in marketOptions ? marketOptions.bars : liveMarket(marketOptions);
  const source = new LiveSource(clock, market);
  const events: FeedEvent[] = [];
  const prng = new Prng(marketOptions.seed + 1);
  const feed = liveFeed({
    source,
    symbols: market.map(({ symbol }) => symbol),
    timeframe: market[0]!.timeframe,
    warmupBars: 10,
    graceMs: 5_000,
    clock,
    calendarOf: () => calendarNamed("24/7"),
    onEvent: (event) => events.push(event),
    heartbeatMs: 3_600_000,
    ...parts,
  });
  return {
    clock,
    source,
    market,
    feed,
    events,
    async begin() {
      const taken = take(feed);
      await clock.advance(0);
      source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
      await clock.advance(0);
      return taken;
    },
    async play(untilMs, { delayMsMax = 4_000, tells = () => true } = {}) {
      const fromMs = clock.nowMs();
      const byTime = new Map<number, (() => void)[]>();
      for (const bar of source.between(fromMs + 1, untilMs + 1)) {
        if (!tells(bar.symbol, bar.closeTimeMs)) continue;
        for (let copies = prng.next() < 0.1 ? 2 : 1; copies > 0; copies--) {
          const atMs = bar.closeTimeMs + 100 * prng.integer(Math.floor(delayMsMax / 100));
          byTime.set(atMs, [...(byTime.get(atMs) ?? []), () => source.send(bar)]);
        }
      }
      for (const [atMs, sends] of byTime) {
        clock.schedule(atMs - fromMs, () => {
          for (const send of sends) send();
        });
      }
      await clock.advance(untilMs - fromMs);
    },
    eventsOf: (kind) => events.filter((event) => event.kind === kind) as never,
  };
}
