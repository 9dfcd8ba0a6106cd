import fc from "fast-check";
import { expect, test } from "vitest";
import { SteadyClock } from "./steady-clock.ts";

/** A steady clock over that of a machine, which a test sets as it likes. */
function clocks(): { readonly machine: { atMs: number }; readonly steady: SteadyClock } {
  const machine = { atMs: 0 };
  return { machine, steady: new SteadyClock({ nowMs: () => machine.atMs, schedule: () => () => {} }) };
}

test("it says what the machine's clock says, and goes on at half the pace while that has been set back", () => {
  const { machine, steady } = clocks();
  const told = [10_000, 10_400, 6_400, 7_400, 8_400, 14_400, 15_000].map((atMs) => {
    machine.atMs = atMs;
    return steady.nowMs();
  });
  expect(told).toEqual([10_000, 10_400, 10_400, 10_900, 11_400, 14_400, 15_000]);
});

test("however the machine's clock is set, it never goes back, and a wait is over after twice its time", () => {
  const setting = fc.record({
    byMs: fc.integer({ min: -1e7, max: 1e7 }),
    waitMs: fc.integer({ min: 1, max: 1e5 }),
  });
  fc.assert(
    fc.property(fc.array(setting, { maxLength: 20 }), (settings) => {
      const { machine, steady } = clocks();
      for (const { byMs, waitMs } of settings) {
        const beforeMs = steady.nowMs();
        machine.atMs += byMs;
        const sinceMs = steady.nowMs();
        expect(sinceMs).toBeGreaterThanOrEqual(beforeMs);
        machine.atMs += 2 * waitMs;
        expect(steady.nowMs() - sinceMs).toBeGreaterThanOrEqual(waitMs);
      }
    }),
    { seed: -332054533, numRuns: 1_000 },
  );
});
