import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { temporaryFolder } from "../../test/run-kiwi.ts";
import type { Clock } from "../ports/clock.ts";
import { Heartbeat, watchHeartbeat, type WatchEnd } from "./watchdog.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

function watching(name: string) {
  const heartbeat = new Heartbeat(join(folder.path, name));
  const clock = new ManualClock(1_000_000);
  heartbeat.beat(clock.nowMs());
  const found: { end: WatchEnd | null } = { end: null };
  void watchHeartbeat(heartbeat, 10_000, clock, new AbortController().signal).then((end) => {
    found.end = end;
  });
  return { heartbeat, clock, found };
}

test("a heart that beats is left alone, one that stops is noticed soon after the limit", async () => {
  const { heartbeat, clock, found } = watching("stops");
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000);
    heartbeat.beat(clock.nowMs());
  }
  expect(found.end).toBeNull();
  await clock.advance(9_500);
  expect(found.end).toBeNull();
  await clock.advance(3_000);
  expect(found.end).toMatchObject({ kind: "silent" });
});

test("a robot that says good-bye needs no watching", async () => {
  const { heartbeat, clock, found } = watching("ends");
  await clock.advance(2_000);
  heartbeat.stop();
  await clock.advance(2_000);
  expect(found.end).toEqual({ kind: "ended" });
});

test("a file that says nonsense, or a time to come, is no heartbeat", async () => {
  const { heartbeat, clock, found } = watching("nonsense");
  heartbeat.beat(Number.NaN);
  await clock.advance(6_000);
  heartbeat.beat(clock.nowMs() + 1e9);
  await clock.advance(6_000);
  expect(found.end).toMatchObject({ kind: "silent" });
});

test("a machine that slept with everything on it gets as long again", async () => {
  const { heartbeat, clock, found } = watching("slept");
  // The clock jumps by an hour at once: nobody was awake to beat or to look.
  await clock.advance(900);
  (clock as unknown as { timeMs: number }).timeMs += 3_600_000;
  await clock.advance(1_000);
  expect(found.end).toBeNull();
  heartbeat.beat(clock.nowMs());
  await clock.advance(5_000);
  expect(found.end).toBeNull();
  await clock.advance(10_000);
  expect(found.end).toMatchObject({ kind: "silent" });
});

test("a clock that is set back by hours keeps no watchdog from hearing a silence", async () => {
  const { heartbeat, clock } = watching("set-back");
  const wall = { aheadMs: 7_200_000 };
  const set: Clock = {
    nowMs: () => clock.nowMs() + wall.aheadMs,
    schedule: (spanMs, run) => clock.schedule(spanMs, run),
  };
  const found: { end: WatchEnd | null } = { end: null };
  heartbeat.beat(set.nowMs());
  void watchHeartbeat(heartbeat, 10_000, set, new AbortController().signal).then((end) => {
    found.end = end;
  });
  await clock.advance(2_000);
  wall.aheadMs = 0;
  await clock.advance(1_000);
  heartbeat.beat(set.nowMs());
  await clock.advance(9_000);
  expect(found.end).toBeNull();
  await clock.advance(4_000);
  expect(found.end).toMatchObject({ kind: "silent" });
});
