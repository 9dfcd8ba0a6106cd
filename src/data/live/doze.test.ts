import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { Doze } from "./doze.ts";

test("a sleep ends at its time, when stirred, or when something is due earlier; who is awake cannot be woken", async () => {
  const clock = new ManualClock(0);
  const doze = new Doze(clock);
  const ends: number[] = [];
  const sleep = (untilMs: number) => void doze.sleepUntil(untilMs).then(() => ends.push(clock.nowMs()));
  doze.stir();
  sleep(10);
  await clock.advance(20);
  // Awake again: nothing to be woken, and the next sleep is a whole one.
  doze.stir();
  doze.hurry(0);
  sleep(30);
  await clock.advance(5);
  doze.hurry(40);
  await clock.advance(1);
  doze.hurry(28);
  await clock.advance(0);
  sleep(100);
  await clock.advance(4);
  doze.stir();
  await clock.advance(100);
  expect(ends).toEqual([10, 26, 30]);
});

test("whoever waits for the next sleep hears when everything has been handed over", async () => {
  const clock = new ManualClock(0);
  const doze = new Doze(clock);
  let isAsleep = false;
  void doze.nextSleep().then(() => (isAsleep = true));
  await clock.advance(5);
  expect(isAsleep).toBe(false);
  void doze.sleepUntil(100);
  await clock.advance(0);
  expect(isAsleep).toBe(true);
  doze.stir();
});
