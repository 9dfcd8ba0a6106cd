import { expect, test } from "vitest";
import { barsFrom, make, testInstrument, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { openPositions } from "./open-positions.ts";

const tools = testTools([barsFrom([]), barsFrom([]), barsFrom([])]);
const held = testPortfolio(10_000, [
  [1, 100],
  [-1, 100],
  [0, 100],
]);

test("a symbol beyond the limit is not opened, one that is held may grow", () => {
  const rule = make(openPositions, { limit: 2 }, tools);
  expect(ask(rule, { portfolio: held, instrument: testInstrument(2) })).toEqual({
    kind: "refuse",
    reason: "too many positions are open",
    limit: 2,
    value: 3,
  });
  expect(ask(rule, { portfolio: held, instrument: testInstrument(1), side: "sell" }).kind).toBe("approve");
  expect(
    ask(make(openPositions, { limit: 3 }, tools), { portfolio: held, instrument: testInstrument(2) }).kind,
  ).toBe("approve");
});

test("symbols that are about to be opened or closed count as what they will be", () => {
  const rule = make(openPositions, { limit: 2 }, tools);
  const order = { portfolio: held, instrument: testInstrument(2) };
  expect(ask(rule, { ...order, after: { 0: 0 } }).kind).toBe("approve");
  expect(
    ask(rule, { portfolio: testPortfolio(1), instrument: testInstrument(2), after: { 0: 5, 1: -5 } }).kind,
  ).toBe("refuse");
});
