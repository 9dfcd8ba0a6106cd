import { expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import type { CsvOptions, CsvReading } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const nowMs = Date.parse("2026-01-01");

async function read(
  name: string,
  text: string | Uint8Array,
  options: Partial<CsvOptions> = {},
): Promise<CsvReading> {
  return withFile(name, text, (path) => readCsv(path, { nowMs, ...options }));
}

/** Rows as `close time open high low close volume`, for comparing formats with each other. */
function rowsOf({ bars }: CsvReading): string[] {
  return Array.from(bars.closeTimeMs, (time, row) =>
    [
      new Date(time).toISOString().slice(0, 16),
      bars.open[row],
      bars.high[row],
      bars.low[row],
      bars.close[row],
      bars.volume[row],
    ].join(" "),
  );
}

/** Two hourly bars that open 22:00 and 23:00 on 17 May 2010; most formats below say the same. */
const hourly = ["2010-05-17T23:00 1.25 1.5 1 1.375 10", "2010-05-18T00:00 1.375 2 1.25 1.75 20"];

test.each([
  [
    "plain",
    "timestamp_ms_utc,open,high,low,close,volume\n1274133600000,1.25,1.5,1,1.375,10\n1274137200000,1.375,2,1.25,1.75,20\n",
  ],
  [
    "no newline at the end, CRLF",
    "time,open,high,low,close,volume\r\n1274133600,1.25,1.5,1,1.375,10\r\n1274137200,1.375,2,1.25,1.75,20",
  ],
  [
    "other names, order and case",
    "VOL,Low,C,Date,HIGH,Open Price\n10,1,1.375,2010-05-17 22:00,1.5,1.25\n20,1.25,1.75,2010-05-17 23:00,2,1.375\n",
  ],
  [
    "byte order mark and blank lines",
    "\uFEFFdate,open,high,low,close,volume\n\n2010-05-17T22:00Z,1.25,1.5,1,1.375,10\n\n2010-05-17T23:00Z,1.375,2,1.25,1.75,20\n\n",
  ],
  [
    "pandas index without a name",
    ",Open,High,Low,Close,Volume\n2010-05-17 22:00:00,1.25,1.5,1,1.375,10\n2010-05-17 23:00:00,1.375,2,1.25,1.75,20\n",
  ],
  [
    "MetaTrader 5",
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2010.05.17\t22:00:00\t1.25\t1.5\t1\t1.375\t10\t0\t3\n2010.05.17\t23:00:00\t1.375\t2\t1.25\t1.75\t20\t0\t3\n",
  ],
  [
    "MetaTrader 4 without header",
    "2010.05.17,22:00,1.25,1.5,1,1.375,10\n2010.05.17,23:00,1.375,2,1.25,1.75,20\n",
  ],
  ["HistData", "20100517 220000;1.25;1.5;1;1.375;10\n20100517 230000;1.375;2;1.25;1.75;20\n"],
  [
    "decimal commas",
    "Datum;Open;High;Low;Close;Volume\n".replace("Datum", "Date") +
      "17.05.2010 22:00;1,25;1,5;1;1,375;10\n17.05.2010 23:00;1,375;2;1,25;1,75;20\n",
  ],
  [
    "pipes and padding",
    "time | open | high | low | close | volume\n2010-05-17 22:00 | 1.25 | 1.5 | 1 | 1.375 | 10\n2010-05-17 23:00 | 1.375 | 2 | 1.25 | 1.75 | 20\n",
  ],
  [
    "spaces",
    "date time open high low close volume\n2010-05-17 22:00   1.25 1.5 1 1.375 10\n2010-05-17 23:00   1.375 2 1.25 1.75 20\n",
  ],
  [
    "quotes, currency and thousands",
    '"Date","Close/Last","Open","High","Low","Volume"\n"05/17/2010 22:00","$1.375","$1.25","$1.5","1.0","10"\n"05/17/2010 23:00","1.75","1.375","2","1.25","20"\n',
  ],
  [
    "Binance archive without header",
    "1274133600000,1.25,1.5,1,1.375,10,1274137199999,12,3,4,5,0\n1274137200000,1.375,2,1.25,1.75,20,1274140799999,12,3,4,5,0\n",
  ],
  [
    "only a close time",
    "close_time,open,high,low,close,volume\n1274137199999,1.25,1.5,1,1.375,10\n1274140799999,1.375,2,1.25,1.75,20\n",
  ],
  [
    "Stooq",
    "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nX,60,20100517,220000,1.25,1.5,1,1.375,10,0\nX,60,20100517,230000,1.375,2,1.25,1.75,20,0\n",
  ],
  [
    "a web address above the header",
    "https://www.example.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n1274133600,2010-05-17 22:00:00,BTC/USD,1.25,1.5,1,1.375,10,99\n1274137200,2010-05-17 23:00:00,BTC/USD,1.375,2,1.25,1.75,20,99\n",
  ],
  [
    "prefixed names",
    "X.Time,X.Open,X.High,X.Low,X.Close,X.Volume\n5/17/2010 22:00,1.25,1.5,1,1.375,10\n5/17/2010 23:00,1.375,2,1.25,1.75,20\n",
  ],
])("reads %s", async (_format, text) => {
  const reading = await read("X.csv", text);
  expect(rowsOf(reading)).toEqual(hourly);
  expect(reading.detected).toMatchObject({ symbol: "X", timeframe: "1h", timeframeSource: "data" });
  expect(reading.quarantine).toEqual({ quarantined: 0, entries: [] });
});

test.each([
  ["gzip", (text: string) => gzipSync(text)],
  ["zip", (text: string) => zipSync({ "X.csv": strToU8(text) })],
  ["UTF-16", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
])("reads %s by its first bytes, whatever its name", async (_packing, pack) => {
  const text =
    "time,open,high,low,close,volume\n1274133600,1.25,1.5,1,1.375,10\n1274137200,1.375,2,1.25,1.75,20\n";
  expect(rowsOf(await read("X-1h.csv", pack(text)))).toEqual(hourly);
});

test("a long file is cut into pieces without losing or changing a row", async () => {
  const lines = Array.from(
    { length: 60_000 },
    (_, row) => `${1_500_000_000 + row * 60},${row + 2},${row + 3},${row + 1},${row + 2}.5,${row}`,
  );
  const text = `time,open,high,low,close,volume\n${lines.join("\n")}\n`;
  for (const content of [text, gzipSync(text)]) {
    const { bars, rowsRead } = await read("X-1m.csv", content);
    expect([bars.length, rowsRead]).toEqual([60_000, 60_000]);
    expect(bars.closeTimeMs.every((time, row) => time === (1_500_000_060 + row * 60) * 1000)).toBe(true);
    expect(bars.close.every((close, row) => close === row + 2.5)).toBe(true);
  }
});

test("the reading says what it took the file for", async () => {
  const text =
    "Date,Time,Open,High,Low,Close,Adj Close\n17/05/2010,22:00,1.25,1.5,1,1.375,1.1\n18/05/2010,22:00,1.375,2,1.25,1.75,1.4\n";
  const { detected } = await read("GOOG.csv", text, { timeZone: "Europe/Berlin" });
  expect(detected).toEqual({
    columns: { Date: "date", Time: "clock", Open: "open", High: "high", Low: "low", Close: "close" },
    delimiter: ",",
    decimal: ".",
    dateFormat: "dd/mm/yyyy hh:mm",
    timeZone: "Europe/Berlin",
    stamp: "open",
    symbol: "GOOG",
    timeframe: "1d",
    timeframeSource: "data",
    hasHeader: true,
    notes: ["columns not used: Adj Close", "no volume column: volume is 0"],
  });
});

test("the adjusted close scales all prices of its row when asked", async () => {
  const text =
    "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-01,10,20,5,16,8,1\n2020-01-02,10,20,5,16,16,1\n";
  expect(rowsOf(await read("X.csv", text, { adjusted: true }))).toEqual([
    "2020-01-02T00:00 5 10 2.5 8 1",
    "2020-01-03T00:00 10 20 5 16 1",
  ]);
});

test("day and month are told apart by a day past 12 anywhere in the file", async () => {
  const header = "date,open,high,low,close\n";
  const ambiguous = Array.from(
    { length: 300 },
    (_, minute) => `3/4/2024 ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")},1,1,1,1\n`,
  );
  const dayFirst = await read("X-1m.csv", `${header}${ambiguous.join("")}13/4/2024 0:00,1,1,1,1\n`);
  expect(rowsOf(dayFirst)[0]).toContain("2024-04-03");
  const monthFirst = await read("X-1m.csv", `${header}${ambiguous.join("")}3/13/2024 0:00,1,1,1,1\n`);
  expect(rowsOf(monthFirst)[0]).toContain("2024-03-04");
  const told = await read("X-1m.csv", header + ambiguous.join(""), { dateFormat: "dd/mm/yyyy" });
  expect(rowsOf(told)[0]).toContain("2024-04-03");
});

test("newest first is turned round without counting as disorder", async () => {
  const reading = await read(
    "X.csv",
    "date,open,high,low,close\n2020-01-03,3,3,3,3\n2020-01-02,2,2,2,2\n2020-01-01,1,1,1,1\n",
  );
  expect([...reading.bars.close]).toEqual([1, 2, 3]);
  expect(reading.quarantine.entries).toEqual([]);
  expect(reading.detected.notes).toContain("the file runs from new to old: it was turned round");
});

test("stamps of a zone with daylight saving become even hours of UTC, and doubtful ones are told", async () => {
  const row = (wall: string): string => `${wall},1,1,1,1\n`;
  const autumn = ["11-03 00:00", "11-03 01:00", "11-03 01:00", "11-03 02:00"].map((wall) =>
    row(`2024-${wall}`),
  );
  const header = "date,open,high,low,close\n";
  const timeZone = "America/New_York";
  const { bars, detected } = await read("X-1h.csv", header + autumn.join(""), { timeZone });
  expect([...bars.closeTimeMs].map((time) => new Date(time).getUTCHours())).toEqual([5, 6, 7, 8]);
  expect(detected.notes.at(-1)).toContain("2 stamps fall in an hour that comes twice in America/New_York");
  const spring = ["03-10 01:00", "03-10 02:00", "03-10 04:00"].map((wall) => row(`2024-${wall}`));
  const skipped = await read("X-1h.csv", header + spring.join(""), { timeZone });
  expect(skipped.detected.notes.at(-1)).toContain("1 stamps fall in an hour that America/New_York skips");
});
