import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { EventTable, eventCode, type EventKind } from "./event-table.ts";

type Row = readonly [
  timeMs: number,
  instrument: number,
  kind: EventKind,
  first: number,
  second: number,
  third: number,
  text: string,
  fourth?: number,
];

const order: Row = [1_000, 2, "order", 5, 100.5, 7, "cross"];

function tableOf(...rows: readonly Row[]): EventTable {
  const table = new EventTable();
  for (const [timeMs, instrument, kind, first, second, third, text, fourth] of rows)
    table.add(timeMs, instrument, eventCode[kind], first, second, third, text, fourth);
  return table;
}

function hashOf(table: EventTable, from = 0): string {
  const hash = createHash("sha256");
  table.hashInto(hash, from, table.length);
  hash.update(table.hashedTexts());
  return hash.digest("hex");
}

test("what is written is read back, however many rows there are", () => {
  const kinds = Object.keys(eventCode) as EventKind[];
  const rows = Array.from({ length: 600 }, (_, k): Row => {
    return [k, k + 0.5 > 300 ? 1 : 0, kinds[k % kinds.length]!, k + 1, k + 2, k + 3, `text ${k % 7}`, k + 4];
  });
  const table = tableOf(...rows);
  expect(table.length).toBe(600);
  for (const [row, [timeMs, instrument, kind, first, second, third, text, fourth]] of rows.entries())
    expect(table.at(row)).toEqual({ timeMs, instrument, kind, first, second, third, fourth, text });
});

test("events are counted by kind and by text", () => {
  const table = tableOf(order, [1, 0, "refused", 1, 2, 3, "a"], [2, 0, "refused", 1, 2, 3, "b"], order, [
    3,
    0,
    "refused",
    1,
    2,
    3,
    "a",
  ]);
  expect([...table.countsOf("refused")]).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect([table.count("order"), table.count("refused"), table.count("fill")]).toEqual([2, 3, 0]);
});

test("three texts that take turns stay apart", () => {
  const texts = ["a", "b", "c", "a", "c", "b", "b", "a"];
  const table = tableOf(...texts.map((text, k): Row => [k, 0, "order", 1, 2, 3, text]));
  expect(texts.map((_, row) => table.at(row).text)).toEqual(texts);
});

test("each field of a decision changes the hash", () => {
  const usual = hashOf(tableOf(order));
  const others: readonly Row[] = [
    [1_001, 2, "order", 5, 100.5, 7, "cross"],
    [1_000, 3, "order", 5, 100.5, 7, "cross"],
    [1_000, 2, "signal", 5, 100.5, 7, "cross"],
    [1_000, 2, "order", 6, 100.5, 7, "cross"],
    [1_000, 2, "order", 5, 100.4, 7, "cross"],
    [1_000, 2, "order", 5, 100.5, 8, "cross"],
    [1_000, 2, "order", 5, 100.5, 7, "turn"],
  ];
  for (const other of others) expect(hashOf(tableOf(other))).not.toBe(usual);
  expect(hashOf(tableOf(order))).toBe(usual);
  expect(hashOf(tableOf(order, order))).not.toBe(usual);
});

test("what a venue charges and how it words its answers leaves the hash alone, and so do signs of nothing", () => {
  const fill = (cost: number, slippage: number): Row => [1, 0, "fill", 5, 100, cost, "taker", slippage];
  const usual = hashOf(tableOf(order, fill(1, 0), order));
  expect(hashOf(tableOf(order, fill(2, 0.5), order))).toBe(usual);
  const noise: readonly Row[] = [
    [1, 0, "canceled", 1, 2, 3, "why"],
    [1, 0, "rejected", 1, 2, 3, "no"],
    [1, 0, "expired", 1, 2, 3, "late"],
    [1, 0, "charged", 1, 2, 3, "funding"],
  ];
  expect(hashOf(tableOf(...noise, order, ...noise, fill(1, 0), order))).toBe(usual);
  const zero = (first: number): Row => [1, 0, "signal", first, Number.NaN, 0, "flat"];
  expect(hashOf(tableOf(zero(-0)))).toBe(hashOf(tableOf(zero(0))));
});

test("every kind of decision is in the hash", () => {
  const none = hashOf(tableOf());
  for (const kind of ["signal", "order", "refused", "trimmed", "fill", "alarm", "selection"] as const)
    expect(hashOf(tableOf([1, 0, kind, 1, 2, 3, "x"]))).not.toBe(none);
});

test("a later part is hashed alone", () => {
  const other: Row = [0, 9, "order", 1, 1, 1, "cross"];
  // The texts are numbered over the whole table, and are the same here.
  expect(hashOf(tableOf(other, order), 1)).toBe(hashOf(tableOf(order, order), 1));
  expect(hashOf(tableOf(other, order), 0)).not.toBe(hashOf(tableOf(order, order), 0));
});

test("an emptied table is as new", () => {
  const table = tableOf([1, 0, "signal", 1, 2, 3, "before"], order);
  table.reset();
  expect(table.length).toBe(0);
  table.add(1_000, 2, eventCode.order, 5, 100.5, 7, "cross");
  expect(hashOf(table)).toBe(hashOf(tableOf(order)));
  expect(table.at(0).text).toBe("cross");
});
