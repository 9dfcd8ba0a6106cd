import { expect, test } from "vitest";
import { dayMs, formatTime } from "../base/time.ts";
import { barsOf } from "../domain/bars.ts";
import { roc } from "../indicators/roc.ts";
import { portfolioStrategy } from "../ports/portfolio-strategy.ts";
import type { Schedule } from "../ports/strategy.ts";
import { dailyBars, firstDayMs, runTogether } from "../../test/portfolio-harness.ts";

const rising = (days: number) =>
  dailyBars(
    "AAA",
    Array.from({ length: days }, (_, k) => 100 + k),
  );

/** The days on which a strategy of a schedule is asked over bars from the first of January 2024. */
function daysAsked(schedule: Schedule, days: number, tradeFromMs?: number): readonly string[] {
  const asked: string[] = [];
  const asker = portfolioStrategy({
    name: "asker",
    summary: "For this test.",
    params: {},
    schedule,
    setup: ({ bars }) => ({ close: bars.close }),
    onRebalance: ({ timeMs }) => void asked.push(formatTime(timeMs - dayMs).slice(0, 10)),
  });
  runTogether(asker, [rising(days)], {}, tradeFromMs === undefined ? {} : { tradeFromMs });
  return asked;
}

test("a monthly portfolio is asked once a month, at the first close of each month that it saw begin", () => {
  expect(daysAsked("monthly", 95)).toEqual(["2024-02-01", "2024-03-01", "2024-04-01"]);
});

test("a weekly portfolio is asked once a week", () => {
  expect(daysAsked("weekly", 24)).toEqual(["2024-01-08", "2024-01-15", "2024-01-22"]);
});

test("a portfolio of every bar is asked at every bar that has one before it", () => {
  expect(daysAsked("bar", 4)).toEqual(["2024-01-02", "2024-01-03", "2024-01-04"]);
});

test("a run that is told to begin in the middle of a month is asked there first, once, and then by its schedule", () => {
  const from = firstDayMs + 45 * dayMs;
  const asked = daysAsked("monthly", 95, from);
  expect(asked.filter((day) => day >= "2024-02-14")).toEqual(["2024-02-14", "2024-03-01", "2024-04-01"]);
});

test("of members with the same value the most traded ranks first, then the dearest, whatever they are called", () => {
  const still = (symbol: string, price: number, volume: number) =>
    barsOf(symbol, "1d", {
      closeTimeMs: Float64Array.from([1, 2, 3], (day) => firstDayMs + day * dayMs),
      ...Object.fromEntries(["open", "high", "low", "close"].map((name) => [name, [price, price, price]])),
      volume: Float64Array.from([volume, volume, volume]),
    } as never);
  const ranked = (symbols: readonly string[]) => {
    let [best, worst]: (readonly string[])[] = [[], []];
    const ranker = portfolioStrategy({
      name: "ranker",
      summary: "For this test.",
      params: {},
      schedule: "bar",
      setup: ({ bars }) => ({ change: roc(bars.close, 1) }),
      onRebalance({ rank }) {
        best = rank("change");
        worst = rank("change", "lowest");
      },
    });
    const sizes = [
      [10, 40],
      [10, 60],
      [20, 30],
      [80, 0],
      [90, 0],
    ] as const;
    runTogether(
      ranker,
      sizes.map(([price, volume], k) => still(symbols[k]!, price, volume)),
    );
    return [best!, worst!].map((names) => names.map((name) => symbols.indexOf(name)));
  };
  for (const symbols of ["ABCDE", "EDCBA", "CADBE"].map((text) => text.split("")))
    expect(ranked(symbols)).toEqual([
      [2, 1, 0, 4, 3],
      [2, 1, 0, 4, 3],
    ]);
});
