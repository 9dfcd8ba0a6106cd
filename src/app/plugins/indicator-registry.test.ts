import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { foldOver, syntheticBars } from "../../../test/indicator-fixtures.ts";
import { KiwiError } from "../../base/errors.ts";
import type { IndicatorDefinition } from "../../domain/indicator.ts";
import { type ParamValue, resolveParams } from "../../domain/params.ts";
import { indicatorNamed, indicators } from "./indicator-registry.ts";

// What every indicator promises, tried on all of them. The bars are a seeded random walk with sessions of 13 bars.
type SourceBars = ReturnType<typeof syntheticBars>;
type Given = Readonly<Record<string, ParamValue>>;

const walk = syntheticBars(1);
const otherWalk = syntheticBars(2);
const sessionBars = 13;

/** Indicators whose level counts from the first bar, so that only their changes can be compared. */
const cumulative = new Set(["obv"]);

function columnsFor(definition: IndicatorDefinition, bars: SourceBars): Float64Array[] {
  const named: Readonly<Record<string, Float64Array>> = {
    ...bars,
    value: bars.close,
    a: bars.close,
    b: bars.open,
  };
  return definition.inputs.map((input) => {
    const column = named[input];
    if (column === undefined) throw new Error(`the contract has no bars for the input "${input}"`);
    return column;
  });
}

function outputsOf(definition: IndicatorDefinition, bars: SourceBars, given: Given = {}): Float64Array[] {
  const params = resolveParams(definition.name, definition.params, given);
  return foldOver(definition, params, columnsFor(definition, bars));
}

function warmupOf(definition: IndicatorDefinition, given: Given = {}): number {
  return definition.warmup(resolveParams(definition.name, definition.params, given));
}

function mapBars(bars: SourceBars, map: (column: Float64Array, name: string) => Float64Array): SourceBars {
  return Object.fromEntries(
    Object.entries(bars).map(([name, column]) => [name, map(column, name)]),
  ) as SourceBars;
}

/** The rows whose value is not the one of the same row in the other column, to the bit. */
function differingRows(column: Float64Array, other: Float64Array): number[] {
  return [...column.keys()].filter((row) => !Object.is(column[row], other[row]));
}

/** The defaults, and every number at the lowest value that it may have. */
function paramSets(definition: IndicatorDefinition): Given[] {
  const lowest = Object.entries(definition.params).flatMap(([name, param]) =>
    param.kind === "int" || param.kind === "float" ? [[name, param.min] as const] : [],
  );
  return [{}, Object.fromEntries(lowest)];
}

describe.each(indicators.map((one) => [one.name, one] as const))("%s", (_, definition) => {
  test("has all of its values from the declared warm-up on and none before", () => {
    for (const given of paramSets(definition)) {
      const warmup = warmupOf(definition, given);
      expect(Number.isInteger(warmup) && warmup >= 0).toBe(true);
      for (const column of outputsOf(definition, walk, given)) {
        expect(column.subarray(0, warmup).every(Number.isNaN)).toBe(true);
        expect(column.subarray(warmup).every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("never looks ahead: cutting the bars short changes no value before the cut", () => {
    const length = warmupOf(definition) + 60;
    const all = outputsOf(definition, walk);
    for (let cut = 1; cut <= length; cut++) {
      const start = outputsOf(
        definition,
        mapBars(walk, (column) => column.slice(0, cut)),
      );
      for (const [index, column] of start.entries()) {
        expect(differingRows(column, all[index]!.subarray(0, cut))).toEqual([]);
      }
    }
  });

  test("keeps its memory to itself: two instances fed in turn do not disturb each other", () => {
    const params = resolveParams(definition.name, definition.params, {});
    const runs = [walk, otherWalk].map((bars) => {
      const out = new Float64Array(definition.outputs.length).fill(Number.NaN);
      return {
        bars: columnsFor(definition, bars),
        next: definition.create(params, out),
        out,
        seen: [] as number[][],
      };
    });
    for (let row = 0; row < walk.close.length; row++) {
      for (const { bars, next, out, seen } of runs) {
        const [a = 0, b = 0, c = 0, d = 0, e = 0] = bars.map((column) => column[row]!);
        out[0] = next(a, b, c, d, e);
        seen.push([...out]);
      }
    }
    for (const [index, bars] of [walk, otherWalk].entries()) {
      for (const [output, column] of outputsOf(definition, bars).entries()) {
        const seen = Float64Array.from(runs[index]!.seen, (row) => row[output]!);
        expect(differingRows(seen, column)).toEqual([]);
      }
    }
  });

  test("has forgotten where it began after warm-up and settling", () => {
    const params = resolveParams(definition.name, definition.params, {});
    const settled = definition.warmup(params) + definition.settling(params);
    const all = outputsOf(definition, walk);
    for (const skipped of [5 * sessionBars, 9 * sessionBars]) {
      const late = outputsOf(
        definition,
        mapBars(walk, (column) => column.slice(skipped)),
      );
      for (const [index, column] of late.entries()) {
        const settledRows = column.subarray(settled);
        expect(settledRows.length).toBeGreaterThan(100);
        const same = all[index]!.subarray(skipped + settled);
        const gap = cumulative.has(definition.name)
          ? largestGap(changes(settledRows), changes(same))
          : largestGap(settledRows, same);
        expect(gap).toBeLessThanOrEqual(0.001 * rangeOf(all[index]!));
      }
    }
  });

  test.each([
    ["flat bars", mapBars(walk, (column, name) => (isPrice(name) ? column.map(() => 0.1) : column))],
    [
      "bars without volume",
      mapBars(walk, (column, name) => (name === "volume" ? column.map(() => 0) : column)),
    ],
    [
      "flat bars after lively ones",
      mapBars(walk, (column, name) => (isPrice(name) ? column.map(flatLater) : column)),
    ],
    [
      "gaps of a thousand times",
      mapBars(walk, (column, name) => (isPrice(name) ? column.map(leaping) : column)),
    ],
  ])("gives a finite number on %s", (_, bars) => {
    for (const column of outputsOf(definition, bars)) {
      expect(column.subarray(warmupOf(definition)).every(Number.isFinite)).toBe(true);
    }
  });

  test("says what it is, by which formula and from which source", () => {
    expect(definition.summary).toMatch(/^\S.+\.$/);
    expect(definition.formula).toMatch(/\S/);
    expect(definition.source).toMatch(/\S/);
    expect(definition.inputs.length).toBeGreaterThan(0);
    expect(new Set(definition.outputs).size).toBe(definition.outputs.length);
    expect(definition.outputs.length).toBeGreaterThan(0);
  });

  test("has parameters whose defaults lie inside their ranges", () => {
    for (const param of Object.values(definition.params)) {
      if (param.kind === "choice") expect(param.options).toContain(param.default);
      if (param.kind !== "int" && param.kind !== "float") continue;
      expect(param.min).toBeLessThanOrEqual(param.default);
      expect(param.default).toBeLessThanOrEqual(param.max);
      expect(param.step).toBeGreaterThan(0);
    }
  });
});

test("every indicator in the folder is registered under the name of its file, in order", async () => {
  const folder = join(import.meta.dirname, "..", "..", "indicators");
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const found: string[] = [];
  for (const file of files) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
    for (const [exported, value] of Object.entries(module)) {
      if (!exported.endsWith("Indicator")) continue;
      expect(indicators).toContain(value);
      expect(`${(value as IndicatorDefinition).name}.ts`).toBe(file);
      found.push((value as IndicatorDefinition).name);
    }
  }
  expect(indicators.map((one) => one.name)).toEqual(found.sort());
});

test("an indicator is found by its name", () => {
  expect(indicatorNamed("sma").name).toBe("sma");
});

test("an unknown name is answered with the nearest one", () => {
  let thrown: unknown;
  try {
    indicatorNamed("bolinger");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(KiwiError);
  const { code, exit, fix } = (thrown as KiwiError).parts;
  expect([code, exit, fix]).toEqual([
    "INDICATOR_UNKNOWN",
    "usage",
    'did you mean "bollinger"?   (kiwi indicators list shows all)',
  ]);
});

function isPrice(name: string): boolean {
  return name === "open" || name === "high" || name === "low" || name === "close";
}

function flatLater(price: number, row: number): number {
  return row < 300 ? price : 0.1;
}

function leaping(price: number, row: number): number {
  return row % 40 < 20 ? price : price * 1000;
}

function changes(column: Float64Array): Float64Array {
  return column.map((value, row) => (row === 0 ? 0 : value - column[row - 1]!));
}

function largestGap(column: Float64Array, other: Float64Array): number {
  return column.reduce((gap, value, row) => Math.max(gap, Math.abs(value - other[row]!)), 0);
}

function rangeOf(column: Float64Array): number {
  const values = column.filter((value) => !Number.isNaN(value));
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
