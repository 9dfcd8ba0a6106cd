import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../../../test/run-kiwi.ts";
import { readCsv } from "../read-csv.ts";
import { parseFileName } from "../file-name.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const nowMs = Date.UTC(2025, 0, 1);
/** Bid open to close, ask open to close of three hours. */
const rows = [
  [10, 12, 9, 11, 10.2, 12.2, 9.4, 11.4],
  [11, 13, 10, 12, 11.4, 13.4, 10.2, 12.2],
  [12, 12.5, 11, 11.5, 12.2, 12.7, 11.2, 11.7],
] as const;
const stamp = (k: number): string => `2024-01-02 0${k}:00`;

async function read(text: string, name = "EURUSD-1h.csv") {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readCsv(path, { nowMs });
}

test.each([
  ["bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close"],
  ["BidOpen,BidHigh,BidLow,BidClose,AskOpen,AskHigh,AskLow,AskClose"],
  ["bid.o,bid.h,bid.l,bid.c,ask.o,ask.h,ask.l,ask.c"],
  ["Open Bid,High Bid,Low Bid,Close Bid,Open Ask,High Ask,Low Ask,Close Ask"],
])("columns %s are bid and ask: prices are their middle, the ask stands beside it", async (names) => {
  const body = rows.map((row, k) => `${stamp(k)},${row.join()},5`).join("\n");
  const { bars, ask, detected } = await read(`time,${names},volume\n${body}\n`);
  expect([...bars.open]).toEqual([10.1, 11.2, 12.1]);
  expect([...bars.low]).toEqual([9.2, 10.1, 11.1]);
  expect([...bars.volume]).toEqual([5, 5, 5]);
  expect(ask).toMatchObject({ symbol: "EURUSD.ask", timeframe: "1h", length: 3 });
  expect([...ask!.open]).toEqual([10.2, 11.4, 12.2]);
  expect(detected.notes.join()).toContain("buys fill at the ask and sells at the bid");
});

test("rows of LEAN have no header: a stamp, then prices and a size of both sides", async () => {
  const lines = rows.map(
    (row, k) => `20240102 0${k}:00,${row.slice(0, 4).join()},0,${row.slice(4).join()},0`,
  );
  const { bars, ask } = await read(`${lines.join("\n")}\n`);
  expect([...bars.close]).toEqual([11.2, 12.1, 11.6]);
  expect([...ask!.close]).toEqual([11.4, 12.2, 11.7]);
});

test("an ask below the bid in many bars is no market", async () => {
  const crossed = rows.map((row, k) => `${stamp(k)},${row.slice(4).join()},${row.slice(0, 4).join()}`);
  const names = "bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close";
  await expect(read(`time,${names}\n${crossed.join("\n")}\n`)).rejects.toThrow("CSV_SIDES_DIFFER");
});

test("a file with one more price per bar than its own is read as before", async () => {
  const body = rows.map((row, k) => `${stamp(k)},${row.slice(0, 4).join()},0.2`).join("\n");
  const { bars, ask } = await read(`time,open,high,low,close,ask\n${body}\n`);
  expect([...bars.open]).toEqual([10, 11, 12]);
  expect(ask).toBeUndefined();
});

test("a name says of which side a file is, and the symbol is without it", () => {
  expect(parseFileName("EURUSD-1h-bid.csv")).toEqual({ symbol: "EURUSD", timeframe: "1h", side: "bid" });
  expect(parseFileName("gbpusd-m1-ASK-2012.csv.gz")).toMatchObject({ symbol: "gbpusd-m1-2012", side: "ask" });
  expect(parseFileName("TASK-1h.csv")).toEqual({ symbol: "TASK", timeframe: "1h" });
  expect(parseFileName("BID-1d.csv")).toEqual({ symbol: "BID", timeframe: "1d" });
});
