import { expect, test } from "vitest";
import { handBars, perform, type HandBar } from "../../test/strategy-harness.ts";
import { template } from "./template.ts";

/*
 * A rise of 1 an hour, long enough for every average to settle; then a fall of 9 in five hours. Row 244 closes near the
 * lower band, row 245 has a higher low (330.5 above 330) and closes below the middle (332.8).
 */
const rise = Array.from({ length: 240 }, (_, row) => 100 + row);
const dip: readonly HandBar[] = [338, 336, 334, 332, [332, 332, 330, 330], [331, 333, 330.5, 332]];
const params = { length: 5, trendLength: 5, higher: "4h", adxMin: 0 };
const buys = "245: 1 dip of TEST in an uptrend";

function levels(waiting: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    waiting.map((text) => [
      text.replace(/^\d+: (buy|sell) /, "").replace(/ [\d.]+$/, ""),
      Number(text.split(" ").at(-1)),
    ]),
  );
}

test("it buys a dip in an uptrend, with a stop below and a target above", () => {
  const { signals, fills, waiting } = perform(template, handBars([...rise, ...dip, 333]), params);
  expect(signals).toEqual([buys]);
  expect(fills).toEqual(["246: buy 332"]);
  const { "stop-loss": stop = 0, "take-profit": target = 0 } = levels(waiting);
  // 2.5 and 5 average true ranges from the close of 332.
  expect((target - 332) / (332 - stop)).toBeCloseTo(2, 5);
  expect(stop).toBeLessThan(332);
});

test("the take-profit ends the position and takes the stop away", () => {
  const { fills, trades } = perform(template, handBars([...rise, ...dip, 333, 340, 341, 341]), params);
  expect(fills).toHaveLength(2);
  expect(trades.map(({ exitReason }) => exitReason)).toEqual(["take-profit"]);
});

test("an entry with a limit waits below the close, one with a stop above it", () => {
  const fall = handBars([...rise, ...dip, 333]);
  const limit = perform(template, fall, { ...params, entry: "limit" });
  const stop = perform(template, fall, { ...params, entry: "stop" });
  expect(levels(limit.waiting)["dip of TEST in an uptrend"]).toBeLessThan(332);
  expect(limit.fills).toEqual([]);
  const trigger = levels(stop.waiting)["dip of TEST in an uptrend"]!;
  expect(trigger).toBeGreaterThan(332);
  expect(stop.fills).toEqual([`246: buy ${trigger}`]);
});

test("an entry that is never filled is withdrawn after four bars", () => {
  const bars = handBars([...rise, ...dip, 332, 332, 332, 332, 320, 320]);
  const { signals, fills } = perform(template, bars, { ...params, entry: "limit" });
  expect(signals).toEqual([buys, "249: 0 stopped out, or the entry was never filled"]);
  expect(fills).toEqual([]);
});

test("a trailing stop is sent in place of the standing one", () => {
  const { waiting } = perform(template, handBars([...rise, ...dip, 333]), { ...params, trailing: true });
  expect(waiting[0]).toMatch(/^245: sell trailing stop/);
});

test("it does not buy without a trend or without a dip", () => {
  const bars = handBars([...rise, ...dip, 333]);
  expect(perform(template, bars, { ...params, adxMin: 100 }).signals).toEqual([]);
  expect(perform(template, handBars([...rise, 340, 341, 342]), params).signals).toEqual([]);
  // The mirror image falls all the time: its dips are no dips in an uptrend.
  expect(perform(template, handBars([...rise].map((close) => 500 - close)), params).signals).toEqual([]);
});

test("a leader that the run does not have is an error that says so", () => {
  expect(() => perform(template, handBars(rise), { ...params, leader: "SPY" })).toThrow("SYMBOL_UNKNOWN");
});
