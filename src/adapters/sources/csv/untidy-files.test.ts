import { expect, test } from "vitest";
import { withFile } from "../../../../test/temporary-csv.ts";
import { readCsv } from "./read-csv.ts";

const nowMs = Date.parse("2026-01-01");
const header = "time,open,high,low,close,volume";
const first = "2024-01-02 14:30,1000,1100.5,990,1000,5000";
const second = "2024-01-02 14:31,1000,1200.5,990,1100,1234567";

/** What stands in two minutes. */
async function read(text: string | Uint8Array): Promise<unknown> {
  const { bars, quarantine } = await withFile("X.csv", text, (path) => readCsv(path, { nowMs }));
  const { closeTimeMs, high, close, volume, length, timeframe } = bars;
  return {
    length,
    timeframe,
    lastMs: closeTimeMs[1],
    high: [...high],
    close: close[1],
    volume: volume[1],
    left: quarantine.quarantined,
  };
}

const right = {
  length: 2,
  timeframe: "1m",
  lastMs: Date.parse("2024-01-02T14:32Z"),
  high: [1100.5, 1200.5],
  close: 1100,
  volume: 1234567,
  left: 0,
};

test.each([
  ["lines that end with a carriage return alone", [header, first, second, ""].join("\r")],
  ["the header again in the middle", [header, first, header, second, ""].join("\n")],
  [
    "a header behind a #, and a remark between the rows",
    [`#${header}`, first, "# a remark, with, five, more, fields, in it", second].join("\n"),
  ],
  ["empty fields at the end", [header, first, second, ",,,,,", " ", ""].join("\r\n")],
  ["a comma behind every line", [header, first, second].map((line) => `${line},`).join("\n")],
  [
    "groups of India",
    `${header}\n2024-01-02 14:30,"1,000","1,100.5",990,"1,000","5,000"\n2024-01-02 14:31,"1,000","1,200.5",990,"1,100","12,34,567"\n`,
  ],
  [
    "spaces between thousands",
    `${header.replaceAll(",", ";")}\n2024-01-02 14:30;1 000;1 100,5;990;1 000;5 000\n2024-01-02 14:31;1 000;1\u202f200,5;990;1\u00a0100;1 234 567\n`,
  ],
  [
    "apostrophes between thousands",
    `${header.replaceAll(",", ";")}\n2024-01-02 14:30;1'000;1'100.5;990;1'000;5'000\n2024-01-02 14:31;1'000;1’200.5;990;1'100;1'234'567\n`,
  ],
  [
    "two bytes a letter and tabs",
    Buffer.from(`\uFEFF${[header, first, second].join("\r\n").replaceAll(",", "\t")}\r\n`, "utf16le"),
  ],
  [
    "German names of Investing.com",
    "\uFEFF" +
      `"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"\n"02.01.2024 14:30","1.000,00","1.000,00","1.100,50","990,00","5.000","0,1%"\n"02.01.2024 14:31","1.100,00","1.000,00","1.200,50","990,00","1.234.567","0,1%"\n`,
  ],
  [
    "a currency at every price",
    `${header.replaceAll(",", ";")}\n2024-01-02 14:30;1000 €;€1.100,50;990,00 EUR;1000;5000\n2024-01-02 14:31;£1000;1.200,50;EUR 990;1.100,00 €;1.234.567\n`,
  ],
  [
    "Turkish names",
    `Tarih;Şimdi;Açılış;Yüksek;Düşük;Hac.\n02.01.2024 14:30;1000;1000;1100,5;990;5000\n02.01.2024 14:31;1100;1000;1200,5;990;1234567\n`,
  ],
  [
    "Nordic exchanges",
    `sep=;\nDate;Bid;Ask;Opening price;High price;Low price;Closing price;Average price;Total volume;Turnover;\n2024-01-02 14:30;1;1;1000;1100,5;990;1000;1000;5000;1;\n2024-01-02 14:31;1;1;1000;1200,5;990;1100;1000;1234567;1;\n`,
  ],
])("a file with %s is read", async (_which, text) => {
  expect(await read(text)).toEqual(right);
});

test("lines that are no rows are counted and said", async () => {
  const text = [header, first, header, "# remark", second].join("\n");
  const { detected, rowsRead } = await withFile("X.csv", text, (path) => readCsv(path, { nowMs }));
  expect(rowsRead).toBe(2);
  expect(detected.notes.join()).toContain("2 lines between the rows are none");
});

test("hours that are numbered from 1 to 24 are the hours that end then", async () => {
  const rows = Array.from(
    { length: 48 },
    (_, k) => `2024-01-0${k < 24 ? 1 : 2},${(k % 24) + 1},10,12,9,11,5\n`,
  );
  const text = `date,hour,open,high,low,close,volume\n${rows.join("")}`;
  const { bars } = await withFile("X.csv", text, (path) => readCsv(path, { nowMs }));
  expect(bars).toMatchObject({ timeframe: "1h", length: 48 });
  expect([bars.closeTimeMs[0], bars.closeTimeMs[47]]).toEqual([
    Date.parse("2024-01-01T01:00Z"),
    Date.parse("2024-01-03T00:00Z"),
  ]);
});

test("a volume of -1 is none, also where others are known", async () => {
  const rows = Array.from(
    { length: 8 },
    (_, k) => `2024-01-02 14:3${k},10,12,9,11,${k % 3 === 0 ? -1 : 5}\n`,
  );
  const text = `${header}\n${rows.join("")}`;
  const { bars } = await withFile("X.csv", text, (path) => readCsv(path, { nowMs }));
  expect([...bars.volume]).toEqual([0, 5, 5, 0, 5, 5, 0, 5]);
});

test("prices that may be thousands or decimals are asked about", async () => {
  const prices = '"100,250","101,000","99,000","100,500"';
  const text = `${header}\n2024-01-02 14:30,${prices},5\n2024-01-02 14:31,${prices},5\n`;
  const { detected } = await withFile("X.csv", text, (path) => readCsv(path, { nowMs }));
  expect(detected.notes.join()).toContain("if they are decimal signs");
});
