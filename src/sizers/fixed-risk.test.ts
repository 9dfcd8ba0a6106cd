import { expect, test } from "vitest";
import { make, testPortfolio } from "../../test/plugin-tools.ts";
import { weigh } from "../../test/sizing-harness.ts";
import { fixedRisk } from "./fixed-risk.ts";

test("the stop loses the fixed share of equity", () => {
  // 100 of risk over a distance of 4: 25 units at 100 are a quarter of 10,000.
  expect(weigh(make(fixedRisk), { protection: { stopPrice: 96 } })).toBe(0.25);
  expect(weigh(make(fixedRisk), { weight: -1, protection: { stopPrice: 104 } })).toBe(-0.25);
  expect(weigh(make(fixedRisk, { riskFraction: 0.02 }), { protection: { stopPrice: 96 } })).toBe(0.5);
  expect(weigh(make(fixedRisk), { weight: 0.5, protection: { stopPrice: 96 } })).toBe(0.12);
});

test("the distance counts from where the entry waits, and a trailing stop is a stop too", () => {
  const entry = { kind: "limit", price: 98 } as const;
  expect(weigh(make(fixedRisk), { entry, protection: { stopPrice: 96 } }, { price: 98 })).toBe(0.49);
  expect(weigh(make(fixedRisk), { protection: { trail: { kind: "amount", amount: 5 } } })).toBe(0.2);
  expect(weigh(make(fixedRisk), { protection: { trail: { kind: "fraction", fraction: 0.05 } } })).toBe(0.2);
  const both = { stopPrice: 80, trail: { kind: "amount", amount: 5 } } as const;
  expect(weigh(make(fixedRisk), { protection: both })).toBe(0.2);
});

test("however close the stop, the position stays below its limit", () => {
  expect(weigh(make(fixedRisk), { protection: { stopPrice: 99.9 } })).toBe(1);
  expect(weigh(make(fixedRisk, { weightMax: 0.4 }), { protection: { stopPrice: 99.9 } })).toBe(0.4);
});

test("the costs that are set aside do not make the position smaller", () => {
  const share = weigh(make(fixedRisk), { protection: { stopPrice: 96 } }, { costRate: 0.01 });
  // The engine buys share x equity / (price x 1.01).
  expect((share * 10_000) / (100 * 1.01)).toBeCloseTo(25, 12);
});

test("a signal without a stop gets nothing, which is counted, or what the options say", () => {
  const sizer = make(fixedRisk);
  expect(weigh(sizer, {})).toBe(0);
  expect(weigh(sizer, {})).toBe(0);
  expect([...sizer.refusals!]).toEqual([["fixed-risk: the signal has no stop to measure the risk by", 2]]);
  const generous = make(fixedRisk, { fallbackFraction: 0.1 });
  expect(weigh(generous, { weight: -1 })).toBe(-0.1);
  expect(generous.refusals!.size).toBe(0);
});

test("a stop that moves closer does not make the position larger", () => {
  const sizer = make(fixedRisk);
  expect(weigh(sizer, { protection: { stopPrice: 96 } })).toBe(0.25);
  const portfolio = testPortfolio(7_500, [[25, 100]]);
  expect(weigh(sizer, { protection: { stopPrice: 99 } }, { portfolio })).toBe(0.25);
  expect(weigh(sizer, { weight: 0.5 }, { portfolio })).toBe(0.125);
  // Nothing is remembered after a restart: what is held is kept.
  expect(weigh(make(fixedRisk), { protection: { stopPrice: 99 } }, { portfolio })).toBe(0.25);
});

test("a reversal is sized anew", () => {
  const sizer = make(fixedRisk);
  weigh(sizer, { protection: { stopPrice: 96 } });
  const portfolio = testPortfolio(7_500, [[25, 100]]);
  expect(weigh(sizer, { weight: -1, protection: { stopPrice: 102 } }, { portfolio })).toBe(-0.5);
});

test("without equity nothing is held", () => {
  expect(weigh(make(fixedRisk), { protection: { stopPrice: 96 } }, { portfolio: testPortfolio(0) })).toBe(0);
});
