import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { SendBudget } from "./send-budget.ts";

test("no span of time ever sees more than the budget allows, and what waits goes as soon as it may", async () => {
  const waits = fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      waits,
      async (count, spanMs, gaps) => {
        const clock = new ManualClock(0);
        const sent: number[] = [];
        let waiting = 0;
        const send = (): void => {
          while (waiting > 0 && budget.take()) {
            sent.push(clock.nowMs());
            waiting -= 1;
          }
        };
        const budget = new SendBudget({ count, spanMs }, clock, send);
        for (const gap of gaps) {
          await clock.advance(gap);
          waiting += 1;
          send();
        }
        await clock.advance(spanMs * (gaps.length + 2));
        expect(waiting).toBe(0);
        for (const [k, atMs] of sent.entries()) {
          const inSpan = sent.slice(0, k + 1).filter((other) => other > atMs - spanMs).length;
          expect(inSpan).toBeLessThanOrEqual(count);
        }
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});
