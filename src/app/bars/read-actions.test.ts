import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { readActions } from "./read-actions.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

function fileOf(text: string): string {
  const path = join(folder.path, "actions.csv");
  writeFileSync(path, text);
  return path;
}

test("splits are new shares for one old, as a number or as 2:1; dividends are cash for one share", async () => {
  const text =
    "date,symbol,action,value\n2014-06-09,AAA,split,7:1\n2011-05-09,BBB,split,0.1\n2012-08-09,AAA,dividend,2.65\n";
  expect(await readActions(fileOf(text))).toEqual([
    { symbol: "AAA", day: Date.parse("2014-06-09") / dayMs, kind: "split", ratio: 7 },
    { symbol: "BBB", day: Date.parse("2011-05-09") / dayMs, kind: "split", ratio: 0.1 },
    { symbol: "AAA", day: Date.parse("2012-08-09") / dayMs, kind: "dividend", amount: 2.65 },
  ]);
});

test.each([
  ["symbol,date,action\nAAA,2014-06-09,split\n", /no column value/],
  ["symbol,date,action,value\nAAA,2014-06-31,split,2\n", /line 2: date cannot be/],
  ["symbol,date,action,value\nAAA,2014-06-09,spin-off,2\n", /line 2: action cannot be "spin-off"/],
  ["symbol,date,action,value\nAAA,2014-06-09,split,0\n", /line 2: value cannot be "0"/],
  ["symbol,date,action,value\n,2014-06-09,split,2\n", /line 2: symbol cannot be/],
])("%j is refused and the line is named", async (text, message) => {
  await expect(readActions(fileOf(text))).rejects.toThrow(message);
});
