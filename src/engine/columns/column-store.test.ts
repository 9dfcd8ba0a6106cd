import { expect, test } from "vitest";
import { barsFrom } from "../../../test/plugin-tools.ts";
import type { KiwiError } from "../../base/errors.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { apply, barSeries, type Expr } from "../../domain/expression.ts";
import { indicator } from "../../domain/indicator.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { minus } from "../../indicators/minus.ts";
import { sma, smaIndicator } from "../../indicators/sma.ts";
import { ColumnStore, endRunOf, type FindBars } from "./column-store.ts";

const calendar = calendarNamed("24/7");
const nobody: FindBars = (symbol) => {
  throw new Error(`no bars of ${symbol}`);
};

/** Bars of this length whose closes are their numbers, from 1 on. */
function counting(count: number, timeframe: Timeframe = "1h", stepMs = hourMs, symbol = "TEST"): BarTable {
  const bars = new BarTable(symbol, timeframe);
  for (let k = 1; k <= count; k++) bars.append(k * stepMs, k, k, k, k, 1);
  return bars;
}

function storeOver(bars: Bars, find: FindBars = nobody): ColumnStore {
  return new ColumnStore(bars, calendar, find);
}

function valuesOf(store: ColumnStore, expression: Expr, rows = store.bars.length): readonly number[] {
  return [...store.column(expression).values.subarray(0, rows)];
}

const { close, session } = barSeries();
const none = Number.NaN;

test("columns grow with the bars: fields, constants, sessions, folds and what is seen of higher bars", () => {
  const bars = counting(0);
  const store = storeOver(bars);
  const daily = barSeries("1d").close;
  const columns = [
    store.column(close),
    store.column(minus(close, 2)),
    store.column(session),
    store.column(minus(close, daily)),
  ];
  for (let k = 1; k <= 50; k++) {
    bars.append(k * hourMs, k, k, k, k, 1);
    for (const column of columns) column.extend();
  }
  const hours = Array.from({ length: 50 }, (_, k) => k + 1);
  expect(valuesOf(store, close)).toEqual(hours);
  expect(valuesOf(store, minus(close, 2))).toEqual(hours.map((k) => k - 2));
  // The hour that ends a day belongs to it.
  expect(valuesOf(store, session)).toEqual(hours.map((k) => Math.ceil(k / 24) - 1));
  const seen = (k: number): number => (k < 24 ? none : k < 48 ? 24 : 48);
  expect(valuesOf(store, minus(close, daily))).toEqual(hours.map((k) => k - seen(k)));
  expect(columns[0]).toBe(store.column(close));
});

test("a number stands on every row of its frame", () => {
  const store = storeOver(counting(50));
  const daily = barSeries("1d").close;
  const doubled = minus(daily, 1);
  expect([...store.column(doubled).values.subarray(0, 2)]).toEqual([23, 47]);
  expect(store.column(doubled).values).toHaveLength(2);
});

test("equal outputs of one fold are folded once, and others share it", () => {
  const store = storeOver(counting(10));
  expect(store.column(sma(close, 3))).toBe(store.column(sma(close, 3)));
  expect(store.column(sma(close, 3))).not.toBe(store.column(sma(close, 4)));
  expect(valuesOf(store, sma(close, 3)).slice(1, 4)).toEqual([none, 2, 3]);
  expect(valuesOf(store, sma(close, 4)).slice(2, 5)).toEqual([none, 2.5, 3.5]);
});

test("outputs of one indicator are made by one fold", () => {
  let made = 0;
  const pair = indicator({
    name: "pair",
    summary: "For this test.",
    formula: "",
    source: "",
    inputs: ["value"],
    outputs: ["same", "double"],
    params: {},
    warmup: () => 0,
    create(_params, out) {
      made += 1;
      return (value) => (out[1] = 2 * value) / 2;
    },
  });
  const store = storeOver(counting(3));
  expect(valuesOf(store, apply(pair, [close], {}, 0))).toEqual([1, 2, 3]);
  expect(valuesOf(store, apply(pair, [close], {}, 1))).toEqual([2, 4, 6]);
  expect(made).toBe(1);
});

test("a name stands for one fold, wherever it comes up in an expression", () => {
  const usurper = { ...smaIndicator, create: () => (value: number) => value };
  const over = (definition: typeof smaIndicator, input: Expr): Expr =>
    apply(definition, [input], { length: 3 });
  for (const made of [
    (definition: typeof smaIndicator) => over(definition, close),
    (definition: typeof smaIndicator) => minus(close, over(definition, close)),
    (definition: typeof smaIndicator) => minus(close, over(definition, barSeries("1d").close)),
  ]) {
    const store = storeOver(counting(30));
    store.column(sma(close, 3));
    expect(() => store.column(made(usurper))).toThrow("INDICATOR_NAME_TAKEN");
    // Also where the column of that name is there, and none would be made.
    const filled = storeOver(counting(30));
    filled.column(made(smaIndicator));
    expect(() => filled.column(made(usurper))).toThrow("INDICATOR_NAME_TAKEN");
  }
  // The same fold with another warm-up is the same indicator.
  const store = storeOver(counting(10));
  store.column(sma(close, 3));
  const slower = { ...smaIndicator, warmup: () => 7 };
  expect(valuesOf(store, apply(slower, [close], { length: 4 }))[3]).toBe(2.5);
});

test("a column that was taken over is used as it is, and one that there was already stays", () => {
  const store = storeOver(counting(3));
  const mean = sma(close, 2);
  store.adopt(mean.key, Float64Array.of(7, 8, 9));
  expect(valuesOf(store, mean)).toEqual([7, 8, 9]);
  store.adopt(mean.key, Float64Array.of(1, 1, 1));
  expect(valuesOf(store, mean)).toEqual([7, 8, 9]);
  store.release(mean.key);
  expect(valuesOf(store, mean)).toEqual([none, 1.5, 2.5]);
  // What is folded here was not taken over: nothing is given back.
  const own = store.column(mean);
  store.release(mean.key);
  store.release("unheard of");
  expect(store.column(mean)).toBe(own);
});

test("several symbols share the bytes that columns may take, and without a word there is room for many", () => {
  const stores = [storeOver(counting(100)), storeOver(counting(100))];
  const held = (): readonly number[] =>
    stores.map((store) => [2, 3, 4].filter((length) => store.all.has(sma(close, length).key)).length);
  for (const store of stores) for (const length of [2, 3, 4]) store.column(sma(close, length));
  endRunOf(stores);
  expect(held()).toEqual([3, 3]);
  endRunOf(stores, 4 * 100 * 8);
  expect(held()).toEqual([2, 2]);
  endRunOf(stores, 4 * 100 * 8 - 1);
  expect(held()).toEqual([1, 1]);
});

test("numbers and what is seen of other bars are let go of as folds are, and come back", () => {
  const store = storeOver(counting(30));
  const difference = minus(close, barSeries("1d").close);
  const before = valuesOf(store, difference);
  store.column(minus(close, 5));
  const keys = [...store.all.keys()];
  store.endRun(0);
  expect(keys.length - store.all.size).toBe(4);
  expect(valuesOf(store, difference)).toEqual(before);
  // What is used is held, whoever used it first: five rows of bytes are those of the last.
  store.column(minus(close, 5));
  store.endRun(30 * 8);
  expect(store.all.has(minus(close, 5).key)).toBe(true);
});

test("room that was let go of is used by the next columns of that length, and given back when a run did not need it", () => {
  const store = storeOver(counting(30));
  const first = store.column(sma(close, 2)).values;
  store.endRun(0);
  expect(store.column(sma(close, 3)).values).toBe(first);
  expect(valuesOf(store, sma(close, 3)).slice(1, 4)).toEqual([none, 2, 3]);
  store.endRun(0);
  store.endRun(0);
  expect(store.column(sma(close, 4)).values).not.toBe(first);
});

test.each([
  { own: "1h", wanted: "1h", refused: true },
  { own: "1h", wanted: "30m", refused: true },
  { own: "1h", wanted: "2h", refused: false },
  { own: "2h", wanted: "3h", refused: true },
  { own: "7h", wanted: "1d", refused: false },
  { own: "7h", wanted: "23h", refused: true },
  { own: "1d", wanted: "1w", refused: false },
  { own: "1w", wanted: "1M", refused: false },
] as const)("of $own bars $wanted bars are refused: $refused", ({ own, wanted, refused }) => {
  const store = storeOver(barsFrom([[1, 1, 1, 1]], own));
  const ask = () => store.frame(wanted);
  if (refused) expect(ask).toThrow("TIMEFRAME_NOT_HIGHER");
  else expect(ask().bars.timeframe).toBe(wanted);
});

test("why bars cannot be built is told", () => {
  const why = (own: Timeframe, wanted: Timeframe): unknown => {
    try {
      storeOver(barsFrom([[1, 1, 1, 1]], own)).frame(wanted);
    } catch (error) {
      return (error as KiwiError).parts.why;
    }
    return null;
  };
  expect(why("2h", "3h")).toBe("2h does not divide 3h");
  expect(why("1h", "1h")).toBe("only higher timeframes can be built from lower ones");
});

test("another symbol is asked for by its name, and its bars are those of its file or built of finer ones", () => {
  const asked: string[] = [];
  const find: FindBars = (symbol) => {
    asked.push(symbol);
    const bars = symbol === "SLOW" ? counting(3, "1d", dayMs) : counting(180, "20m", 20 * minuteMs);
    return { bars, calendar };
  };
  const store = storeOver(counting(60), find);
  // Its third bar of twenty minutes ends the first hour.
  expect(valuesOf(store, minus(close, barSeries("FINE@").close), 3)).toEqual([1 - 3, 2 - 6, 3 - 9]);
  expect(store.frame("FINE@").bars.timeframe).toBe("1h");
  expect(store.frame("SLOW@").bars.timeframe).toBe("1d");
  expect(store.frame("FINE@2h").bars.timeframe).toBe("2h");
  expect(() => store.frame("SLOW@2h")).toThrow("TIMEFRAME_NOT_HIGHER");
  // News come as they were published, however fine.
  expect(store.frame("news:@").bars.timeframe).toBe("20m");
  expect(asked).toEqual(["FINE", "SLOW", "FINE", "SLOW", "news:TEST"]);
});
