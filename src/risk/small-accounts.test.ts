import { expect, test } from "vitest";
import { barsFrom, make, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import type { RiskRule } from "../ports/risk.ts";
import { buyingPower } from "./buying-power.ts";
import { correlatedExposure } from "./correlated-exposure.ts";
import { grossExposure } from "./gross-exposure.ts";
import { orderNotional } from "./order-notional.ts";
import { positionLimit } from "./position-limit.ts";

const tools = testTools([barsFrom([]), barsFrom([]), barsFrom([])]);

/** Rules that hold the value of an order against equity; each lets through all of it, and not more. */
const rules: Readonly<Record<string, () => RiskRule>> = {
  "buying-power": () => make(buyingPower, {}, tools),
  "correlated-exposure": () => make(correlatedExposure, { limit: 1 }, tools),
  "gross-exposure": () => make(grossExposure, { limit: 1 }, tools),
  "order-notional": () => make(orderNotional, { share: 1 }, tools),
  "position-limit": () => make(positionLimit, { limit: 1 }, tools),
};

test.each(Object.keys(rules))("%s judges an account of half a unit of money as any other", (name) => {
  const says = (equity: number, price: number) =>
    ask(rules[name]!(), { portfolio: testPortfolio(equity), quantity: 1, price });
  expect(says(0.5, 0.5).kind).toBe("approve");
  const verdict = says(0.5, 0.51);
  expect(verdict.kind).toBe("refuse");
  // Half a unit of money buys so much at 0.51.
  if (verdict.kind === "refuse" && verdict.quantityMax !== undefined)
    expect(verdict.quantityMax).toBeCloseTo(0.5 / 0.51, 9);
});

test.each(Object.keys(rules))("%s lets an account without equity open nothing", (name) => {
  for (const equity of [0, -1]) {
    const verdict = ask(rules[name]!(), { portfolio: testPortfolio(equity), quantity: 1, price: 0.5 });
    expect(verdict.kind).toBe("refuse");
    if (verdict.kind === "refuse" && verdict.quantityMax !== undefined) expect(verdict.quantityMax).toBe(0);
  }
});

test("an order may be allowed no money at all, or any", () => {
  const says = (money: number) =>
    ask(make(orderNotional, { money, share: -1 }, tools), {
      portfolio: testPortfolio(10),
      quantity: 1,
      price: 1,
    });
  expect(says(0).kind).toBe("refuse");
  expect(says(1).kind).toBe("approve");
  expect(says(-1).kind).toBe("approve");
  // No share of equity at all is a limit as well.
  expect(ask(make(orderNotional, { share: 0 }, tools), { quantity: 1 })).toMatchObject({
    kind: "refuse",
    limit: 0,
    value: 0.01,
  });
});
