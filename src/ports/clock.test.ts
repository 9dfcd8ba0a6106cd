import { expect, test } from "vitest";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { sleep } from "./clock.ts";

test("a sleep ends when its time has passed, and not before", async () => {
  const clock = new ManualClock(0);
  let isOver = false;
  void sleep(clock, 100).then(() => (isOver = true));
  await clock.advance(99);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(isOver).toBe(true);
});

test("an aborted sleep ends at once with the reason", async () => {
  const clock = new ManualClock(0);
  const controller = new AbortController();
  const sleeping = sleep(clock, 100, controller.signal);
  controller.abort(new Error("enough"));
  await expect(sleeping).rejects.toThrow("enough");
  await expect(sleep(clock, 100, controller.signal)).rejects.toThrow("enough");
});
