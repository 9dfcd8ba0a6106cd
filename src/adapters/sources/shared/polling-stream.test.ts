import { expect, test } from "vitest";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { minuteMs } from "../../../base/time.ts";
import { barsOf, type Bars } from "../../../domain/bars.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { LiveBar, StreamState, SubscribeRequest } from "../../../ports/bar-source.ts";
import { pollingStream, type PollingParts } from "./polling-stream.ts";
import { gaveUp } from "../../shared/call-errors.ts";
import { symbolUnknown } from "./source-errors.ts";

const startMs = Date.parse("2024-03-05T12:00:20Z");

type Polling = ReturnType<typeof poll>;

function poll(request: Partial<SubscribeRequest> = {}, parts: Partial<PollingParts> = {}, atMs = startMs) {
  const clock = new ManualClock(atMs);
  const bars: LiveBar[] = [];
  const states: StreamState[] = [];
  const asked: { readonly symbol: string; readonly timeframe: Timeframe; readonly atMs: number }[] = [];
  const venue = { lateMs: 0, missing: new Set<number>(), failure: null as Error | null };
  const latest = async (symbol: string, timeframe: Timeframe, count: number): Promise<Bars> => {
    asked.push({ symbol, timeframe, atMs: clock.nowMs() });
    if (venue.failure !== null) throw venue.failure;
    const calendar = parts.calendar ?? calendarNamed("24/7");
    const isThere = (closeMs: number): boolean => !venue.missing.has(closeMs) && calendar.isOpen(closeMs - 1);
    return lastBars(symbol, timeframe, clock.nowMs() - venue.lateMs, count, isThere);
  };
  const stream = pollingStream(
    {
      symbols: ["A"],
      timeframes: ["1m"],
      onBar: (bar) => void bars.push(bar),
      onState: (state) => void states.push(state),
      ...request,
    },
    {
      clock,
      prng: new Prng(1),
      bufferMax: 100,
      clockSkewMsMax: 5_000,
      settleMs: 1_000,
      calendar: calendarNamed("24/7"),
      isContinuous: true,
      overdueAfterMs: 60_000,
      latest,
      ...parts,
    },
  );
  return { clock, bars, states, asked, venue, stream };
}

function lastBars(
  symbol: string,
  timeframe: Timeframe,
  nowMs: number,
  count: number,
  isThere: (closeMs: number) => boolean,
): Bars {
  const spanMs = timeframeMs(timeframe);
  const closes: number[] = [];
  for (let closeMs = Math.floor(nowMs / spanMs) * spanMs; closes.length < count; closeMs -= spanMs) {
    if (isThere(closeMs)) closes.unshift(closeMs);
  }
  const column = (field: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    Float64Array.from(closes, (closeMs) => Number(candleAt(closeMs - spanMs, spanMs)[field]));
  return barsOf(symbol, timeframe, {
    closeTimeMs: Float64Array.from(closes),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  });
}

const timeText = (timeMs: number): string => new Date(timeMs).toISOString().slice(11, 19);
const closes = ({ bars }: Polling): string[] => bars.map(({ closeTimeMs }) => timeText(closeTimeMs));
const kinds = ({ states }: Polling): string[] =>
  states.map(({ kind }) => kind).filter((kind) => kind !== "heartbeat");

test("each bar is asked for once, when it has closed and settled", async () => {
  const polling = poll();
  await polling.clock.advance(3 * minuteMs);
  expect(closes(polling)).toEqual(["12:01:00", "12:02:00", "12:03:00"]);
  expect(polling.asked.map(({ atMs }) => timeText(atMs))).toEqual([
    "12:00:20",
    "12:01:01",
    "12:02:01",
    "12:03:01",
  ]);
  expect(polling.stream.counts()).toMatchObject({ bars: 3, duplicates: 0, quarantined: 0 });
});

test("symbols and timeframes keep their own time", async () => {
  const polling = poll({ symbols: ["A", "B"], timeframes: ["1m", "5m"] });
  await polling.clock.advance(5 * minuteMs);
  const count = (symbol: string, timeframe: Timeframe): number =>
    polling.bars.filter((bar) => bar.symbol === symbol && bar.timeframe === timeframe).length;
  expect([count("A", "1m"), count("B", "1m"), count("A", "5m"), count("B", "5m")]).toEqual([5, 5, 1, 1]);
});

test("a bar that comes late is asked for again, ever less often", async () => {
  const polling = poll();
  polling.venue.lateMs = 5_000;
  await polling.clock.advance(minuteMs);
  expect(closes(polling)).toEqual(["12:01:00"]);
  expect(polling.asked.slice(1).map(({ atMs }) => timeText(atMs))).toEqual([
    "12:01:01",
    "12:01:02",
    "12:01:04",
    "12:01:08",
  ]);
});

test("a bar that never comes is reported, and those after it come", async () => {
  const polling = poll();
  polling.venue.missing.add(Date.parse("2024-03-05T12:02:00Z"));
  await polling.clock.advance(3 * minuteMs);
  expect(closes(polling)).toEqual(["12:01:00", "12:03:00"]);
  const missed = Date.parse("2024-03-05T12:02:00Z");
  expect(polling.states.find(({ kind }) => kind === "gap")).toMatchObject({
    backfill: [{ fromMs: missed - minuteMs + 1, toMs: missed + minuteMs }],
  });
});

test("an unreachable source is tried again, and what was missed is named", async () => {
  const polling = poll();
  await polling.clock.advance(minuteMs);
  polling.venue.failure = gaveUp("Venue", "bars", 6, "HTTP 503");
  await polling.clock.advance(2 * minuteMs);
  expect(kinds(polling).slice(0, 3)).toEqual(["connecting", "live", "reconnecting"]);
  polling.venue.failure = null;
  await polling.clock.advance(2 * minuteMs);
  const backfill = polling.states.findLast(({ kind }) => kind === "live");
  expect(backfill).toMatchObject({
    backfill: [{ symbol: "A", timeframe: "1m", fromMs: Date.parse("2024-03-05T12:01:00Z") + 1 }],
  });
  expect(closes(polling).at(-1)).toBe("12:05:00");
});

test("a source that will never answer closes the stream", async () => {
  const polling = poll();
  polling.venue.failure = symbolUnknown("Venue", "A", ["B"]);
  await polling.clock.advance(2 * minuteMs);
  expect(kinds(polling).at(-1)).toBe("refused");
  expect(polling.asked).toHaveLength(2);
});

test("nothing is asked for while the market is closed", async () => {
  const fridayMs = Date.parse("2024-03-08T21:58:30Z");
  const polling = poll({}, { calendar: calendarNamed("24/5"), isContinuous: false }, fridayMs);
  await polling.clock.advance(47 * 60 * minuteMs);
  expect(closes(polling)).toEqual(["21:59:00", "22:00:00"]);
  await polling.clock.advance(62 * minuteMs);
  // Clocks in New York went forward: the week opens at 21:00 UTC.
  expect(closes(polling).slice(2, 4)).toEqual(["21:01:00", "21:02:00"]);
});

test("a closed stream asks no more", async () => {
  const polling = poll();
  await polling.clock.advance(minuteMs);
  const before = polling.asked.length;
  polling.stream.close();
  await polling.clock.advance(3 * minuteMs);
  expect(polling.asked).toHaveLength(before);
  expect(kinds(polling).at(-1)).toBe("closed");
});
