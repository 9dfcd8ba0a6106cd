import { expect, test } from "vitest";
import { barsFrom, make, testTools } from "../../test/plugin-tools.ts";
import { weigh } from "../../test/sizing-harness.ts";
import { fixedFraction } from "./fixed-fraction.ts";

test("it holds the weight times its share of equity", () => {
  const sizer = make(fixedFraction, { fraction: 0.3 });
  expect(weigh(sizer, { weight: 1 })).toBe(0.3);
  expect(weigh(sizer, { weight: -0.5 })).toBe(-0.15);
});

test("without a share of its own it splits equity evenly over the symbols", () => {
  const tools = testTools([barsFrom([]), barsFrom([]), barsFrom([]), barsFrom([])]);
  expect(weigh(make(fixedFraction, {}, tools), { weight: 1 })).toBe(0.25);
});
