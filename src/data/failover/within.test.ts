import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { within } from "./within.ts";

const late = (): Error => new Error("late");
const never = new Promise<string>(() => {});

test("what comes in time is the result, and the limit is forgotten", async () => {
  const clock = new ManualClock(0);
  expect(await within(clock, 100, Promise.resolve("here"), late, new AbortController().signal)).toBe("here");
  await clock.advance(1_000);
});

test("what takes too long is late, and what fails fails", async () => {
  const clock = new ManualClock(0);
  const { signal } = new AbortController();
  const waiting = expect(within(clock, 100, never, late, signal)).rejects.toThrow("late");
  await clock.advance(100);
  await waiting;
  await expect(within(clock, 100, Promise.reject(new Error("broken")), late, signal)).rejects.toThrow(
    "broken",
  );
});

test("whoever aborts, before or meanwhile, is answered at once and with his reason", async () => {
  const clock = new ManualClock(0);
  const ending = new AbortController();
  const waiting = expect(within(clock, 100, never, late, ending.signal)).rejects.toThrow("the end");
  ending.abort(new Error("the end"));
  await waiting;
  await expect(within(clock, 100, never, late, ending.signal)).rejects.toThrow("the end");
  const words = new AbortController();
  words.abort("words and no error");
  await expect(within(clock, 100, never, late, words.signal)).rejects.toThrow("words and no error");
});
