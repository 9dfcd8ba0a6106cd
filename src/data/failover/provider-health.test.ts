import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs, secondMs } from "../../base/time.ts";
import { ProviderHealth } from "./provider-health.ts";

const startMs = Date.UTC(2026, 0, 5);

test("a provider that nobody has asked scores 1", () => {
  expect(new ProviderHealth().score(startMs)).toBe(1);
});

test("the score is reliability times promptness times freshness", () => {
  const health = new ProviderHealth();
  health.noteSuccess(startMs, 10 * secondMs);
  health.noteFailure(startMs, "down");
  health.noteOverdue(1);
  // (1 + 1) / (1 + 1 + 1) x 5 s / 10 s x 1/2, by the formula of the class.
  expect(health.score(startMs)).toBeCloseTo((2 / 3) * 0.5 * 0.5, 12);
  expect(health.lastFailure).toBe("down");
});

test("a failure weighs half after ten minutes and nothing after a day", () => {
  const health = new ProviderHealth();
  health.noteFailure(startMs, "down");
  expect(health.score(startMs)).toBe(1 / 2);
  expect(health.score(startMs + 10 * minuteMs)).toBeCloseTo(1 / 1.5, 12);
  expect(health.score(startMs + 24 * 60 * minuteMs)).toBeCloseTo(1, 12);
});

test("the latency is an average in which the newest has a fifth of the weight", () => {
  const health = new ProviderHealth();
  health.noteSuccess(startMs, 1_000);
  health.noteSuccess(startMs, 2_000);
  expect(health.latencyMs).toBeCloseTo(1_200, 12);
});

test("the score stays between 0 and 1, and a clock that is set back does no harm", () => {
  const note = fc.record({
    isGood: fc.boolean(),
    stepMs: fc.integer({ min: -minuteMs, max: 20 * minuteMs }),
    latencyMs: fc.integer({ min: -secondMs, max: 100 * secondMs }),
    overdue: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(note, { maxLength: 50 }), (notes) => {
      const health = new ProviderHealth();
      let atMs = startMs;
      for (const { isGood, stepMs, latencyMs, overdue } of notes) {
        atMs += stepMs;
        const before = health.score(atMs);
        if (isGood) health.noteSuccess(atMs, latencyMs);
        else {
          health.noteFailure(atMs, "down");
          expect(health.score(atMs)).toBeLessThan(before);
        }
        health.noteOverdue(overdue);
        const score = health.score(atMs);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
      }
    }),
    { seed: 20_261_126 },
  );
});
