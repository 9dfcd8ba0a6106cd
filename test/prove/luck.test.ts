import { expect, test } from "vitest";
import { measureLuck } from "./luck.ts";

// The full size: npm run prove luck.
test("noise is told from skill by overfitting, deflation, SPA and intervals (24 seeds, 120 simulations)", () => {
  const figures = measureLuck(24, 120, 200);
  expect(Math.abs(figures.noisePbo - 0.5)).toBeLessThan(0.1);
  expect(figures.plantedPbo).toBeLessThan(0.05);
  expect(figures.noiseUnconvincing).toBeGreaterThanOrEqual(0.9);
  expect(figures.plantedConvincing).toBeGreaterThanOrEqual(0.9);
  // A test at 5 % is wrong once in twenty: of 24, hardly ever five times.
  expect(figures.noiseSpaBelow5).toBeLessThan(5 / 24);
  expect(figures.plantedSpaBelow5).toBeGreaterThanOrEqual(0.9);
  // Of 120 intervals that hold with 95 %, fewer than 106 do so with a probability below one in a thousand.
  expect(figures.coverage).toBeGreaterThan(106 / 120);
});
