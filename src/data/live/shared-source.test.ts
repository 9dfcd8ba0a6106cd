import { expect, test } from "vitest";
import type { BarSource, LiveBar, StreamState, SubscribeRequest } from "../../ports/bar-source.ts";
import { sharedSource } from "./shared-source.ts";

/** A source that a test speaks through. */
function spoken() {
  const opened: SubscribeRequest[] = [];
  let closed = 0;
  const source = {
    name: "spoken",
    subscribe(request: SubscribeRequest) {
      opened.push(request);
      return { counts: () => ({}) as never, close: () => void (closed += 1) };
    },
  } as unknown as BarSource;
  return { source, opened, closedCount: () => closed };
}

const bar = (symbol: string): LiveBar => ({
  symbol,
  timeframe: "1m",
  closeTimeMs: 60_000,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
});

function listener(symbols: readonly string[]) {
  const bars: string[] = [];
  const states: StreamState[] = [];
  const request: SubscribeRequest = {
    symbols,
    timeframes: ["1m"],
    onBar: ({ symbol }) => void bars.push(symbol),
    onState: (state) => void states.push(state),
  };
  return { bars, states, request };
}

test("feeds share one stream, each hears its own, and it is closed by the last", async () => {
  const { source, opened, closedCount } = spoken();
  const shared = sharedSource(source, { symbols: ["A", "B"], timeframes: ["1m"] });
  const [one, two] = [listener(["A"]), listener(["A", "B"])];
  const first = shared.subscribe(one.request);
  expect(opened.map(({ symbols }) => symbols)).toEqual([["A", "B"]]);
  const missed = { symbol: "B", timeframe: "1m", fromMs: 0, toMs: 1 } as const;
  opened[0]!.onState({ kind: "live", atMs: 0, backfill: [missed] });
  // Whoever comes later hears how the stream is, and nothing of what was missed before.
  const second = shared.subscribe(two.request);
  expect(opened).toHaveLength(1);
  for (const symbol of ["A", "B"]) await opened[0]!.onBar(bar(symbol));
  opened[0]!.onState({ kind: "gap", atMs: 1, backfill: [missed] });
  expect([one.bars, two.bars]).toEqual([["A"], ["A", "B"]]);
  expect(one.states).toEqual([
    { kind: "live", atMs: 0, backfill: [] },
    { kind: "gap", atMs: 1, backfill: [] },
  ]);
  expect(two.states).toEqual([
    { kind: "live", atMs: 0, backfill: [] },
    { kind: "gap", atMs: 1, backfill: [missed] },
  ]);
  first.close();
  await opened[0]!.onBar(bar("A"));
  expect([one.bars.length, two.bars.length, closedCount()]).toEqual([1, 3, 0]);
  second.close();
  expect(closedCount()).toBe(1);
});

test("a bar that is told anew and one that is overdue reach those that want it; a state that passes is not how the stream is", () => {
  const { source, opened } = spoken();
  const shared = sharedSource(source, { symbols: ["A", "B"], timeframes: ["1m"] });
  const revised: string[] = [];
  const [one, two] = [listener(["A"]), listener(["B"])];
  const onRevision = ({ symbol }: LiveBar): void => void revised.push(symbol);
  const first = shared.subscribe({ ...one.request, onRevision });
  shared.subscribe(two.request);
  for (const symbol of ["A", "B"]) opened[0]!.onRevision!(bar(symbol));
  expect(revised).toEqual(["A"]);
  const overdue: StreamState = { kind: "overdue", atMs: 0, symbol: "B", timeframe: "1m", lastCloseMs: null };
  opened[0]!.onState(overdue);
  expect([one.states, two.states]).toEqual([[], [overdue]]);
  const late = listener(["B"]);
  shared.subscribe(late.request);
  expect(late.states).toEqual([]);
  expect(first.counts()).toEqual({});
});

test("everything but the stream is the source's own, for each of them", async () => {
  const asked: string[] = [];
  const source = {
    ...spoken().source,
    fetchBars: () => (asked.push("bars"), "bars"),
    latest: async (symbol: string, timeframe: string, count: number) => (
      asked.push(`${symbol} ${timeframe} ${count}`),
      []
    ),
    symbols: async () => (asked.push("symbols"), []),
    close: async () => void asked.push("close"),
  } as unknown as BarSource;
  const shared = sharedSource(source, { symbols: ["A"], timeframes: ["1m"] });
  shared.fetchBars({} as never);
  await shared.latest("A", "1m", 3);
  await shared.symbols();
  await shared.close();
  expect([shared.name, ...asked]).toEqual(["spoken", "bars", "A 1m 3", "symbols", "close"]);
});
