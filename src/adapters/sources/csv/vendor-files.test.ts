import { expect, test } from "vitest";
import type { CsvOptions, CsvReading } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const nowMs = Date.parse("2026-01-01");

async function read(name: string, text: string, options: Partial<CsvOptions> = {}): Promise<CsvReading> {
  return withFile(name, text, (path) => readCsv(path, { nowMs, ...options }));
}

/** The last row as `close time open high low close volume`. */
function lastOf({ bars }: CsvReading): string {
  const row = bars.length - 1;
  const time = new Date(bars.closeTimeMs[row]!).toISOString().slice(0, 16);
  return [time, bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row]].join(" ");
}

/** Two minutes from 14:30 on 2 January 2024, the opening bell in New York. */
const bell = "2024-01-02T14:32 10 12 9 11 7";

test.each([
  [
    "Polygon",
    "ticker,volume,open,close,high,low,window_start,transactions\nQ,5,10,10,11,9,1704205800000000000,3\nQ,7,10,11,12,9,1704205860000000000,4\n",
  ],
  [
    "Databento",
    "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n2024-01-02T14:30:00.000000000Z,33,1,5,10,11,9,10,5,Q\n2024-01-02T14:31:00.000000000Z,33,1,5,10,12,9,11,7,Q\n",
  ],
  [
    "Databento in whole billionths",
    "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n1704205800000000000,33,1,5,10000000000,11000000000,9000000000,10000000000,5\n1704205860000000000,33,1,5,10000000000,12000000000,9000000000,11000000000,7\n",
  ],
  [
    "CoinAPI",
    "time_period_start;time_period_end;price_open;price_high;price_low;price_close;volume_traded\n2024-01-02T14:30:00Z;2024-01-02T14:31:00Z;10;11;9;10;5\n2024-01-02T14:31:00Z;2024-01-02T14:32:00Z;10;12;9;11;7\n",
  ],
  [
    "Interactive Brokers with the name of a zone",
    "date,open,high,low,close,volume,average,barCount\n20240102 09:30:00 US/Eastern,10,11,9,10,5,10,1\n20240102 09:31:00 US/Eastern,10,12,9,11,7,10,1\n",
  ],
  [
    "a table below lines about it",
    "Security,Q US Equity\nStart Date,1/2/2024\n\nDates,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST,PX_VOLUME\n2024-01-02 14:30,10,11,9,10,5\n2024-01-02 14:31,10,12,9,11,7\n",
  ],
  [
    "Interactive Brokers with a dash, which is UTC",
    "date,open,high,low,close,volume\n20240102-14:30:00,10,11,9,10,5\n20240102-14:31:00,10,12,9,11,7\n",
  ],
  [
    "names of China in their own order",
    "时间,开盘,收盘,最高,最低,成交量\n2024-01-02 14:30,10,10,11,9,5\n2024-01-02 14:31,10,11,12,9,7\n",
  ],
  [
    "the price of the day before beside the close (NSE)",
    "Date ,OPEN ,HIGH ,LOW ,PREV. CLOSE ,close ,VOLUME \n2024-01-02 14:30,10,11,9,99,10,5\n2024-01-02 14:31,10,12,9,10,11,7\n",
  ],
  [
    "a ticker before the time and no header (ASX, AmiBroker)",
    "Q,2024-01-02 14:30,10,11,9,10,5\nQ,2024-01-02 14:31,10,12,9,11,7\n",
  ],
  [
    "ticker and period before date and time, and no header (MetaStock)",
    "Q.DE,M,2024-01-02,14:30,10,11,9,10,5,0\nQ.DE,M,2024-01-02,14:31,10,12,9,11,7,0\n",
  ],
  [
    "a ticker behind the time and no header (what grep leaves of a file of many symbols)",
    "2024-01-02 14:30,Q,10,11,9,10,5\n2024-01-02 14:31,Q,10,12,9,11,7\n",
  ],
  [
    "the volume of the bar beside that of the day (IQFeed)",
    "Time,High,Low,Open,Close,Total Volume,Period Volume,Num Trades\n2024-01-02 14:30,11,9,10,10,900,5,1\n2024-01-02 14:31,12,9,10,11,907,7,1\n",
  ],
  [
    "shares beside what was paid for them (Frankfurt)",
    "Datum;Zeit;Eröffnung;Schluss;Tageshoch;Tagestief;Umsatz;Umsatz in Stück\n02.01.2024;14:30;10,0;10,0;11,0;9,0;1.234.567,00;5\n02.01.2024;14:31;10,0;11,0;12,0;9,0;1.234.567,00;7\n",
  ],
  [
    "German names",
    "Datum;Zeit;Eröffnung;Hoch;Tief;Schluss;Volumen\n02.01.2024;14:30;10,0;11;9;10;5\n02.01.2024;14:31;10,0;12;9;11,0;7\n",
  ],
])("reads %s", async (_vendor, text) => {
  const reading = await read("Q.csv", text);
  expect(lastOf(reading)).toBe(bell);
  expect(reading.bars).toMatchObject({ length: 2, timeframe: "1m", symbol: "Q" });
});

test.each([
  ["below the fields", "Price,Close,High,Low,Open,Volume\nTicker,BRK-B,BRK-B,BRK-B,BRK-B,BRK-B\nDate,,,,,\n"],
  ["above the fields", "Ticker,BRK-B,BRK-B,BRK-B,BRK-B,BRK-B\nPrice,Close,High,Low,Open,Volume\nDate,,,,,\n"],
])("yfinance's three header lines name ticker and date, with the ticker %s", async (_where, header) => {
  const reading = await read("download.csv", `${header}2024-02-01,11,12,9,10,7\n2024-02-02,11,12,9,10,8\n`);
  expect(reading.rowsRead).toBe(2);
  expect(reading.detected).toMatchObject({ symbol: "BRK-B", timeframe: "1d", columns: { Date: "time" } });
  expect(lastOf(reading)).toBe("2024-02-02T21:00 10 12 9 11 8");
});

test("a volume of -1 is none where most are so, and a broken row where it is alone", async () => {
  const row = (minute: number, volume: number): string =>
    `2024-01-02 14:${String(30 + minute)}:00-05:00,10,12,9,11,${volume}\n`;
  const header = "date,open,high,low,close,volume\n";
  const quotes = await read("X.csv", header + Array.from({ length: 12 }, (_, k) => row(k, -1)).join(""));
  expect([quotes.bars.length, Math.max(...quotes.bars.volume)]).toEqual([12, 0]);
  expect(quotes.detected.notes).toContain("volume -1 means that the source has none: read as 0");
  const trades = await read(
    "X.csv",
    header + Array.from({ length: 12 }, (_, k) => row(k, k === 5 ? -1 : 3)).join(""),
  );
  expect(trades.quarantine.entries).toMatchObject([{ kind: "negativeVolume", count: 1 }]);
});

test.each(["--", "-", "n/a", "NaN"])("a volume written as %s is none", async (volume) => {
  const { bars } = await read(
    "X.csv",
    `Date;Open;High;Low;Close;Volume\n01.02.2024;13,4;13,5;13,3;13,45;${volume}\n02.02.2024;13,4;13,5;13,3;13,45;${volume}\n`,
  );
  expect([bars.length, bars.volume[1], bars.close[1]]).toEqual([2, 0, 13.45]);
});

test.each([
  ["named", "time,symbol,open,high,low,close\n", "(head -n 1 PATH; grep -w B PATH) > B.csv"],
  ["without names", "", "grep -w B PATH > B.csv"],
])("a file of many symbols says how it is split: %s", async (_how, header, command) => {
  const text = `${header}2024-01-02 14:30,A,10,11,9,10\n2024-01-02 14:30,B,10,12,9,11\n`;
  await withFile("all.csv", text, async (path) => {
    const fix = `split it, one file per symbol: ${command.replaceAll("PATH", path)}`;
    await expect(readCsv(path, { nowMs })).rejects.toMatchObject({
      parts: { code: "CSV_MANY_SYMBOLS", fix },
    });
  });
});

test("columns without names in another order are asked for", async () => {
  // Bitfinex: time, open, close, high, low.
  const row = (minute: number) => `${Date.UTC(2024, 0, 2, 14, minute)},10,10.5,12,9,5\n`;
  await expect(read("Q.csv", row(0) + row(1) + row(2))).rejects.toMatchObject({
    parts: { code: "CSV_TOO_BAD", fix: expect.stringContaining("sed -i 1itime,open,close,high,low,volume") },
  });
});

test.each([
  ["closes", ["10:30", "11:30", "12:30", "13:30", "14:30", "15:30", "16:00"], "close"],
  ["the opens", ["09:30", "10:30", "11:30", "12:30", "13:30", "14:30", "15:30"], "open"],
])(
  "hours of a US share that are stamped with their %s close with them and with the session",
  async (_what, clocks, stamp) => {
    const rows = ["01", "02", "05", "06", "07"].flatMap((day) =>
      clocks.map((clock) => `2024-02-${day}T${clock}:00-05:00,10,12,9,11,7\n`),
    );
    const reading = await read("Q.csv", `time,open,high,low,close,volume\n${rows.join("")}`);
    expect(reading.detected).toMatchObject({ timeframe: "1h", stamp });
    const closes = Array.from(reading.bars.closeTimeMs.subarray(0, 7), (ms) =>
      new Date(ms).toISOString().slice(11, 16),
    );
    expect(closes).toEqual(["15:30", "16:30", "17:30", "18:30", "19:30", "20:30", "21:00"]);
  },
);

test("24:00 shows that stamps name the ends of bars", async () => {
  const rows = Array.from({ length: 48 }, (_, k) => {
    const hour = (k % 24) + 1;
    return `2024-03-0${1 + Math.floor(k / 24)},${String(hour).padStart(2, "0")}:00,10,12,9,11,5\n`;
  });
  const text = `date,time,open,high,low,close,volume\n${rows.join("")}`;
  const { bars, detected, quarantine } = await read("POWER.csv", text);
  expect([bars.length, bars.timeframe, detected.stamp, quarantine.quarantined]).toEqual([
    48,
    "1h",
    "close",
    0,
  ]);
  expect([bars.closeTimeMs[0], bars.closeTimeMs[23], bars.closeTimeMs[47]]).toEqual(
    ["2024-03-01T01:00Z", "2024-03-02T00:00Z", "2024-03-03T00:00Z"].map((text) => Date.parse(text)),
  );
});

test("the clock of most currency brokers is a time zone like any other", async () => {
  // Midnight of the broker is 17:00 in New York: 22:00 UTC on the Friday before the clocks change, 21:00 after it.
  const text =
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.03.08\t22:00:00\t1\t1\t1\t1\t9\t0\t5\n2024.03.08\t23:00:00\t1\t1\t1\t1\t9\t0\t5\n2024.03.11\t00:00:00\t1\t1\t1\t1\t9\t0\t5\n2024.03.11\t01:00:00\t1\t1\t1\t1\t9\t0\t5\n";
  const { bars } = await read("EURUSD_H1.csv", text, { timeZone: "America/New_York+7" });
  expect(Array.from(bars.closeTimeMs, (time) => new Date(time).toISOString().slice(0, 13))).toEqual([
    "2024-03-08T21",
    "2024-03-08T22",
    "2024-03-10T22",
    "2024-03-10T23",
  ]);
  expect(bars.calendarName).toBe("24/5");
});

test.each([
  ["SLOW-1h.csv", undefined],
  ["SLOW.csv", "1h"],
  ["SLOW-1m.csv", undefined],
] as const)("%s does not make hours of daily rows", async (name, timeframe) => {
  const rows = Array.from({ length: 20 }, (_, k) => `${Date.UTC(2024, 0, 1 + k)},10,12,9,11,5\n`);
  const text = `time,open,high,low,close,volume\n${rows.join("")}`;
  await expect(read(name, text, { timeframe })).rejects.toThrow(
    /CSV_TIMEFRAME_CONFLICT .*says 1[hm], but no two rows of .* are closer than 1d/,
  );
  expect((await read("SLOW-1d.csv", text)).bars.timeframe).toBe("1d");
});

test("minutes without trades are left out by Kraken, and `_1` in its names means minutes", async () => {
  let second = 1_677_628_800;
  const steps = Array.from({ length: 100 }, (_, k) => [60, 120, 180, 120, 300][k % 5]!);
  const rows = steps.map((step) => `${(second += step)},0.35,0.36,0.34,0.35,10,2\n`);
  const { bars, detected } = await read("FLOWEUR_1.csv", rows.join(""));
  expect([bars.symbol, bars.timeframe, detected.timeframeSource]).toEqual(["FLOWEUR", "1m", "file name"]);
  expect(bars.closeTimeMs[0]).toBe((1_677_628_860 + 60) * 1000);
  // The number may mean something else: then the rows are right.
  const daily = Array.from({ length: 9 }, (_, k) => `${1_677_628_800 + k * 86_400},1,1,1,1,1\n`).join("");
  expect((await read("EXPORT_5.csv", daily)).bars.timeframe).toBe("1d");
});

test("a first line in a language that is not known is refused, and not taken for a row of numbers", async () => {
  const text = "dátum,záró,nyitó,max,min\n2024-01-02,11,10,12,9\n2024-01-03,11,10,12,9\n";
  await expect(read("X.csv", text)).rejects.toThrow(/CSV_HEADER_UNKNOWN .*not understood: dátum/);
  await expect(read("X.csv", text.replace("dátum,záró,nyitó,max,min", "キ,ノ,ウ,ヨ,ウ"))).rejects.toThrow(
    /CSV_HEADER_UNKNOWN .*not understood: キ/,
  );
});

test.each([
  ["English, between quotes", '"12,345.50"', '"1,234"', 12_345.5, 1234],
  ["English, whole", '"12,345"', '"1,234"', 12_345, 1234],
  ["German, between quotes", '"12.345,50"', "7", 12_345.5, 7],
])("thousands are no decimals: %s", async (_style, price, volume, close, shares) => {
  const rows = [2, 3, 4].map((day) => `2024-01-0${day},${price},${price},${price},${price},${volume}\n`);
  const { bars } = await read("X.csv", `Date,Open,High,Low,Close,Volume\n${rows.join("")}`);
  expect([bars.length, bars.close[2], bars.volume[2]]).toEqual([3, close, shares]);
});

/** Rows at some hours (UTC) of each of some weekdays from Tuesday, 2 January 2024. */
function rowsAt(hoursOf: (weekday: number) => readonly number[]): string {
  const rows = Array.from({ length: 60 }, (_, k) => Date.UTC(2024, 0, 2 + k))
    .filter((dayMs) => ![0, 6].includes(new Date(dayMs).getUTCDay()))
    .flatMap((dayMs, k) => hoursOf(k).map((hour) => `${(dayMs + hour * 3_600_000) / 1000},10,12,9,11,5\n`));
  return `time,open,high,low,close,volume\n${rows.join("")}`;
}

test.each([
  ["the close of New York and midnight UTC", "X.csv", () => [0, 21]],
  ["the same under a name that says days", "X-1d.csv", () => [0, 21]],
  ["the bell and midnight UTC", "X.csv", () => [0, 14.5]],
  ["midnight of Berlin and of UTC", "X.csv", () => [0, 23]],
  ["one of the two on every third day", "X.csv", (k: number) => (k % 3 === 0 ? [0, 21] : [21])],
  ["one of the two from some day on", "X.csv", (k: number) => (k > 20 ? [0, 21] : [21])],
] as const)("days of two sources in one file are refused: %s", async (_which, name, hoursOf) => {
  await expect(read(name, rowsAt(hoursOf))).rejects.toThrow(
    /CSV_TWO_IN_ONE .*has two rows a day at two times/,
  );
});

test("two bars a day are read where the session of shares, the user or an even step says so", async () => {
  // 09:30 and 13:30 in New York; 00:00 and 12:00 UTC; 01:00 and 03:30 in the morning, said to be bars of 150 minutes.
  expect(
    (
      await read(
        "X.csv",
        rowsAt(() => [14.5, 18.5]),
      )
    ).bars.timeframe,
  ).toBe("4h");
  expect(
    (
      await read(
        "X.csv",
        rowsAt(() => [0, 12]),
      )
    ).bars,
  ).toMatchObject({ timeframe: "12h", calendarName: "24/5" });
  const morning = rowsAt(() => [1, 3.5]);
  await expect(read("X.csv", morning)).rejects.toThrow(/CSV_TWO_IN_ONE/);
  expect((await read("X.csv", morning, { timeframe: "150m" })).bars.timeframe).toBe("150m");
});
