import { expect, test } from "vitest";
import type { CsvOptions, CsvReading, QuarantineKind } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const nowMs = Date.parse("2024-01-31");
const header = "date,open,high,low,close,volume\n";

/** Twenty sound daily bars from 2023-01-01 on, so that a bad row or two stay below a tenth. */
const sound = Array.from(
  { length: 20 },
  (_, day) => `${new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10)},10,12,9,11,100\n`,
);

async function read(text: string, options: Partial<CsvOptions> = {}): Promise<CsvReading> {
  return withFile("X.csv", text, (path) => readCsv(path, { nowMs, ...options }));
}

test.each<[QuarantineKind, string, string]>([
  ["columns", "2023-02-01,10,12,9,11", "5 fields where 6 are expected"],
  ["time", "soon,10,12,9,11,100", '"soon" is not a time'],
  ["time", "2023-02-30,10,12,9,11,100", '"2023-02-30" is not a time'],
  ["number", "2023-02-01,10,1o2,9,11,100", 'high "1o2" is not a number'],
  ["nan", "2023-02-01,10,NaN,9,11,100", "high is NaN"],
  ["nan", "2023-02-01,10,12,9,,100", "close is empty"],
  ["infinite", "2023-02-01,10,inf,9,11,100", "high is inf"],
  ["infinite", "2023-02-01,10,1e999,9,11,100", "high 1e999 is beyond every number"],
  ["nonPositive", "2023-02-01,10,12,0,11,100", "low 0 is not above 0"],
  ["nonPositive", "2023-02-01,-10,12,9,11,100", "open -10 is not above 0"],
  ["ohlc", "2023-02-01,10,8,9,9,100", "high 8 is below low 9"],
  ["ohlc", "2023-02-01,13,12,9,11,100", "open 13 is above high 12"],
  ["ohlc", "2023-02-01,10,12,9,8,100", "close 8 is below low 9"],
  ["negativeVolume", "2023-02-01,10,12,9,11,-1", "volume -1 is negative"],
  ["future", "2024-01-31,10,12,9,11,100", "closes 2024-02-01, after the present 2024-01-31"],
  ["duplicate", "2023-01-20,10,12,9,11,101", "line 21 has other values for 2023-01-20"],
])("a row of kind %s is quarantined: %s", async (kind, row, reason) => {
  const { bars, quarantine, rowsRead } = await read(`${header}${sound.join("")}${row}\n`);
  expect(quarantine).toEqual({
    quarantined: 1,
    entries: [{ kind, fate: "quarantined", count: 1, examples: [{ line: 22, text: row, reason }] }],
  });
  expect([bars.length, rowsRead]).toEqual([20, 21]);
});

test("a last line that is cut off is quarantined as truncated, one that is whole is used", async () => {
  const cut = await read(`${header}${sound.join("")}2023-01-21,10,12,9`);
  expect(cut.bars.length).toBe(20);
  expect(cut.quarantine.entries).toMatchObject([{ kind: "truncated", count: 1 }]);
  const whole = await read(`${header}${sound.join("")}2023-01-21,10,12,9,11,100`);
  expect(whole.bars.length).toBe(21);
});

test("a second copy of a row is dropped and counted, not quarantined", async () => {
  const { bars, quarantine } = await read(header + sound.join("") + sound[19]);
  expect(bars.length).toBe(20);
  const examples = [{ line: 22, text: sound[19]!.trim(), reason: "a copy of line 21" }];
  expect(quarantine).toEqual({
    quarantined: 0,
    entries: [{ kind: "identical", fate: "dropped", count: 1, examples }],
  });
});

test("rows out of order are sorted and counted", async () => {
  const [first, second, third, ...others] = sound;
  const { bars, quarantine } = await read(`${header}${first}${third}${second}${others.join("")}`);
  const inOrder = await read(header + sound.join(""));
  expect(bars.closeTimeMs).toEqual(inOrder.bars.closeTimeMs);
  const [entry] = quarantine.entries;
  expect(entry).toMatchObject({ kind: "disorder", fate: "kept", count: 1 });
  expect(entry!.examples).toEqual([
    { line: 4, text: second!.trim(), reason: "2023-01-02 comes after 2023-01-03" },
  ]);
});

test("no more than five examples are kept of a kind", async () => {
  const bad = Array.from({ length: 7 }, () => "soon,10,12,9,11,100\n").join("");
  const many = Array.from({ length: 4 }, (_, year) =>
    sound.join("").replaceAll("2023-", `20${10 + year}-`),
  ).join("");
  const { quarantine } = await read(header + many + bad);
  expect(quarantine.quarantined).toBe(7);
  expect(quarantine.entries[0]!.examples).toHaveLength(5);
});

test("rounding of a column by itself is no violation", async () => {
  const { quarantine } = await read(`${header}${sound.join("")}2023-01-21,10,12,9,12.000000001,100\n`);
  expect(quarantine.quarantined).toBe(0);
});

test("an empty volume means that the source has none", async () => {
  const { bars, quarantine } = await read(`${header}${sound.join("")}2023-01-21,10,12,9,11,\n`);
  expect(quarantine.quarantined).toBe(0);
  expect(bars.volume[20]).toBe(0);
});

test("the range keeps closes from its first instant to before its last", async () => {
  const fromMs = Date.parse("2023-01-03");
  const toMs = Date.parse("2023-01-05");
  const { bars, rowsRead } = await read(header + sound.join(""), { fromMs, toMs });
  expect([...bars.closeTimeMs]).toEqual([fromMs, fromMs + 86_400_000]);
  expect(rowsRead).toBe(20);
});

test("a bar is not used before it has closed", async () => {
  const { bars } = await read(header + sound.join(""), { nowMs: Date.parse("2023-01-19T12:00Z") });
  expect(bars.closeTimeMs.at(-1)).toBe(Date.parse("2023-01-19"));
});
