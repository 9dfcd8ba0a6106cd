import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { backoffMs } from "./backoff.ts";

const policy = { delayMsBase: 100, delayMsMax: 5_000 };

test("waits spread over the whole span up to the doubled limit, and stay under the cap", () => {
  const prng = new Prng(7);
  for (const [attempt, mostMs] of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].entries()) {
    const waits = Array.from({ length: 500 }, () => backoffMs(attempt, policy, prng));
    expect(Math.max(...waits)).toBeLessThanOrEqual(mostMs);
    expect(Math.max(...waits)).toBeGreaterThan(0.95 * mostMs);
    expect(Math.min(...waits)).toBeLessThan(0.05 * mostMs);
    const mean = waits.reduce((sum, waitMs) => sum + waitMs, 0) / waits.length;
    expect(Math.abs(mean / mostMs - 0.5)).toBeLessThan(0.05);
  }
});

test("the same seed waits the same, and a thousand failures overflow nothing", () => {
  const waits = (seed: number): number[] => {
    const prng = new Prng(seed);
    return Array.from({ length: 20 }, (_, attempt) => backoffMs(attempt, policy, prng));
  };
  expect(waits(1)).toEqual(waits(1));
  expect(waits(1)).not.toEqual(waits(2));
  expect(backoffMs(1_000, policy, new Prng(1))).toBeLessThanOrEqual(5_000);
});
