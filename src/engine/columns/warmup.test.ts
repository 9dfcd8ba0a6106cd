import { expect, test } from "vitest";
import { minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Expr } from "../../domain/expression.ts";
import { ema } from "../../indicators/ema.ts";
import { minus } from "../../indicators/minus.ts";
import { sma } from "../../indicators/sma.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";
import { strategy } from "../../ports/strategy.ts";
import type { ColumnStore } from "./column-store.ts";
import type { Frame } from "./frame.ts";
import { firstRowThatSees, readyRow, warmupOf } from "./warmup.ts";

const always = calendarNamed("24/7");

/** Hour bars of forty days. */
function hours(): BarTable {
  const bars = new BarTable("TEST", "1h");
  for (let k = 1; k <= 960; k++) bars.append(k * 60 * minuteMs, k, k + 1, k - 1, k, 1);
  return bars;
}

/** What an expression needs by frame, and its first row that may be trusted. */
function needsOf(make: (ground: { close: Expr; daily: Expr }) => Expr) {
  const bars = hours();
  let made: Expr | null = null;
  const maker = strategy({
    name: "maker",
    summary: "For this test.",
    params: {},
    setup: ({ bars: { close }, tf }) => {
      made = make({ close, daily: tf("1d").close });
      return { made };
    },
    onBar: () => undefined,
  });
  const config = runConfigSchema.parse({});
  const ground = layGround([bars], config);
  const session = buildSession({ bars: [bars], strategy: maker, params: {}, config }, ground);
  expect(session.pipeline.instruments[0]!.calendarName).toBe(always.name);
  return {
    needs: [...warmupOf(made!).values()].sort((a, b) => a - b),
    ready: readyRow(made!, ground.stores[0]!),
  };
}

test("an average of ten needs nine rows before its first", () => {
  const { needs, ready } = needsOf(({ close }) => sma(close, 10));
  expect(needs).toEqual([9]);
  expect(ready).toBe(9);
});

test("needs add up along the tree", () => {
  const { needs, ready } = needsOf(({ close }) => sma(sma(close, 10), 5));
  expect(needs).toEqual([13]);
  expect(ready).toBe(13);
});

test("bars of a higher timeframe need none before them, and are seen when the first has closed", () => {
  const { needs, ready } = needsOf(({ close, daily }) => minus(close, daily));
  expect(needs).toEqual([0, 0]);
  expect(ready).toBe(23);
});

test("a row of another frame is seen from the first own row at which it has closed", () => {
  const frame = { visible: Int32Array.of(0, 0, 1) } as unknown as Frame;
  const store = { bars: { length: 3 } } as ColumnStore;
  expect([0, 1, 2].map((row) => firstRowThatSees(frame, row, store))).toEqual([0, 2, Infinity]);
});

test("what settles slowly is trusted later than it is defined", () => {
  const { ready } = needsOf(({ close }) => ema(close, 10));
  expect(ready).toBeGreaterThan(9);
});

test("rows of a higher timeframe are counted in that timeframe, and trusted when its bar has closed", () => {
  const { needs, ready } = needsOf(({ close, daily }) => minus(close, sma(daily, 10)));
  expect(needs).toEqual([0, 9]);
  // The tenth day closes with the 240th hour, which is row 239.
  expect(ready).toBe(239);
});

test("what is made of a higher average in the bars below counts from where that average is seen", () => {
  const { needs, ready } = needsOf(({ close, daily }) => sma(minus(close, sma(daily, 10)), 3));
  expect(needs).toEqual([2, 9]);
  expect(ready).toBe(239 + 2);
});
