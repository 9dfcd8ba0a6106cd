import { expect, test } from "vitest";
import { make, testPortfolio } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { positionLimit } from "./position-limit.ts";

test("one position may reach its share of equity and not pass it", () => {
  const rule = make(positionLimit, { limit: 0.2 });
  expect(ask(rule, { quantity: 20, price: 100 })).toEqual({ kind: "approve" });
  expect(ask(rule, { quantity: 21, price: 100 })).toEqual({
    kind: "refuse",
    reason: "the position would be too large",
    limit: 0.2,
    value: 0.21,
    quantityMax: 20,
  });
});

test("what is held counts, and short counts like long", () => {
  const rule = make(positionLimit, { limit: 0.2 });
  const long = testPortfolio(9_000, [[10, 100]]);
  expect(ask(rule, { portfolio: long, quantity: 10 }).kind).toBe("approve");
  expect(ask(rule, { portfolio: long, quantity: 11 }).kind).toBe("refuse");
  const short = testPortfolio(11_000, [[-10, 100]]);
  expect(ask(rule, { portfolio: short, side: "sell", quantity: 11 }).kind).toBe("refuse");
});

test("without equity nothing is opened", () => {
  expect(ask(make(positionLimit), { portfolio: testPortfolio(-5) }).kind).toBe("refuse");
});
