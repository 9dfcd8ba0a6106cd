import { expect, test } from "vitest";
import { barSeries } from "../domain/expression.ts";
import { checkSeries } from "./check-series.ts";

const named = { name: "mine" };

test("series by names are what setup may return", () => {
  const bars = barSeries();
  expect(() => checkSeries(named, { close: bars.close, time: bars.time })).not.toThrow();
  expect(() => checkSeries(named, {})).not.toThrow();
});

test.each([
  [undefined, "setup of strategy mine returned nothing"],
  [
    { at: (barSeries() as unknown as Record<string, unknown>)["closeTimeMs"] },
    'setup returned nothing as "at"',
  ],
  [{ limit: 3 }, 'setup returned the number 3 as "limit"'],
  [{ all: barSeries() }, 'setup returned a thing of type object as "all"'],
  [{ closes: [1, 2] }, 'setup returned a list as "closes"'],
])("what is no series is called by its name: %#", (watched, words) => {
  expect(() => checkSeries(named, watched)).toThrow(words);
});
