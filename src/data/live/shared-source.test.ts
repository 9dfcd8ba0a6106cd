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
