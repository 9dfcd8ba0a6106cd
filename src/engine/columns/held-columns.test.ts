import { expect, test } from "vitest";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { barSeries, timeframeFrame } from "../../domain/expression.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { sma } from "../../indicators/sma.ts";
import { ColumnStore } from "./column-store.ts";

const bars = syntheticMarket({
  seed: 5,
  symbols: 1,
  timeframe: "1h",
  bars: 240,
  startMs: Date.UTC(2024, 0, 1),
}).bars[0]!;
const columnBytes = 240 * Float64Array.BYTES_PER_ELEMENT;

function storeOf(): ColumnStore {
  return new ColumnStore(bars, barCalendar(bars, undefined), () => {
    throw new Error("no other symbol");
  });
}

test("between runs the columns that were used last stay, as many as the bytes allow, and the others come back the same", () => {
  const store = storeOf();
  const { close } = barSeries();
  const first = [5, 6, 7, 8].map((length) => store.column(sma(close, length)).values.slice());
  store.column(sma(close, 5));
  store.endRun(2 * columnBytes);
  const kept = [...store.all.keys()].filter((key) => key.startsWith("sma"));
  expect(kept).toEqual([sma(close, 5).key, sma(close, 8).key]);
  for (const [k, length] of [5, 6, 7, 8].entries())
    expect(store.column(sma(close, length)).values).toEqual(first[k]);
});

test("columns of higher timeframes are let go of as those of the own one are", () => {
  const store = storeOf();
  const { close } = barSeries(timeframeFrame("1d"));
  const wanted = [2, 3, 4].map((length) => store.column(sma(close, length)).values.slice());
  store.endRun(0);
  expect([...store.all.keys()].filter((key) => key.includes("sma"))).toEqual([]);
  for (const [k, length] of [2, 3, 4].entries())
    expect(store.column(sma(close, length)).values).toEqual(wanted[k]);
});

test("a column that was taken over is given back, and folded here when it is asked for again", () => {
  const store = storeOf();
  const mean = sma(barSeries().close, 9);
  const wanted = storeOf().column(mean).values;
  store.adopt(mean.key, wanted);
  expect(store.column(mean).values).toBe(wanted);
  store.release(mean.key);
  expect(store.column(mean).values).not.toBe(wanted);
  expect(store.column(mean).values).toEqual(wanted);
});
