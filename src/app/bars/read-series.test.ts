import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { readSeries } from "./read-series.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

async function valuesOf(text: string, delayDays?: number): Promise<readonly string[]> {
  const path = join(folder.path, "series.csv");
  writeFileSync(path, text);
  const { closeTimeMs, close, length } = await readSeries("CPI", path, delayDays);
  return Array.from(
    { length },
    (_, row) => `${new Date(closeTimeMs[row]!).toISOString().slice(0, 16)} ${close[row]}`,
  );
}

test("a value is known from its publication on: a day when it is over, a moment at once", async () => {
  expect(
    await valuesOf("date,value,published\n2024-01-31,3.1,2024-02-13\n2024-02-29,3.2,2024-03-12T12:30Z\n"),
  ).toEqual(["2024-02-14T00:00 3.1", "2024-03-12T12:30 3.2"]);
});

test("without a publication column the delay counts from the end of the date, and none is refused", async () => {
  const text = "date,value\n2024-01-01,1\n2024-01-02,.\n2024-01-03,3\n";
  expect(await valuesOf(text, 1)).toEqual(["2024-01-03T00:00 1", "2024-01-05T00:00 3"]);
  await expect(valuesOf(text)).rejects.toThrow(/line 2 does not say when its value became known/);
});

test("a revision replaces its value when it is published, and an older date never replaces a newer one", async () => {
  const text = [
    "date,value,published",
    "2024-01-31,1.0,2024-02-10",
    "2024-01-31,1.1,2024-02-20",
    "2024-02-29,2.0,2024-03-10",
    "2024-01-31,1.2,2024-03-20",
  ];
  expect(await valuesOf(text.join("\n"))).toEqual([
    "2024-02-11T00:00 1",
    "2024-02-21T00:00 1.1",
    "2024-03-11T00:00 2",
  ]);
});

test.each([
  ["date,value\n2024-13-01,1\n", /line 2: date cannot be "2024-13-01"/],
  ["date,value\n2024-01-01,abc\n", /line 2: value cannot be "abc"/],
  ["date,value,published\n2024-01-01,1,soon\n", /line 2: published cannot be "soon"/],
  ["date,value\n", /holds no value/],
  ["day,value\n2024-01-01,1\n", /no column date/],
])("%j is refused and the line is named", async (text, message) => {
  await expect(valuesOf(text, 1)).rejects.toThrow(message);
});
