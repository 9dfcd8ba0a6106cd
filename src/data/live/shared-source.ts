import type { Timeframe } from "../../domain/timeframe.ts";
import type {
  BarRange,
  BarSource,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../ports/bar-source.ts";

/** What all who share a stream want of it. */
export type SharedTopics = { readonly symbols: readonly string[]; readonly timeframes: readonly Timeframe[] };

/**
 * A source with one stream for several feeds: venues allow few streams, and a bar that many wait for comes once. Whoever
 * subscribes hears its own symbols and timeframes, and begins with how the stream is.
 */
export function sharedSource(source: BarSource, topics: SharedTopics): BarSource {
  const ears = new Set<SubscribeRequest>();
  let stream: Subscription | null = null;
  let last: StreamState | null = null;
  const hearing = (symbol: string, timeframe: Timeframe): readonly SubscribeRequest[] =>
    [...ears].filter((ear) => ear.symbols.includes(symbol) && ear.timeframes.includes(timeframe));
  const open = (): Subscription =>
    source.subscribe({
      ...topics,
      onBar: async (bar) =>
        void (await Promise.all(hearing(bar.symbol, bar.timeframe).map(async (ear) => ear.onBar(bar)))),
      onRevision: (bar) => hearing(bar.symbol, bar.timeframe).forEach((ear) => ear.onRevision?.(bar)),
      onState(state) {
        if (state.kind !== "heartbeat" && state.kind !== "overdue" && state.kind !== "quarantined")
          last = state;
        for (const ear of ears) tell(ear, state);
      },
    });
  return {
    name: source.name,
    capabilities: source.capabilities,
    fetchBars: (request) => source.fetchBars(request),
    latest: (symbol, timeframe, count) => source.latest(symbol, timeframe, count),
    symbols: () => source.symbols(),
    close: () => source.close(),
    subscribe(request) {
      const known = last;
      ears.add(request);
      stream ??= open();
      // What was missed before is not this one's concern: it loads its own history.
      if (known !== null) tell(request, "backfill" in known ? { ...known, backfill: [] } : known);
      const shared = stream;
      return {
        counts: () => shared.counts(),
        close() {
          ears.delete(request);
          if (ears.size === 0) shared.close();
        },
      };
    },
  };
}

function tell(ear: SubscribeRequest, state: StreamState): void {
  const isOwn = ({ symbol, timeframe }: Pick<BarRange, "symbol" | "timeframe">): boolean =>
    ear.symbols.includes(symbol) && ear.timeframes.includes(timeframe);
  if (state.kind === "overdue" && !isOwn(state)) return;
  ear.onState("backfill" in state ? { ...state, backfill: state.backfill.filter(isOwn) } : state);
}
