import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock, settle } from "../../../test/fakes/manual-clock.ts";
import { HostLimit, HostLimits } from "./host-limit.ts";

const allowance = { weight: 10, windowMs: 1_000 };

test("a full bucket lets its weight through at once, and then as much as it refills", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, allowance);
  const done: number[] = [];
  for (let k = 0; k < 13; k++) void limit.take(1).then(() => done.push(k));
  await settle();
  expect(done).toHaveLength(10);
  await clock.advance(100);
  expect(done).toHaveLength(11);
  await clock.advance(200);
  expect(done).toEqual(Array.from({ length: 13 }, (_, k) => k));
});

test("in no window is more spent than a full bucket and its refill", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 40 }),
      async (weights) => {
        const clock = new ManualClock(0, "auto");
        const limit = new HostLimit(clock, allowance);
        const spent: { atMs: number; weight: number }[] = [];
        await Promise.all(
          weights.map(async (weight) => {
            await limit.take(weight);
            spent.push({ atMs: clock.nowMs(), weight });
          }),
        );
        for (const { atMs } of spent) {
          const inWindow = spent.filter((one) => one.atMs >= atMs && one.atMs < atMs + allowance.windowMs);
          const weight = inWindow.reduce((sum, one) => sum + one.weight, 0);
          expect(weight).toBeLessThanOrEqual(2 * allowance.weight);
        }
      },
    ),
    { seed: 20240305, numRuns: 30 },
  );
});

test("a heavy question waits for its turn, and lighter ones do not overtake it", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, allowance);
  const done: string[] = [];
  await limit.take(8);
  void limit.take(9).then(() => done.push("heavy"));
  void limit.take(1).then(() => done.push("light"));
  await clock.advance(600);
  expect(done).toEqual([]);
  await clock.advance(100);
  expect(done).toEqual(["heavy"]);
  await clock.advance(100);
  expect(done).toEqual(["heavy", "light"]);
});

test("what weighs more than the bucket holds costs all of it", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, allowance);
  await limit.take(25);
  const next = limit.take(1);
  await clock.advance(100);
  await next;
});

test("a pause holds everybody, and what the host says is left counts", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, allowance);
  limit.pauseUntil(5_000);
  limit.pauseUntil(3_000);
  let isThrough = false;
  void limit.take(1).then(() => (isThrough = true));
  await clock.advance(4_999);
  expect(isThrough).toBe(false);
  await clock.advance(1);
  expect(isThrough).toBe(true);
  limit.heedRemaining(0);
  isThrough = false;
  void limit.take(5).then(() => (isThrough = true));
  await clock.advance(499);
  expect(isThrough).toBe(false);
  await clock.advance(1);
  expect(isThrough).toBe(true);
});

test("an aborted wait leaves the turn to the next", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, allowance);
  await limit.take(10);
  const controller = new AbortController();
  const first = limit.take(10, controller.signal);
  const second = limit.take(1);
  await settle();
  controller.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  await clock.advance(100);
  await second;
});

test("a ban ends by itself, and a shorter one does not shorten it", () => {
  const clock = new ManualClock(1_000);
  const limit = new HostLimit(clock, allowance);
  expect(limit.bannedNow()).toBeNull();
  limit.banUntil(1_000, "too much");
  expect(limit.bannedNow()).toBeNull();
  limit.banUntil(2_000, "too much");
  limit.banUntil(1_500, "again");
  expect(limit.bannedNow()).toEqual({ untilMs: 2_000, reason: "too much" });
});

test("sources of one host share its limit", () => {
  const limits = new HostLimits(new ManualClock(0));
  const one = limits.of("https://data.example/v1", allowance);
  expect(limits.of("https://data.example/v2", allowance)).toBe(one);
  expect(limits.of("https://other.example", allowance)).not.toBe(one);
});

test("what is usual stops where the reserve begins, and what is urgent goes on into debt", () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, { ...allowance, reserve: 2 });
  for (let k = 0; k < 8; k++) expect(limit.tryTake(1, "usual")).toBeNull();
  // Two are left for others: the next one has to wait for a tenth of a second.
  expect(limit.tryTake(1, "usual")).toEqual({ waitMs: 100 });
  expect(limit.tryTake(1, "question")).toEqual({ waitMs: 100 });
  for (let k = 0; k < 5; k++) expect(limit.tryTake(1, "urgent")).toBeNull();
  // Three in debt, two in reserve and one for itself.
  expect(limit.tryTake(1, "usual")).toEqual({ waitMs: 600 });
});

test("into a long pause goes one urgent thing and one question every two seconds, and nothing else", async () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, { ...allowance, reserve: 2 });
  limit.pauseUntil(60_000);
  expect(limit.isPaused).toBe(true);
  expect(limit.tryTake(1, "usual")).toEqual({ waitMs: 60_000 });
  expect(limit.tryTake(1, "urgent")).toEqual({ waitMs: 2_000 });
  await clock.advance(2_000);
  expect(limit.tryTake(1, "urgent")).toBeNull();
  expect(limit.tryTake(1, "urgent")).toEqual({ waitMs: 2_000 });
  expect(limit.tryTake(1, "question")).toBeNull();
  expect(limit.tryTake(1, "question")).toEqual({ waitMs: 2_000 });
  expect(limit.tryTake(1, "usual")).toEqual({ waitMs: 58_000 });
  // The host has taken one of them.
  limit.resume();
  for (const lane of ["urgent", "question", "usual"] as const) expect(limit.tryTake(1, lane)).toBeNull();
});

test("a pause that ends soon is waited out by all, and a host that only says that nothing is left stops what is usual", () => {
  const clock = new ManualClock(0);
  const limit = new HostLimit(clock, { ...allowance, reserve: 2 });
  limit.pauseUntil(700);
  for (const lane of ["urgent", "question", "usual"] as const)
    expect(limit.tryTake(1, lane)).toEqual({ waitMs: 700 });
  const other = new HostLimit(clock, { ...allowance, reserve: 2 });
  other.heedRemaining(0);
  other.closeUntil(30_000);
  expect(other.tryTake(1, "usual")).toEqual({ waitMs: 30_000 });
  expect(other.tryTake(1, "question")).toEqual({ waitMs: 300 });
  expect(other.tryTake(1, "urgent")).toBeNull();
});
