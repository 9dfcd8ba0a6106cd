import { expect, test } from "vitest";
import { barsFrom, make, testInstrument, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask, type Question } from "../../test/risk-harness.ts";
import type { AnyPlugin } from "../app/plugins/registry.ts";
import type { RiskRule } from "../ports/risk.ts";
import { Prng } from "../base/prng.ts";
import type { Bars } from "../domain/bars.ts";
import type { ParamValue } from "../domain/params.ts";
import { correlatedExposure } from "./correlated-exposure.ts";
import { valueAtRisk } from "./value-at-risk.ts";

// What is held together: three symbols of which the second moves with the first, and the third against it.

const count = 300;

function market(seed = 7): readonly Bars[] {
  const prng = new Prng(seed);
  const moves = Array.from({ length: count }, () => 0.01 * prng.normal());
  return [1, 1, -1].map((sign) => {
    let close = 100;
    const rows = moves.map((move) => {
      close *= 1 + sign * move;
      return [close, close, close, close] as const;
    });
    return barsFrom(rows);
  });
}

/** A rule that has lived through every bar. */
function lived(plugin: AnyPlugin, options: Readonly<Record<string, ParamValue>>, bars = market()): RiskRule {
  const rule = make(plugin, options, testTools(bars)) as RiskRule;
  for (let row = 0; row < bars[0]!.length; row++) {
    const slice = {
      timeMs: bars[0]!.closeTimeMs[row]!,
      count: bars.length,
      instruments: Int32Array.from(bars.keys()),
      rows: new Int32Array(bars.length).fill(row),
    };
    rule.observe!(slice, testPortfolio(10_000));
  }
  return rule;
}

/** An account of 10,000 that holds nothing yet, asked for an order in the first symbol at 100. */
function question(change: Question = {}): Question {
  return {
    portfolio: testPortfolio(10_000, [
      [0, 100],
      [0, 100],
      [0, 100],
    ]),
    price: 100,
    ...change,
  };
}

const methods = ["historical", "parametric", "ewma"] as const;

test.each(methods)(
  "%s: twice the holding risks twice as much, and the part that fits is let through",
  (method) => {
    const rule = lived(valueAtRisk, { method, limit: 0.01, decay: 0.99 });
    // A hundred units are all of the equity: in a bar of twenty they lose 1.645 % of it at a deviation of 1 %.
    const whole = ask(rule, question({ quantity: 100 }));
    const double = ask(rule, question({ quantity: 200 }));
    expect(whole.kind === "refuse" && whole.value).toBeGreaterThan(0.013);
    expect(whole.kind === "refuse" && whole.value).toBeLessThan(0.02);
    expect(double.kind === "refuse" && whole.kind === "refuse" && double.value / whole.value).toBeCloseTo(
      2,
      9,
    );
    const fitting = whole.kind === "refuse" ? whole.quantityMax! : Number.NaN;
    expect(fitting).toBeCloseTo(100 * (0.01 / (whole.kind === "refuse" ? whole.value : 1)), 3);
    expect(ask(rule, question({ quantity: fitting })).kind).toBe("approve");
    expect(ask(rule, question({ quantity: fitting * 1.01 })).kind).toBe("refuse");
  },
);

test.each(methods)("%s: what moves against a holding takes risk away, what moves with it adds", (method) => {
  const rule = lived(valueAtRisk, { method, limit: 0.01 });
  const held = (quantity: number, index: number) => {
    const holdings = [0, 1, 2].map((k) => [k === index ? quantity : 0, 100] as const);
    return testPortfolio(10_000 - quantity * 100, holdings);
  };
  const instrument = testInstrument(0);
  expect(ask(rule, question({ instrument, quantity: 50, portfolio: held(90, 2) })).kind).toBe("approve");
  expect(ask(rule, question({ instrument, quantity: 50, portfolio: held(90, 1) })).kind).toBe("refuse");
  // Above the limit already: an order that makes it less passes all the same, one that turns a holding does not.
  expect(ask(rule, question({ instrument, quantity: 50, portfolio: held(200, 2) })).kind).toBe("approve");
  const turn = { side: "sell", quantity: 300, portfolio: held(200, 0) } as const;
  expect(ask(rule, question({ instrument, ...turn })).kind).toBe("refuse");
});

test("a longer spell loses more by its root, and the shortfall is more than the value at risk", () => {
  const value = (options: Readonly<Record<string, ParamValue>>): number => {
    const rule = lived(valueAtRisk, options);
    const verdict = ask(rule, question({ quantity: 100 }));
    return verdict.kind === "refuse" ? verdict.value : Number.NaN;
  };
  expect(value({ limit: 0, horizonBars: 4 }) / value({ limit: 0 })).toBeCloseTo(2, 9);
  expect(value({ limit: 1, shortfallLimit: 0 })).toBeGreaterThan(value({ limit: 0 }) * 1.1);
});

test("nothing is refused before there is a past to judge by", () => {
  const rule = make(valueAtRisk, { limit: 0 }, testTools(market()));
  expect(ask(rule, question({ quantity: 100 })).kind).toBe("approve");
});

test("positions that move together count as one, a hedge counts against it", () => {
  const rule = lived(correlatedExposure, { limit: 0.75 });
  const instrument = testInstrument(0);
  const says = (quantity: number, held: readonly number[]) =>
    ask(
      rule,
      question({
        instrument,
        quantity,
        portfolio: testPortfolio(
          10_000 - held.reduce((sum, one) => sum + one * 100, 0),
          held.map((one) => [one, 100] as const),
        ),
      }),
    );
  expect(says(75, [0, 0, 0]).kind).toBe("approve");
  // 50 % beside it move with it: a quarter is left.
  expect(says(30, [0, 50, 0])).toMatchObject({ kind: "refuse", value: 0.8, quantityMax: 25 });
  expect(says(25, [0, 50, 0]).kind).toBe("approve");
  // The third falls when the first rises: held long it is a hedge, held short it is more of the same.
  expect(says(30, [0, 50, 50]).kind).toBe("approve");
  expect(says(75, [0, 0, 50]).kind).toBe("approve");
  expect(says(30, [0, 0, -50]).kind).toBe("refuse");
});

test("symbols that do not move together are judged each by itself", () => {
  const [first, , third] = market(1);
  const [other] = market(2);
  const rule = lived(correlatedExposure, { limit: 0.75 }, [first!, other!, third!]);
  const portfolio = testPortfolio(5_000, [
    [0, 100],
    [50, 100],
    [0, 100],
  ]);
  expect(ask(rule, question({ instrument: testInstrument(0), quantity: 75, portfolio })).kind).toBe(
    "approve",
  );
});
