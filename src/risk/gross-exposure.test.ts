import { expect, test } from "vitest";
import { make, testInstrument, testPortfolio } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { grossExposure } from "./gross-exposure.ts";

test("all positions together may reach the limit and not pass it", () => {
  const rule = make(grossExposure, { limit: 1 });
  // 60 short at 50 is 3000 of 10000; 7 at 1000 fill the rest.
  const portfolio = testPortfolio(13_000, [[-60, 50]]);
  const instrument = testInstrument(1);
  expect(ask(rule, { portfolio, instrument, quantity: 7, price: 1_000 })).toEqual({ kind: "approve" });
  expect(ask(make(grossExposure), { portfolio, instrument, quantity: 8, price: 1_000 })).toEqual({
    kind: "refuse",
    reason: "all positions together would be too large",
    limit: 1,
    value: 1.1,
    quantityMax: 7,
  });
});

test("a position is counted as it will be, not twice", () => {
  const portfolio = testPortfolio(5_000, [[50, 100]]);
  expect(ask(make(grossExposure), { portfolio, quantity: 50, price: 100 }).kind).toBe("approve");
  expect(ask(make(grossExposure), { portfolio, quantity: 51, price: 100 }).kind).toBe("refuse");
});

test("what other symbols will hold counts, and what they are about to sell does not", () => {
  const portfolio = testPortfolio(5_000, [
    [50, 100],
    [0, 100],
  ]);
  const buy = { portfolio, instrument: testInstrument(1), quantity: 60, price: 100 };
  expect(ask(make(grossExposure), buy).kind).toBe("refuse");
  expect(ask(make(grossExposure), { ...buy, after: { 0: 0 } }).kind).toBe("approve");
  expect(ask(make(grossExposure), { ...buy, after: { 0: 41 } }).kind).toBe("refuse");
});

test("without equity nothing is opened", () => {
  expect(ask(make(grossExposure), { portfolio: testPortfolio(0) }).kind).toBe("refuse");
  expect(ask(make(grossExposure), { portfolio: testPortfolio(Number.NaN) }).kind).toBe("refuse");
});
