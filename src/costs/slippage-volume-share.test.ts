import { expect, test } from "vitest";
import { barsFrom, make } from "../../test/plugin-tools.ts";
import { slippageVolumeShare } from "./slippage-volume-share.ts";

const bars = barsFrom([
  [10, 10, 10, 10, 500],
  [10, 10, 10, 10, 1_500],
  [10, 10, 10, 10, 1e9],
]);

// 100 of a mean volume of (500 + 1500) / 2 = 1000 is a share of 0.1.
test("the square law is coefficient times share squared, as Zipline has it", () => {
  expect(make(slippageVolumeShare).fraction(bars, 2, 100)).toBeCloseTo(0.1 * 0.01, 15);
  expect(make(slippageVolumeShare, { coefficient: 0.2 }).fraction(bars, 2, 100)).toBeCloseTo(0.002, 15);
});

test("the square-root law is coefficient times the root of the share", () => {
  const slippage = make(slippageVolumeShare, { law: "square-root" });
  expect(slippage.fraction(bars, 2, 100)).toBeCloseTo(0.01 * Math.sqrt(0.1), 15);
});

test("only bars before the fill count: its own volume is not known yet", () => {
  const slippage = make(slippageVolumeShare);
  const quiet = barsFrom([
    [10, 10, 10, 10, 500],
    [10, 10, 10, 10, 1_500],
    [10, 10, 10, 10, 1],
  ]);
  expect(slippage.fraction(quiet, 2, 100)).toBe(slippage.fraction(bars, 2, 100));
  expect(slippage.rate(bars, 1, 100)).toBe(slippage.fraction(bars, 2, 100));
});

test("the window is as long as told: the bar before alone", () => {
  // 100 of 1500.
  expect(make(slippageVolumeShare, { length: 1 }).fraction(bars, 2, 100)).toBeCloseTo(0.1 / 225, 15);
});

test("no fill is worse than the largest share", () => {
  expect(make(slippageVolumeShare).fraction(bars, 2, 1e6)).toBe(0.1);
});

test("bars without volume cost the fallback", () => {
  const silent = barsFrom([
    [10, 10, 10, 10, 0],
    [10, 10, 10, 10, 0],
  ]);
  expect(make(slippageVolumeShare, { fallback: 0.003 }).fraction(silent, 1, 100)).toBe(0.003);
  // In the first row there is nothing before.
  expect(make(slippageVolumeShare, { fallback: 0.003 }).fraction(bars, 0, 100)).toBe(0.003);
});

test("a part of a coin is volume, too", () => {
  const dear = barsFrom([[10, 10, 10, 10, 0.5]]);
  // 0.05 of 0.5 is a share of 0.1.
  expect(make(slippageVolumeShare, { fallback: 0.003 }).rate(dear, 0, 0.05)).toBeCloseTo(0.001, 15);
});
