import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import { knownFuture } from "./known-future.ts";
import type { RunTrace } from "./run-trace.ts";

const [bars] = syntheticMarket({
  seed: 6,
  symbols: 1,
  timeframe: "1h",
  bars: 1_500,
  startMs: Date.UTC(2024, 0, 1),
  edge: 0.3,
}).bars;
const { close, high, length, closeTimeMs } = bars!;

/** A run that showed one column and asked for these weights. */
function traceOf(valueAt: (row: number) => number, weightAt: (row: number) => number = () => 1): RunTrace {
  const events = Array.from({ length }, (_, row): DecisionEvent => ({
    timeMs: closeTimeMs[row]!,
    instrument: 0,
    kind: "signal",
    first: weightAt(row),
    second: 0,
    third: 0,
    fourth: 0,
    text: "",
  }));
  const column = {
    key: "shown(close)",
    inputKeys: ["close"],
    isComputed: true,
    name: "shown",
    instrument: 0,
    symbol: "SYN1",
    values: Float64Array.from({ length }, (_, row) => valueAt(row)),
  };
  const account = { length: 0, timeMs: new Float64Array(0), equity: new Float64Array(0) };
  const rest = { account, decisionsHash: "", marketOrders: new Map(), failure: null };
  return { columns: [column], decided: [bars!], events, ...rest };
}

const next = (row: number, count = 1) =>
  row + count < length ? Math.log(close[row + count]! / close[row]!) : 0;
const kindsOf = (trace: RunTrace) => knownFuture(trace).map(({ kind, culprit }) => `${kind} ${culprit}`);

test("a copy of a field of the next bar is named, whichever field", () => {
  expect(kindsOf(traceOf((row) => close[row + 1] ?? 0))).toEqual(["copy shown"]);
  expect(kindsOf(traceOf((row) => high[row + 1] ?? 0))).toEqual(["copy shown"]);
});

test("labels are named: a scaled return to come, its sign, a level moved by it", () => {
  expect(kindsOf(traceOf((row) => 5 - 300 * next(row, 5)))).toEqual(["copy shown"]);
  expect(kindsOf(traceOf((row) => Math.sign(next(row))))).toEqual(["copy shown"]);
  expect(kindsOf(traceOf((row) => close[row]! * (1 + next(row, 2))))).toEqual(["copy shown"]);
});

test("weights that are right about nearly every next bar are named", () => {
  expect(
    kindsOf(
      traceOf(
        () => 1,
        (row) => Math.sign(next(row)),
      ),
    ),
  ).toEqual(["copy target"]);
});

test("weights that are right about the next twelve bars are named, asked for at every bar or every twelfth", () => {
  const ahead = (row: number) => Math.sign(next(row, 12));
  expect(kindsOf(traceOf(() => 1, ahead))).toEqual(["copy target"]);
  expect(
    kindsOf(
      traceOf(
        () => 1,
        (row) => ahead(row - (row % 12)),
      ),
    ),
  ).toEqual(["copy target"]);
  expect(
    kindsOf(
      traceOf(
        () => 1,
        (row) => Math.max(0, Math.sign(next(row - (row % 6), 6))),
      ),
    ),
  ).toEqual(["copy target"]);
});

test("a scaled return of the next day is named", () => {
  expect(kindsOf(traceOf((row) => 3 + next(row, 24)))).toEqual(["copy shown"]);
});

test("holding from the lowest close on is luck, and so is being right about a few turns", () => {
  let lowest = 0;
  for (let row = 0; row < length; row++) if (close[row]! < close[lowest]!) lowest = row;
  expect(
    kindsOf(
      traceOf(
        () => 1,
        (row) => (row < lowest ? -1 : 1),
      ),
    ),
  ).toEqual([]);
  expect(
    kindsOf(
      traceOf(
        () => 1,
        (row) => (row < 300 ? Math.sign(next(row - (row % 24), 24)) : 0),
      ),
    ),
  ).toEqual([]);
});

test("what the past can know is not named, not even where a large edge is planted", () => {
  const before = (row: number, count: number) => Math.log(close[row]! / close[Math.max(0, row - count)]!);
  expect(kindsOf(traceOf((row) => close[row]!))).toEqual([]);
  expect(kindsOf(traceOf((row) => close[Math.max(0, row - 1)]!))).toEqual([]);
  expect(kindsOf(traceOf((row) => row))).toEqual([]);
  expect(
    kindsOf(
      traceOf(
        (row) => before(row, 5),
        (row) => Math.sign(before(row, 5)),
      ),
    ),
  ).toEqual([]);
});
