import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { minuteMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { BarsToStore } from "../../ports/bar-store.ts";
import type { FeedEvent } from "./feed-event.ts";
import { StoreWriter } from "./store-writer.ts";

const noon = Date.UTC(2024, 0, 3, 12);

/** A writer for two bars that may wait, over a store whose every write waits for a gate. */
function setUp() {
  const clock = new ManualClock(noon);
  const gates: PromiseWithResolvers<void>[] = [];
  const kept: string[] = [];
  const events: FeedEvent[] = [];
  const store = {
    async append(symbol: string, _timeframe: string, bars: BarsToStore) {
      gates.push(Promise.withResolvers<void>());
      await gates.at(-1)!.promise;
      const closes = [...bars.closeTimeMs].map((closeMs) => (closeMs - noon) / minuteMs);
      kept.push(`${symbol} ${closes.join()}`);
      return { added: bars.length, revised: 0, unchanged: 0 };
    },
    lastCloseMs: async () => null,
    noteMissing: () => expect.unreachable("nothing is missing here"),
  };
  const writer = new StoreWriter({
    store,
    clock,
    timeframe: "1m",
    calendarOf: () => calendarNamed("24/7"),
    mayJoin: undefined,
    sourceName: "memory",
    waitingMax: 2,
    waitMsMax: 1_000,
    onEvent: (event) => void events.push(event),
  });
  const add = (symbol: string, minute: number) => {
    const closeTimeMs = noon + minute * minuteMs;
    return writer.add({
      symbol,
      timeframe: "1m",
      closeTimeMs,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 1,
    });
  };
  return { clock, gates, kept, events, writer, add };
}

test("whoever is too fast waits until there is room or a second has passed, and goes on", async () => {
  const { clock, gates, kept, writer, add } = setUp();
  expect([add("A", 1), add("B", 1)]).toEqual([undefined, undefined]);
  const waits = [add("C", 1), add("D", 1)];
  let proceeded = 0;
  for (const wait of waits) void (wait as Promise<void>).then(() => (proceeded += 1));
  await clock.advance(0);
  gates[0]!.resolve();
  await clock.advance(0);
  // Three still wait for the store: no room yet.
  expect([kept, proceeded]).toEqual([["A 1"], 0]);
  gates[1]!.resolve();
  await clock.advance(0);
  expect(proceeded).toBe(2);
  const late = add("E", 1) as Promise<void>;
  let isLate = false;
  void late.then(() => (isLate = true));
  await clock.advance(999);
  expect(isLate).toBe(false);
  await clock.advance(1);
  expect(isLate).toBe(true);
  for (const at of [2, 3, 4]) {
    gates[at]!.resolve();
    await clock.advance(0);
  }
  await writer.settle();
  expect([kept.length, writer.stored, writer.lost]).toEqual([5, 5, 0]);
});

test("of more than the store can take in twice over, the rest is lost and told", async () => {
  const { clock, gates, events, writer, add } = setUp();
  for (let minute = 1; minute <= 6; minute++) void add("A", minute);
  expect(events).toMatchObject([
    { kind: "storeFailed", symbol: "A", bars: 1 },
    { kind: "storeFailed", symbol: "A", bars: 1 },
  ]);
  await clock.advance(0);
  gates[0]!.resolve();
  await writer.settle();
  expect([writer.stored, writer.lost]).toEqual([4, 2]);
});
