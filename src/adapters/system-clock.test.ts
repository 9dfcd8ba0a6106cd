import { expect, test } from "vitest";
import { systemClock } from "./system-clock.ts";

test("the machine's time goes forward while a timer is waited for, and a cancelled timer never fires", async () => {
  const beforeMs = systemClock.nowMs();
  let hasFired = false;
  const cancel = systemClock.schedule(0, () => (hasFired = true));
  cancel();
  await new Promise<void>((resolve) => systemClock.schedule(1, resolve));
  expect(hasFired).toBe(false);
  expect(systemClock.nowMs()).toBeGreaterThanOrEqual(beforeMs);
});

test("a wait longer than a timer can hold does not fire at once", async () => {
  let hasFired = false;
  const cancel = systemClock.schedule(3e9, () => (hasFired = true));
  await new Promise<void>((resolve) => systemClock.schedule(1, resolve));
  cancel();
  expect(hasFired).toBe(false);
});
