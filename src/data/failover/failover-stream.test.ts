import { expect, test } from "vitest";
import { FailoverProvider, trueBar } from "../../../test/failover-provider.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { minuteMs } from "../../base/time.ts";
import type { LiveBar, StreamState, SubscribeRequest } from "../../ports/bar-source.ts";
import { failoverSource } from "./failover-source.ts";

const startMs = Date.UTC(2026, 0, 5, 10, 0, 20);
const firstCloseMs = Date.UTC(2026, 0, 5, 10, 1);
const ours = "BTCUSDT";
const theirs = "XBT-USDT";

/** A provider that writes symbols its own way, and one more; what the first says can be added to. */
function world() {
  const clock = new ManualClock(startMs);
  const first = new FailoverProvider({ name: "first", clock, symbolFrom: () => ours });
  const second = new FailoverProvider({ name: "second", clock });
  const said: SubscribeRequest[] = [];
  const subscribe = first.subscribe.bind(first);
  first.subscribe = (request) => {
    said.push(request);
    return subscribe(request);
  };
  const source = failoverSource({
    providers: [{ source: first, symbolOf: () => theirs, symbolFrom: () => ours }, { source: second }],
    clock,
    policy: {},
    onEvent: () => {},
  });
  const heard = { bars: [] as LiveBar[], revisions: [] as LiveBar[], states: [] as StreamState[] };
  const subscription = source.subscribe({
    symbols: [ours],
    timeframes: ["1m"],
    onBar: (bar) => void heard.bars.push(bar),
    onRevision: (bar) => void heard.revisions.push(bar),
    onState: (state) => void heard.states.push(state),
  });
  return { clock, source, subscription, heard, first, speaker: () => said.at(-1)! };
}

/** A bar as the first provider writes it, changed. */
function bar(minute: number, change: Partial<LiveBar> = {}): LiveBar {
  const closeTimeMs = firstCloseMs + minute * minuteMs;
  return { symbol: theirs, timeframe: "1m", closeTimeMs, ...trueBar(ours, closeTimeMs), ...change };
}

test("a revision of a bar that the active provider sent is passed on under our symbol, every other is not", async () => {
  const { clock, source, heard, speaker, subscription } = world();
  await clock.advance(3 * minuteMs);
  expect(heard.bars.map(({ symbol }) => symbol)).toEqual([ours, ours, ours]);
  const { onRevision } = speaker();
  onRevision!(bar(1, { volume: 77 }));
  expect(heard.revisions).toMatchObject([{ symbol: ours, volume: 77, provider: "first" }]);
  // Not asked for, not to be, not sent before, and of another length.
  onRevision!(bar(1, { symbol: "OTHER" }));
  onRevision!(bar(1, { volume: -1 }));
  onRevision!(bar(9));
  onRevision!(bar(1, { timeframe: "5m" }));
  expect(heard.revisions).toHaveLength(1);
  expect(subscription.counts().revisions).toBe(1);
  await source.close();
});

test("the last bar as it was revised is no second version of itself", async () => {
  const { clock, source, heard, speaker, subscription } = world();
  await clock.advance(2 * minuteMs);
  speaker().onRevision!(bar(1, { volume: 77 }));
  await speaker().onBar(bar(1, { volume: 77 }));
  expect(heard.bars).toHaveLength(2);
  expect(subscription.counts()).toMatchObject({ duplicates: 1, quarantined: 0 });
  await source.close();
});

test("what a provider says about its stream is told in our writing, ranges of symbols that are not ours are left out", async () => {
  const { clock, source, heard, speaker } = world();
  await clock.advance(minuteMs);
  const { onState } = speaker();
  const atMs = clock.nowMs();
  const range = { symbol: theirs, timeframe: "1m", fromMs: firstCloseMs, toMs: firstCloseMs + 1 } as const;
  heard.states.length = 0;
  onState({ kind: "overdue", atMs, symbol: theirs, timeframe: "1m", lastCloseMs: null });
  onState({ kind: "overflow", atMs, dropped: 1, backfill: [range, { ...range, symbol: "OTHER" }] });
  onState({ kind: "heartbeat", atMs });
  expect(heard.states).toMatchObject([
    { kind: "overdue", symbol: ours },
    { kind: "overflow", backfill: [{ symbol: ours, fromMs: firstCloseMs }] },
    { kind: "heartbeat" },
  ]);
  await source.close();
});

test("what comes after the end is not heard", async () => {
  const { clock, source, heard, speaker, subscription } = world();
  await clock.advance(minuteMs);
  const { onBar, onRevision, onState } = speaker();
  subscription.close();
  const before = [heard.bars.length, heard.states.length];
  await onBar(bar(2));
  onRevision!(bar(0, { volume: 77 }));
  onState({ kind: "heartbeat", atMs: clock.nowMs() });
  subscription.close();
  expect([heard.bars.length, heard.states.length]).toEqual(before);
  expect(heard.revisions).toEqual([]);
  expect(heard.states.at(-1)!.kind).toBe("closed");
  await source.close();
});

test("a provider that ends its stream is left, and asked again after a while", async () => {
  const { clock, source, heard, speaker } = world();
  await clock.advance(2 * minuteMs);
  const before = speaker();
  before.onState({ kind: "closed", atMs: clock.nowMs() });
  await clock.advance(40 * minuteMs);
  expect(speaker()).not.toBe(before);
  expect(new Set(heard.bars.map(({ provider }) => provider))).toEqual(new Set(["first", "second"]));
  expect(heard.bars.at(-1)!.provider).toBe("first");
  await source.close();
});
