import fc from "fast-check";
import { expect, test } from "vitest";
import { SendBudget } from "./send-budget.ts";

test("no span of time ever sees more than the budget allows, and what waits goes as soon as it may", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 });
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
          nowMs = Math.max(nowMs + gap, budget.freeAtMs());
          budget.take(nowMs);
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
