import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { dailyReturns, simpleReturns } from "./daily-returns.ts";
import { monthlyReturns, yearlyReturns } from "./period-returns.ts";

const calendar = utcCalendar("UTC");

function curveOf(closeTimeMs: readonly number[], equity: readonly number[], startEquity: number) {
  return {
    closeTimeMs: Float64Array.from(closeTimeMs),
    equity: Float64Array.from(equity),
    length: equity.length,
    startEquity,
  };
}

test("each day has one value: its last equity, the first against the account at row 0", () => {
  const times = [8 * hourMs, dayMs, dayMs + 8 * hourMs, 2 * dayMs];
  const daily = dailyReturns(curveOf(times, [100, 110, 130, 121], 100), calendar);
  expect(daily.equity).toEqual(Float64Array.of(110, 121));
  expect([...daily.ends]).toEqual([1, 3]);
  expect([...daily.returns].map((value) => value.toFixed(3))).toEqual(["0.100", "0.100"]);
});

test("the day of row 0 is a period only where something could happen in it", () => {
  const daily = dailyReturns(curveOf([dayMs, 2 * dayMs, 3 * dayMs], [100, 110, 121], 100), calendar);
  expect([...daily.days]).toEqual([1, 2]);
  expect([...daily.returns].map((value) => value.toFixed(3))).toEqual(["0.100", "0.100"]);
  const nothing = dailyReturns(curveOf([dayMs], [100], 100), calendar);
  expect([nothing.returns.length, nothing.years, nothing.periodsPerYear]).toEqual([0, 0, 365]);
});

test("a day without bars gives no return: years count the time, periods what was seen", () => {
  const daily = dailyReturns(curveOf([dayMs, 3 * dayMs, 366.25 * dayMs], [100, 110, 121], 100), calendar);
  expect([...daily.returns].map((value) => value.toFixed(3))).toEqual(["0.100", "0.100"]);
  expect([daily.years, daily.periodsPerYear]).toEqual([1, 2]);
});

test("after ruin there are no returns, rather than senseless ones", () => {
  expect(simpleReturns(Float64Array.of(50, 0, 10, -5, 20), 100)).toEqual(
    Float64Array.of(-0.5, -1, Number.NaN, -1.5, Number.NaN),
  );
});

test("months and years compound their days, and the table multiplies to the total return", () => {
  const days = 500;
  const times = Array.from({ length: days }, (_, day) => Date.UTC(2023, 0, 11) + (day + 1) * dayMs);
  const equity = times.map((_, day) => 1000 * (1 + 0.1 * Math.sin(day / 30) + day / 2000));
  // The first day holds the account at its start and nothing else: it is no part of January.
  const daily = dailyReturns(curveOf(times, equity, 1000), calendar);
  const months = monthlyReturns(daily, 1000);
  const years = yearlyReturns(daily, 1000);
  expect(months[0]).toMatchObject({ year: 2023, month: 1, days: 20 });
  expect(months[1]).toMatchObject({ year: 2023, month: 2, days: 28 });
  expect(months.at(-1)).toMatchObject({ year: 2024, month: 5, days: 24 });
  expect(years.map(({ year, month, days }) => [year, month, days])).toEqual([
    [2023, null, 354],
    [2024, null, 145],
  ]);
  expect(months[1]!.returnFraction).toBeCloseTo(equity[48]! / equity[20]! - 1, 14);
  for (const table of [months, years]) {
    const product = table.reduce((growth, row) => growth * (1 + row.returnFraction!), 1);
    expect(product).toBeCloseTo(equity.at(-1)! / 1000, 12);
  }
});
