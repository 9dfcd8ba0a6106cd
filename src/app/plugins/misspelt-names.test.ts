import { expect, test } from "vitest";
import { int } from "../../domain/params.ts";
import { strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { refuseMisspelt, strictParams } from "./misspelt-names.ts";

const plain = strategy({
  name: "mine",
  summary: "",
  params: { fast: int(5, { min: 1, max: 9 }), slow: int(9, { min: 1, max: 90 }) },
  setup: ({ bars }) => ({ cross: bars.close, range: bars.high }),
  onBar: () => {},
});

/** The strategy with another `onBar`, as JavaScript has it. */
function reading(body: string): AnyStrategy {
  // Nothing of it is run: what is looked at is its text.
  return { ...plain, onBar: Object.assign(() => {}, { toString: () => body }) };
}
const check = (body: string) => () => refuseMisspelt(reading(body), { fast: 5, slow: 9 }, ["cross", "range"]);

test.each([
  ["(context) => context.series.crss.now", "series.cross"],
  ["({ series }) => series.rang.now", "series.range"],
  ["({ series, target }) => { if ((series      ).corss.now > 0) target(1); }", "series.cross"],
  ["({ series }) => { const { crosss, range: r } = series; return crosss; }", "series.cross"],
  ["({ p, target }) => target(p.fsat)", "p.fast"],
  ["function onBar({ p }) { return p . slw; }", "p.slow"],
])("%s is told what it meant: %s", (body, meant) => {
  expect(check(body)).toThrow(/(SERIES|PARAM)_UNKNOWN/);
  try {
    check(body)();
  } catch (error) {
    expect((error as { parts: { fix: string } }).parts.fix).toContain(`did you mean ${meant}?`);
  }
});

test.each([
  "({ series, p }) => series.cross.now + p.fast",
  "({ series }) => Object.keys(series).cros",
  "({ series }) => series.crss?.now",
  "({ series }) => series.volumeOfYesterday.now",
  "({ series }) => { /* series.crss */ return 'series.crss'; } // p.fsat",
  "(bar) => { const series = { crss: 1 }; return series.crss + bar.series.cross.now; }",
  "({ series }) => series.hasOwnProperty('cross')",
  "({ series }) => { const { cross, range: high } = series; return cross; }",
  "({ tip }) => tip.fsat",
])("%s is left alone", (body) => {
  expect(check(body)).not.toThrow();
});

test("a setup that reads a parameter which does not exist is stopped there, with the nearest name", () => {
  const strict = strictParams(plain, { fast: 5, slow: 9 });
  expect(strict["fast"]).toBe(5);
  expect({ ...strict }).toEqual({ fast: 5, slow: 9 });
  expect(() => strict["fsat"]).toThrow('PARAM_UNKNOWN strategy mine reads a parameter "fsat"');
});
