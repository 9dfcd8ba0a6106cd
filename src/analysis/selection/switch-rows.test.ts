import { expect, test } from "vitest";
import { reportRun } from "../../../test/report-run.ts";
import { EventTable, eventCode } from "../../engine/decision-log/event-table.ts";
import { regimeLabels } from "../../domain/regime.ts";
import { switchRows } from "./switch-rows.ts";

const { bars, instruments, conversions } = reportRun({
  market: { bars: 5, symbols: 1 },
  params: { fast: 2, slow: 3 },
});

test("a change of strategy costs what its own order cost, and nothing where no order was sent", () => {
  const events = new EventTable();
  const order = (timeMs: number) => events.add(timeMs, 0, eventCode.order, 1, Number.NaN, 1, "");
  const fill = (timeMs: number, cost: number) => events.add(timeMs, 0, eventCode.fill, 1, 100, cost, "taker");
  order(10);
  fill(20, 3);
  // The rest of a large order comes a bar later and still belongs to the change.
  fill(30, 2);
  // The strategy's own order, not that of a change.
  order(40);
  fill(50, 7);
  const log = { timeMs: new Float64Array(0), equity: new Float64Array(0), length: 0, events };
  const common = { score: Number.NaN, runnerUp: -1 };
  const selection = {
    regimeName: "r",
    selectorName: "s",
    strategies: ["a", "b"],
    isBlend: false,
    rivals: [],
    laterStarts: [],
    symbols: [
      {
        log: {
          length: 3,
          timeMs: Float64Array.of(10, 35, 60),
          strategy: Int8Array.of(0, 1, -1),
          label: Uint8Array.of(0, 1, 2),
          posterior: new Float32Array(3 * regimeLabels.length),
          switches: [
            { ...common, timeMs: 10, from: -1, to: 0, reason: "first", score: 0.5, runnerUp: 1 },
            { ...common, timeMs: 35, from: 0, to: 1, reason: "second" },
            { ...common, timeMs: 60, from: 1, to: -1, reason: "third" },
          ],
        },
        expectedDwellBars: new Float64Array(3),
        truth: null,
        demotions: [],
      },
    ],
  };
  const symbol = instruments[0]!.symbol;
  const rest = { symbol, score: null, runnerUp: null, cost: 0 };
  expect(switchRows(selection, { bars, instruments, conversions }, log)).toEqual([
    {
      ...rest,
      timeMs: 10,
      regime: "trend-up",
      from: null,
      to: "a",
      runnerUp: "b",
      score: 0.5,
      reason: "first",
      cost: 5,
    },
    { ...rest, timeMs: 35, regime: "trend-down", from: "a", to: "b", reason: "second" },
    { ...rest, timeMs: 60, regime: "sideways", from: "b", to: null, reason: "third" },
  ]);
});
