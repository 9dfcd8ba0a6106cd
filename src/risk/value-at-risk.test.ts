import { expect, test } from "vitest";
import { barsFrom, make, testInstrument, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask, type Question } from "../../test/risk-harness.ts";
import type { ParamValue } from "../domain/params.ts";
import type { RiskRule, RiskVerdict } from "../ports/risk.ts";
import { valueAtRisk } from "./value-at-risk.ts";

// Values reckoned by hand. The first two symbols fall and rise by a tenth in turn, the third stands still: at a level of
// 80 % the worst of six instants, the first of which moved nothing, loses a tenth.

const rocking = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? -0.1 : 0.1));
const usual = { limit: 0.05, level: 0.8, window: 20, instantsMin: 6 };

function ruleAfter(
  instants: number,
  options: Readonly<Record<string, ParamValue>> = {},
  moves: readonly (readonly number[])[] = [rocking, rocking, rocking.map(() => 0)],
): RiskRule {
  const tables = moves.map((own) => {
    let close = 100;
    return barsFrom([0, ...own].map((move) => [close, close, close, (close *= 1 + move)]));
  });
  const rule = make(valueAtRisk, { ...usual, ...options }, testTools(tables));
  for (let row = 0; row < instants; row++) {
    const count = tables.length;
    const instruments = Int32Array.from(tables.keys());
    const slice = { timeMs: row, count, instruments, rows: new Int32Array(count).fill(row) };
    rule.observe!(slice, testPortfolio(1));
  }
  return rule;
}

/** Asked by an account that holds so many of each symbol, and has so much cash beside them. */
function asked(
  rule: RiskRule,
  cash: number,
  holdings: readonly (readonly [number, number])[],
  change: Question,
): RiskVerdict {
  return ask(rule, { portfolio: testPortfolio(cash, holdings), price: 100, ...change });
}

test("nothing is said before so many instants are known, or all that are looked at", () => {
  const says = (instants: number, options = {}) =>
    asked(ruleAfter(instants, options), 10_000, [], { quantity: 100 }).kind;
  expect([says(5), says(6)]).toEqual(["approve", "refuse"]);
  const many = { instantsMin: 2_000 };
  expect([says(19, many), says(20, many)]).toEqual(["approve", "refuse"]);
});

test("what is held of the symbol and of others is taken at its own price and moved with the order", () => {
  const rule = ruleAfter(6, { limit: 0.08 });
  // 100 at 100 lose 1,000 of 10,000. So do 50 and 30 of them the 800 that are allowed.
  const own = asked(rule, 5_000, [[50, 100]], { quantity: 50 });
  expect(own).toMatchObject({ kind: "refuse", value: expect.closeTo(0.1, 9), limit: 0.08 });
  expect(own.kind === "refuse" && own.quantityMax).toBeCloseTo(30, 3);
  // 20 of the second at 50 lose 100, and 90 of the first 900.
  const beside = asked(
    rule,
    9_000,
    [
      [0, 100],
      [20, 50],
    ],
    { quantity: 90 },
  );
  expect(beside).toMatchObject({ kind: "refuse", value: expect.closeTo(0.1, 9) });
  expect(beside.kind === "refuse" && beside.quantityMax).toBeCloseTo(70, 3);
  expect(
    asked(
      rule,
      9_000,
      [
        [0, 100],
        [20, 50],
      ],
      { quantity: 70 },
    ).kind,
  ).toBe("approve");
});

test("above the limit an order passes that takes risk away, bought or sold, and none that changes nothing", () => {
  const rule = ruleAfter(6);
  const held = [
    [0, 100],
    [100, 100],
    [0, 100],
  ] as const;
  expect(asked(rule, 0, held, { side: "sell", quantity: 10 }).kind).toBe("approve");
  expect(
    asked(
      rule,
      20_000,
      [
        [0, 100],
        [-100, 100],
      ],
      { quantity: 10 },
    ).kind,
  ).toBe("approve");
  expect(asked(rule, 0, held, { quantity: 10 }).kind).toBe("refuse");
  expect(asked(rule, 0, held, { quantity: 10, instrument: testInstrument(2) }).kind).toBe("refuse");
  // What turns a holding around is no hedge, however much smaller the risk is then.
  expect(asked(rule, 0, [[100, 100]], { side: "sell", quantity: 110 }).kind).toBe("approve");
  expect(asked(rule, 0, [[100, 100]], { side: "sell", quantity: 160 }).kind).toBe("refuse");
});

test.each([
  [0.5, 0.0025],
  [0, 0],
  [-500, 0],
])("an account of %d may still buy %d", (cash, quantityMax) => {
  // One unit at 100 loses 10; a twentieth of half a unit of money is 0.025.
  const verdict = asked(ruleAfter(6), cash, [], { quantity: 1 });
  expect(verdict.kind === "refuse" && verdict.quantityMax).toBeCloseTo(quantityMax, 5);
});

test("a half unit of money is enough for what loses little of it, and no equity for nothing", () => {
  expect(asked(ruleAfter(6), 0.5, [], { quantity: 0.0025 }).kind).toBe("approve");
  // The past of a short holding that is turned to long holds nothing but gains, of an account that is worth nothing.
  const rising = ruleAfter(6, {}, [rocking.map(() => 0.1)]);
  expect(asked(rising, 100, [[-1, 100]], { quantity: 2 })).toMatchObject({ kind: "refuse", quantityMax: 0 });
});

test("a past without a loss, or too short for its tail, says nothing against an order", () => {
  const rising = ruleAfter(6, { limit: 0 }, [rocking.map(() => 0.1)]);
  expect(asked(rising, 10_000, [], { quantity: 100 }).kind).toBe("approve");
  expect(asked(ruleAfter(4, { instantsMin: 2 }), 10_000, [], { quantity: 100 }).kind).toBe("approve");
});
