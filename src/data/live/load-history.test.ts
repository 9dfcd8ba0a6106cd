import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { sliceBars } from "../../domain/bars.ts";
import type { FeedEvent } from "./feed-event.ts";
import { historyStart, loadHistory, type HistoryParts } from "./load-history.ts";
import { systemClock } from "../../adapters/system-clock.ts";

const monday = Date.UTC(2024, 0, 8, 15);

test("a market that never closes is loaded from as many bars back as are needed", () => {
  expect(historyStart(calendarNamed("24/7"), "1h", monday, 70)).toBe(monday - 71 * hourMs);
});

test.each(["1m", "1h", "1d"] as const)(
  "nights, weekends and holidays are reckoned with at %s",
  (timeframe) => {
    const calendar = calendarNamed("us-equity");
    const fromMs = historyStart(calendar, timeframe, monday, 70);
    const count = calendar.missingBars(fromMs, monday, timeframe);
    expect(count).toBeGreaterThanOrEqual(70);
    // Not the years that a guess in whole bars of closed hours would take.
    expect(monday - fromMs).toBeLessThan(timeframe === "1d" ? 125 * dayMs : 25 * dayMs);
  },
);

/** Hours that close from one of them to another; the close is the number of the hour. */
function hoursFrom(first: number, last: number): BarTable {
  const table = new BarTable("X", "1h");
  for (let k = first; k <= last; k++) table.append(monday + k * hourMs, k, k + 1, k - 1, k, 1);
  return table;
}

/** Loads up to hour 10 into a table; what the source is asked for, and what is told. */
async function load(table: BarTable, history: HistoryParts["history"]) {
  const asked: number[] = [];
  const events: FeedEvent[] = [];
  async function* fetchBars({ fromMs, toMs }: { fromMs: number; toMs: number }): AsyncGenerator<Bars> {
    asked.push((fromMs - 1 - monday) / hourMs);
    const all = hoursFrom(-30, 12);
    const rows = Array.from({ length: all.length }, (_, row) => row).filter(
      (row) => all.closeTimeMs[row]! >= fromMs,
    );
    // One more than was asked for: what is not known everywhere is not taken.
    yield sliceBars(
      all,
      rows[0]!,
      Math.min(all.length, rows.at(-1)! + 1, rows[0]! + (toMs - fromMs) / hourMs + 2),
    );
  }
  const parts = {
    source: { fetchBars: fetchBars as never },
    timeframe: "1h",
    clock: systemClock,
    fetchMsMax: 5_000,
    signal: new AbortController().signal,
    onEvent: (event: FeedEvent) => void events.push(event),
    history,
    warmupBars: 5,
    throughMs: monday + 10 * hourMs,
    onFetched: () => {},
  } satisfies HistoryParts;
  const isWhole = await loadHistory(parts, table, calendarNamed("24/7"));
  return { isWhole, asked, events, closes: [...table.close.subarray(0, table.length)] };
}

test("what is held comes first, and only what closed since is asked for", async () => {
  const held = await load(new BarTable("X", "1h"), async () => hoursFrom(4, 8));
  expect(held).toMatchObject({ isWhole: true, asked: [8], closes: [4, 5, 6, 7, 8, 9, 10] });
});

test("a table that has bars goes on after them, and what is whole already asks for nothing", async () => {
  const some = await load(hoursFrom(2, 6), null);
  expect(some).toMatchObject({ isWhole: true, asked: [6], closes: [2, 3, 4, 5, 6, 7, 8, 9, 10] });
  const all = await load(hoursFrom(2, 6), async () => hoursFrom(5, 11));
  expect(all).toMatchObject({ isWhole: true, asked: [], closes: [2, 3, 4, 5, 6, 7, 8, 9, 10] });
});

test("bars held that cannot be read are told, and all is asked for", async () => {
  const { isWhole, closes, events } = await load(new BarTable("X", "1h"), async () => {
    throw new Error("the disk is gone");
  });
  expect([isWhole, closes.at(-1), closes.length >= 5]).toEqual([true, 10, true]);
  expect(events[0]).toMatchObject({
    kind: "historyFailed",
    symbol: "X",
    error: new Error("the disk is gone"),
  });
});

test("of a market that never opens no number of bars is enough, and the way back ends", () => {
  const never = { ...calendarNamed("24/7"), missingBars: () => 0 };
  expect(historyStart(never, "1h", monday, 70)).toBeLessThan(monday - 8 ** 11 * 71 * hourMs);
});
