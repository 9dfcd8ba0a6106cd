import { expect, test } from "vitest";
import { make, testPortfolio } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { orderNotional } from "./order-notional.ts";

test("one order may be worth so much money", () => {
  const rule = make(orderNotional, { money: 500, share: -1 });
  expect(ask(rule, { quantity: 5 })).toEqual({ kind: "approve" });
  expect(ask(rule, { quantity: 6 })).toEqual({
    kind: "refuse",
    reason: "the order is worth too much",
    limit: 500,
    value: 600,
  });
});

test("one order may be worth so much of equity", () => {
  const rule = make(orderNotional, { share: 0.1 });
  expect(ask(rule, { quantity: 10 }).kind).toBe("approve");
  expect(ask(rule, { quantity: 11 })).toEqual({
    kind: "refuse",
    reason: "the order is too large for the equity",
    limit: 0.1,
    value: 0.11,
  });
});

test("what an order closes on its way to the other side does not count", () => {
  const rule = make(orderNotional, { money: 500, share: -1 });
  const portfolio = testPortfolio(9_000, [[10, 100]]);
  expect(ask(rule, { portfolio, side: "sell", quantity: 15 }).kind).toBe("approve");
  expect(ask(rule, { portfolio, side: "sell", quantity: 16 }).kind).toBe("refuse");
});

test("what is added to a part of a unit counts whole", () => {
  const rule = make(orderNotional, { money: 500, share: -1 });
  const portfolio = testPortfolio(9_950, [[0.5, 100]]);
  expect(ask(rule, { portfolio, quantity: 5 }).kind).toBe("approve");
  expect(ask(rule, { portfolio, quantity: 5.4 }).kind).toBe("refuse");
});

test("both limits may be left out", () => {
  expect(ask(make(orderNotional, { share: -1 }), { quantity: 1e9 }).kind).toBe("approve");
});
