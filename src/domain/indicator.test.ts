import { expect, test } from "vitest";
import { apply, barSeries } from "./expression.ts";
import { indicator, type IndicatorDefinition } from "./indicator.ts";

const sum = {
  name: "sum",
  summary: "Adds its inputs.",
  formula: "a + b + ...",
  source: "arithmetic",
  outputs: ["sum"],
  params: {},
  warmup: () => 0,
  create: () => (a: number, b: number, c: number, d: number, e: number) => a + b + c + d + e,
} as const;

const letters = ["a", "b", "c", "d", "e", "f"];

test("an indicator of five inputs is taken and one of six is refused, not cut", () => {
  expect(indicator({ ...sum, inputs: letters.slice(0, 5) }).inputs).toHaveLength(5);
  expect(() => indicator({ ...sum, inputs: letters })).toThrow(
    "INDICATOR_INPUTS the indicator sum wants 6 inputs",
  );
});

test("one that was written without the helper is refused where it is applied", () => {
  const definition: IndicatorDefinition = {
    ...sum,
    kind: "indicator",
    pane: "own",
    settling: () => 0,
    inputs: letters,
  };
  const { close } = barSeries();
  expect(() =>
    apply(
      definition,
      letters.map(() => close),
      {},
    ),
  ).toThrow("INDICATOR_INPUTS");
});

test("too few inputs are the strategy's mistake, and are told as such", () => {
  const definition = indicator({ ...sum, inputs: letters.slice(0, 2) });
  expect(() => apply(definition, [barSeries().close], {})).toThrow("was given 1 inputs");
});
