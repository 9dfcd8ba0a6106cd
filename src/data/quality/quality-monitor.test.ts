import { expect, test } from "vitest";
import { minuteMs, secondMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { BarRange, LiveBar } from "../../ports/bar-source.ts";
import { combineHealth, QualityMonitor, type BarFault } from "./quality-monitor.ts";

const startMs = Date.UTC(2026, 0, 5, 10);

function world(calendarName = "24/7", fromMs = startMs) {
  let nowMs = fromMs;
  const calendar = calendarNamed(calendarName);
  const monitor = new QualityMonitor({ calendarOf: () => calendar, nowMs: () => nowMs });
  monitor.watch("EUR", "1m");
  return {
    monitor,
    trouble: () => monitor.troubleWith("EUR"),
    at: (spanMs: number) => (nowMs = fromMs + spanMs),
  };
}

function barAt(minute: number, close = 100, changes: Partial<LiveBar> = {}): LiveBar {
  const closeTimeMs = startMs + minute * minuteMs;
  return {
    symbol: "EUR",
    timeframe: "1m",
    closeTimeMs,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    ...changes,
  };
}

/** Bars that move a little, so that a usual pace is known. */
function warmUp({ monitor, at }: ReturnType<typeof world>, minutes: number): void {
  for (let minute = 1; minute <= minutes; minute++) {
    at(minute * minuteMs + 1);
    monitor.noteBar(barAt(minute, minute % 2 === 0 ? 100 : 100.1));
  }
}

test("two bars overdue make a symbol stale, and one that comes ends it", () => {
  const { monitor, trouble, at } = world();
  at(2 * minuteMs + 9 * secondMs);
  expect(trouble()).toBeNull();
  at(2 * minuteMs + 11 * secondMs);
  expect(trouble()).toBe("bars of EUR 1m are overdue, none has come yet");
  monitor.noteBar(barAt(2));
  expect(trouble()).toBeNull();
  at(4 * minuteMs + 11 * secondMs);
  expect(trouble()).toBe("bars of EUR 1m are overdue, the last closed 2026-01-05T10:02:00Z");
  expect(monitor.troubleWith("USD")).toBeNull();
});

test("a closed market is not stale", () => {
  // Currencies close on Friday at 22:00 UTC.
  const closeMs = Date.UTC(2026, 0, 9, 22);
  const { trouble, at } = world("24/5", closeMs - 90 * secondMs);
  // The last two bars did not come, but nobody can trade on them.
  at(40 * 60 * minuteMs);
  expect(trouble()).toBeNull();
  at(48 * 60 * minuteMs + 5 * minuteMs);
  expect(trouble()).toMatch(/overdue/);
});

test.each<[BarFault, LiveBar]>([
  ["number", barAt(2, 100, { close: Number.NaN })],
  ["nonPositive", barAt(2, 100, { low: 0 })],
  ["ohlc", barAt(2, 100, { high: 99 })],
  ["negativeVolume", barAt(2, 100, { volume: -1 })],
  ["outOfRange", barAt(1)],
  ["outOfRange", barAt(500)],
])("a bar with the fault %s is set aside, and three good ones are needed after it", (fault, bad) => {
  const { monitor, trouble, at } = world();
  at(2 * minuteMs + 1);
  expect(monitor.noteBar(barAt(1))).toEqual({ kind: "good" });
  expect(monitor.noteBar(bad)).toEqual({ kind: "quarantined", fault });
  expect(monitor.quarantinedOf("EUR")).toBe(1);
  const after = [3, 4, 5].map((minute) => {
    at(minute * minuteMs + 1);
    const before = trouble();
    monitor.noteBar(barAt(minute));
    return before;
  });
  expect(after.every((said) => said?.includes("cannot be trusted"))).toBe(true);
  expect(trouble()).toBeNull();
});

test("a close that jumps out of line is set aside; when it stays there it is the new level", () => {
  const tick = world();
  warmUp(tick, 40);
  const verdicts = ({ monitor, at }: ReturnType<typeof world>, closes: readonly number[]) =>
    closes.map((close, k) => {
      at((41 + k) * minuteMs + 1);
      return monitor.noteBar(barAt(41 + k, close)).kind;
    });
  // The usual step is 0.1 %, so 15 sigmas are about 2 %.
  expect(verdicts(tick, [101, 110, 100])).toEqual(["good", "quarantined", "good"]);
  expect(tick.trouble()).toMatch(/its close is far out of line$/);
  const level = world();
  warmUp(level, 40);
  expect(verdicts(level, [110, 110.1, 110, 110.1])).toEqual(["quarantined", "quarantined", "good", "good"]);
});

test("before twenty moves nobody knows what is out of line", () => {
  const { monitor, at } = world();
  for (const [k, close] of [100, 150, 90, 300].entries()) {
    at((k + 1) * minuteMs + 1);
    expect(monitor.noteBar(barAt(k + 1, close)).kind).toBe("good");
  }
});

test("a hole is trouble until all of it is repaired", () => {
  const { monitor, trouble } = world();
  const range: BarRange = { symbol: "EUR", timeframe: "1m", fromMs: startMs, toMs: startMs + 10 * minuteMs };
  monitor.noteState({ kind: "gap", atMs: startMs, backfill: [range] });
  expect(trouble()).toBe("bars of EUR 1m from 2026-01-05T10:00:00Z on are missing and not repaired yet");
  monitor.noteRepaired({ ...range, fromMs: startMs + minuteMs, toMs: startMs + 2 * minuteMs });
  monitor.noteRepaired({ ...range, timeframe: "5m" });
  expect(trouble()).not.toBeNull();
  monitor.noteRepaired({ ...range, toMs: startMs + minuteMs });
  expect(trouble()).toMatch(/10:02:00Z/);
  monitor.noteRepaired({ ...range, fromMs: startMs + 2 * minuteMs });
  expect(trouble()).toBeNull();
});

test("a stream may be away for a minute, and one that is refused or closed is trouble at once", () => {
  const { monitor, trouble, at } = world("us-equity");
  const lost = { kind: "reconnecting", attempt: 1, delayMs: 0, reason: "line cut" } as const;
  monitor.noteState({ ...lost, atMs: startMs });
  at(50 * secondMs);
  monitor.noteState({ ...lost, atMs: startMs + 50 * secondMs });
  expect(trouble()).toBeNull();
  at(61 * secondMs);
  expect(trouble()).toBe("the stream is away: line cut");
  monitor.noteState({ kind: "live", atMs: startMs + 61 * secondMs, backfill: [] });
  expect(trouble()).toBeNull();
  monitor.noteState({ kind: "refused", atMs: startMs + 61 * secondMs, error: new Error("no such symbol") });
  expect(trouble()).toBe("the stream was refused: no such symbol");
});

test("an overdue symbol that the stream tells of is trouble until its next bar", () => {
  const { monitor, trouble, at } = world();
  at(minuteMs);
  const overdue = {
    kind: "overdue",
    atMs: startMs,
    symbol: "EUR",
    timeframe: "1m",
    lastCloseMs: null,
  } as const;
  monitor.noteState(overdue);
  expect(trouble()).toMatch(/overdue/);
  monitor.noteBar(barAt(1));
  expect(trouble()).toBeNull();
});

test("a clock that is off stops every symbol until it is right again", () => {
  const { monitor, trouble } = world();
  monitor.noteClockSkew(-3_000);
  expect(trouble()).toBe("the clock is 3 s behind the source, 2 s allowed");
  expect(monitor.troubleWith("never watched")).not.toBeNull();
  monitor.noteClockSkew(2_000);
  expect(trouble()).toBeNull();
});

test("several watchers say together what each of them has to say, and nothing twice", () => {
  const says = (text: string | null) => ({ troubleWith: () => text });
  expect(combineHealth(says(null), says(null)).troubleWith("EUR")).toBeNull();
  expect(combineHealth(says("late"), says(null), says("torn"), says("late")).troubleWith("EUR")).toBe(
    "late; torn",
  );
});

test("what a stream that stands or overflows has missed is missing, and what only says that it is there is no news", () => {
  const range: BarRange = { symbol: "EUR", timeframe: "1m", fromMs: startMs, toMs: startMs + minuteMs };
  for (const kind of ["live", "overflow"] as const) {
    const { monitor, trouble } = world();
    monitor.noteState(
      kind === "live"
        ? { kind, atMs: startMs, backfill: [range] }
        : { kind, atMs: startMs, dropped: 1, backfill: [range] },
    );
    expect(trouble()).toMatch(/are missing and not repaired yet/);
  }
  const { monitor, trouble } = world();
  monitor.noteState({ kind: "connecting", atMs: startMs, attempt: 1 });
  monitor.noteState({ kind: "heartbeat", atMs: startMs });
  monitor.noteState({ kind: "quarantined", atMs: startMs, fault: "ohlc", example: "a row" });
  const overdue = { kind: "overdue", atMs: startMs, timeframe: "1m", lastCloseMs: null } as const;
  monitor.noteState({ ...overdue, symbol: "USD" });
  monitor.noteState({ ...overdue, symbol: "EUR", timeframe: "5m" });
  expect([trouble(), monitor.troubleWith("USD"), monitor.quarantinedOf("USD")]).toEqual([null, null, 0]);
});

test("a stream that was closed is trouble at once, and a clock may be ahead as well as behind", () => {
  const { monitor, trouble } = world();
  monitor.noteState({ kind: "closed", atMs: startMs });
  expect(trouble()).toBe("the stream is closed");
  monitor.noteClockSkew(61_000);
  expect(trouble()).toBe("the clock is 1 min 1 s ahead of the source, 2 s allowed");
});

test("only the last hundred moves make the usual pace", () => {
  const steady = world();
  warmUp(steady, 130);
  // A wilder market from here on: its own pace replaces the old one.
  const verdicts = Array.from({ length: 120 }, (_, k) => {
    const minute = 131 + k;
    steady.at(minute * minuteMs + 1);
    return steady.monitor.noteBar(barAt(minute, k % 2 === 0 ? 101 : 100)).kind;
  });
  expect(new Set(verdicts)).toEqual(new Set(["good"]));
  steady.at(260 * minuteMs + 1);
  expect(steady.monitor.noteBar(barAt(260, 110)).kind).toBe("good");
});
