import fc from "fast-check";
import { expect, test } from "vitest";
import { SendBudget } from "./send-budget.ts";

test("no span of time ever sees more than the budget allows, and what waits goes as soon as it may", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      waits,
      (count, spanMs, gaps) => {
        const budget = new SendBudget({ count, spanMs });
        const sent: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          // Time goes by quarters of a millisecond, and the clock tells whole ones.
          nowMs = Math.max(nowMs + gap / 4, budget.freeAtMs());
          budget.take(Math.floor(nowMs));
          sent.push(nowMs);
        }
        for (const [k, atMs] of sent.entries()) {
          const inSpan = sent.slice(0, k + 1).filter((other) => other > atMs - spanMs).length;
          expect(inSpan).toBeLessThanOrEqual(count);
        }
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});
