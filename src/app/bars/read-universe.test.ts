import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { wasMember } from "../../domain/membership.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { readUniverse } from "./read-universe.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

function fileOf(text: string): string {
  const path = join(folder.path, "members.csv");
  writeFileSync(path, text);
  return path;
}

const dayOf = (text: string) => Date.parse(text) / dayMs;

test("a symbol is a member from the first day of a stay until the day before its end, and may come back", async () => {
  const members = await readUniverse(
    fileOf("# index\nSymbol;To;From\r\nAAA;2015-03-23;2012-01-01\r\nAAA;;2016-01-04\r\nBBB;20130101;\r\n"),
  );
  const days = [
    "2011-12-31",
    "2012-01-01",
    "2015-03-22",
    "2015-03-23",
    "2016-01-03",
    "2016-01-04",
    "2030-01-01",
  ];
  expect(days.map((day) => wasMember(members, "AAA", dayOf(day)))).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
    true,
  ]);
  expect(wasMember(members, "BBB", dayOf("1990-01-01"))).toBe(true);
  expect(wasMember(members, "CCC", dayOf("2012-06-01"))).toBe(false);
});

test.each([
  ["symbol,from\nAAA,2012-01-01\n", /no column to/],
  ["symbol,from,to\n", /names no member/],
  ["symbol,from,to\nAAA,2012-02-30,\n", /line 2: from cannot be "2012-02-30"/],
  ["symbol,from,to\nAAA,2012-01-02,2012-01-02\n", /line 2: to cannot be/],
  ["symbol,from,to\n,2012-01-02,\n", /line 2: symbol cannot be ""/],
])("%j is refused and the line is named", async (text, message) => {
  await expect(readUniverse(fileOf(text))).rejects.toThrow(message);
});
