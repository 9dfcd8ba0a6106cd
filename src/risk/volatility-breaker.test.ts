import { expect, test } from "vitest";
import { barsFrom, make, testPortfolio, testTools, type TestBar } from "../../test/plugin-tools.ts";
import { ask, sliceAt } from "../../test/risk-harness.ts";
import type { RiskRule } from "../ports/risk.ts";
import { volatilityBreaker } from "./volatility-breaker.ts";

/** Bars around 100 that are so wide. */
function barsOfWidth(widths: readonly number[]) {
  return barsFrom(widths.map((width): TestBar => [100, 100 + width / 2, 100 - width / 2, 100]));
}

// Ranges of one bar against their mean over four: after 1, 1, 1 and 5 the ratio is 5 / 2 = 2.5.
const bars = barsOfWidth([1, 1, 1, 1, 5, 1, 1, 1, 1]);
const options = { multiple: 2, atrLength: 1, averageLength: 4 };

function alarms(rule: RiskRule, to: number) {
  const seen = [];
  for (let row = 0; row < to; row++)
    seen.push(rule.observe!(sliceAt(bars.closeTimeMs[row]!, row), testPortfolio(1)));
  return seen;
}

test("nothing new is opened while the range is a multiple of its average", () => {
  const rule = make(volatilityBreaker, options, testTools([bars]));
  alarms(rule, 4);
  expect(ask(rule, {}).kind).toBe("approve");
  const tripped = make(volatilityBreaker, options, testTools([bars]));
  expect(alarms(tripped, 5).every(({ kind }) => kind === "clear")).toBe(true);
  expect(ask(tripped, {})).toEqual({
    kind: "refuse",
    reason: "the volatility is far above its usual level",
    limit: 2,
    value: 2.5,
  });
});

test("it passes again when the market has calmed down", () => {
  const rule = make(volatilityBreaker, options, testTools([bars]));
  alarms(rule, 6);
  expect(ask(rule, {}).kind).toBe("approve");
});

test("it does not judge before it knows the average", () => {
  const wild = barsOfWidth([1, 1, 100]);
  const rule = make(volatilityBreaker, options, testTools([wild]));
  for (let row = 0; row < 3; row++) rule.observe!(sliceAt(row, row), testPortfolio(1));
  expect(ask(rule, {}).kind).toBe("approve");
});

test("with scope all, one wild symbol pauses everything", () => {
  const rule = make(volatilityBreaker, { ...options, scope: "all" }, testTools([bars]));
  const seen = alarms(rule, 6);
  expect(seen.map(({ kind }) => kind)).toEqual(["clear", "clear", "clear", "clear", "pause", "clear"]);
  expect(seen[4]).toEqual({
    kind: "pause",
    reason: "the volatility is far above its usual level",
    limit: 2,
    value: 2.5,
  });
});

test("exactly the multiple passes, whatever the scope, and the wildest symbol is the one that is named", () => {
  const exact = make(volatilityBreaker, { ...options, multiple: 2.5, scope: "all" }, testTools([bars]));
  expect(alarms(exact, 5).every(({ kind }) => kind === "clear")).toBe(true);
  expect(ask(exact, {}).kind).toBe("approve");
  // Of two symbols the second is wilder: 1, 1, 1 and 9 make 9 / 3.
  const wilder = barsOfWidth([1, 1, 1, 1, 9]);
  for (const pair of [
    [bars, wilder],
    [wilder, bars],
  ]) {
    const rule = make(volatilityBreaker, { ...options, scope: "all" }, testTools(pair));
    let last;
    for (let row = 0; row < 5; row++) {
      const slice = {
        timeMs: row,
        count: 2,
        instruments: Int32Array.of(0, 1),
        rows: Int32Array.of(row, row),
      };
      last = rule.observe!(slice, testPortfolio(1));
    }
    expect(last).toMatchObject({ kind: "pause", value: 3 });
  }
});

test("a bar without prices is passed over", () => {
  const holed = barsFrom([
    ...[1, 1, 1, 1].map((): TestBar => [100, 100.5, 99.5, 100]),
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [100, 102.5, 97.5, 100],
  ]);
  const rule = make(volatilityBreaker, options, testTools([holed]));
  for (let row = 0; row < 6; row++) rule.observe!(sliceAt(row, row), testPortfolio(1));
  expect(ask(rule, {})).toMatchObject({ kind: "refuse", value: 2.5 });
});
