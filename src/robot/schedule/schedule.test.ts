import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { nextRunMs, readSchedule } from "./schedule.ts";
import { Scheduler, type TaskRecord } from "./scheduler.ts";

/** The wall clock of a zone at an instant, by the platform's own tables. */
function wall(timeMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(
    timeMs,
  );
}

test.each(["Pacific/Auckland", "America/New_York"])(
  "for a year in %s something daily is done once a day at the same time on the wall",
  (zone) => {
    const schedule = readSchedule(`daily 18:30 ${zone}`);
    const days = new Set<string>();
    let timeMs = Date.UTC(2025, 11, 31, 12);
    for (let day = 0; day < 365; day++) {
      timeMs = nextRunMs(schedule, timeMs);
      const [date, clock] = wall(timeMs, zone).split(" ");
      expect(clock).toBe("18:30");
      days.add(date!);
    }
    expect(days.size).toBe(365);
  },
);

test("a time that the clocks skip comes right after, and one that they show twice comes once", () => {
  const zone = "America/New_York";
  const night = readSchedule(`daily 02:30 ${zone}`);
  // On 8 March 2026 two o'clock becomes three; on 1 November half past one comes twice.
  expect(wall(nextRunMs(night, Date.UTC(2026, 2, 8, 5)), zone)).toBe("2026-03-08 03:00");
  expect(wall(nextRunMs(night, Date.UTC(2026, 2, 8, 12)), zone)).toBe("2026-03-09 02:30");
  const twice = readSchedule(`daily 01:30 ${zone}`);
  const first = nextRunMs(twice, Date.UTC(2026, 10, 1, 4));
  expect(first).toBe(Date.UTC(2026, 10, 1, 5, 30));
  expect(wall(nextRunMs(twice, first), zone)).toBe("2026-11-02 01:30");
});

test("weekdays, weeks, months and spans", () => {
  const friday = Date.UTC(2026, 0, 2, 12);
  const at = (text: string) => new Date(nextRunMs(readSchedule(text), friday)).toISOString().slice(0, 16);
  expect(at("weekdays 07:00 UTC")).toBe("2026-01-05T07:00");
  expect(at("weekly wed 06:00 UTC")).toBe("2026-01-07T06:00");
  expect(at("monthly 1 06:00 UTC")).toBe("2026-02-01T06:00");
  expect(at("every 15m")).toBe("2026-01-02T12:15");
  expect(at("every 4h")).toBe("2026-01-02T16:00");
});

test("what is no schedule is refused", () => {
  for (const text of [
    "",
    "daily",
    "daily 25:00 UTC",
    "daily 10:60 UTC",
    "weekly xyz 10:00 UTC",
    "monthly 31 10:00 UTC",
    "every 0m",
    "daily 10:00",
  ])
    expect(() => readSchedule(text), text).toThrow("SCHEDULE_INVALID");
  expect(() => readSchedule("daily 10:00 Mars/Olympus")).toThrow("TIME_ZONE_UNKNOWN");
});

test("the next time lies after now, and nothing of the schedule lies between", () => {
  const texts = [
    "daily 00:00 Europe/London",
    "weekly sun 23:59 Australia/Sydney",
    "every 7m",
    "monthly 28 12:00 UTC",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.integer({ min: 0, max: 4 * 365 * 24 * 60 }),
      (text, minutes) => {
        const schedule = readSchedule(text);
        const nowMs = Date.UTC(2024, 0, 1) + minutes * minuteMs;
        const next = nextRunMs(schedule, nowMs);
        expect(next).toBeGreaterThan(nowMs);
        expect(nextRunMs(schedule, next - 1)).toBe(next);
      },
    ),
    { seed: 20_261_130 },
  );
});

/** A clock that a test moves, with the timers that are due. */
function handClock(startMs: number) {
  let nowMs = startMs;
  const timers = new Set<{ atMs: number; run: () => void }>();
  return {
    nowMs: () => nowMs,
    schedule(spanMs: number, run: () => void) {
      const timer = { atMs: nowMs + spanMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async moveTo(timeMs: number) {
      for (;;) {
        const due = [...timers].filter(({ atMs }) => atMs <= timeMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      nowMs = timeMs;
    },
  };
}

test("things are done at their times, never two of one task at once, and a failure is kept", async () => {
  const startMs = Date.UTC(2026, 0, 1);
  const clock = handClock(startMs);
  const done: string[] = [];
  let release = (): void => {};
  const records = new Map<string, TaskRecord>();
  const scheduler = new Scheduler({
    clock,
    records,
    onRecord: (name, record) => void records.set(name, record),
    tasks: [
      {
        name: "slow",
        schedule: readSchedule("every 10m"),
        run: () => {
          done.push(`slow ${(clock.nowMs() - startMs) / minuteMs}`);
          return new Promise((resolve) => (release = resolve));
        },
      },
      {
        name: "failing",
        schedule: readSchedule("every 30m"),
        run: async () => {
          done.push(`failing ${(clock.nowMs() - startMs) / minuteMs}`);
          throw new Error("no luck");
        },
      },
    ],
  });
  scheduler.start();
  await clock.moveTo(startMs + 35 * minuteMs);
  expect(done).toEqual(["slow 10", "failing 30"]);
  expect(records.get("failing")).toMatchObject({ failure: "no luck" });
  expect(records.get("slow")).toMatchObject({ startedMs: startMs + 10 * minuteMs, endedMs: null });
  // Two of its times have passed meanwhile: it is done once, as soon as it can be.
  release();
  await new Promise((resolve) => setImmediate(resolve));
  await clock.moveTo(startMs + 36 * minuteMs);
  expect(done.slice(2)).toEqual(["slow 35"]);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  await clock.moveTo(startMs + 60 * minuteMs);
  expect(done.slice(3)).toEqual(["slow 40", "failing 60"]);
  const ended = scheduler.close();
  release();
  await ended;
});

test("what was missed is done once when somebody is there again", async () => {
  const lastMs = Date.UTC(2026, 0, 1, 6);
  const clock = handClock(lastMs + 5 * dayMs + hourMs);
  let count = 0;
  const scheduler = new Scheduler({
    clock,
    records: new Map([["digest", { dueMs: lastMs, startedMs: lastMs, endedMs: lastMs, failure: null }]]),
    onRecord() {},
    tasks: [
      { name: "digest", schedule: readSchedule("daily 06:00 UTC"), run: async () => void (count += 1) },
    ],
  });
  scheduler.start();
  await clock.moveTo(clock.nowMs() + minuteMs);
  expect(count).toBe(1);
  // The next time is the usual one, whatever was missed.
  await clock.moveTo(lastMs + 6 * dayMs - minuteMs);
  expect(count).toBe(1);
  await clock.moveTo(lastMs + 6 * dayMs + minuteMs);
  expect(count).toBe(2);
  await scheduler.close();
});

test("tasks that take the place of others are done at their own times, and what runs is let to its end", async () => {
  const startMs = Date.UTC(2026, 0, 1);
  const clock = handClock(startMs);
  const done: string[] = [];
  let release = (): void => {};
  const task = (name: string, when: string) => ({
    name,
    schedule: readSchedule(when),
    run: () => {
      done.push(`${name} ${(clock.nowMs() - startMs) / minuteMs}`);
      return new Promise<void>((resolve) => (release = resolve));
    },
  });
  const ended: string[] = [];
  const scheduler = new Scheduler({
    clock,
    records: new Map(),
    onRecord: (name, { endedMs }) => void (endedMs === null || ended.push(name)),
    tasks: [task("old", "every 10m")],
  });
  scheduler.start();
  await clock.moveTo(startMs + 10 * minuteMs);
  scheduler.follow([task("new", "every 15m")], new Map());
  release();
  await clock.moveTo(startMs + 20 * minuteMs);
  release();
  await clock.moveTo(startMs + 29 * minuteMs);
  expect([done, ended]).toEqual([
    ["old 10", "new 15"],
    ["old", "new"],
  ]);
  await scheduler.close();
});
