import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";
import { withFile } from "../../../test/temporary-csv.ts";
import { dayMs } from "../../base/time.ts";
import { readDelistings } from "./read-universe.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const read = (text: string) => withFile("ends.csv", text, readDelistings);

test("an end is known at the moment that is written, or when the day that is written is over", async () => {
  const ends = await read(
    "Symbol,last_day,known_from\nOLD,2015-03-23,2015-03-01\nOLD,2020-01-31,2020-01-31T18:30Z\n",
  );
  expect(ends.get("OLD")).toEqual([
    { lastDay: Date.UTC(2015, 2, 23) / dayMs, knownFromMs: Date.UTC(2015, 2, 2) },
    { lastDay: Date.UTC(2020, 0, 31) / dayMs, knownFromMs: Date.UTC(2020, 0, 31, 18, 30) },
  ]);
});

test.each([
  ["symbol,last_day\nA,2015-03-23\n", "COLUMNS_MISSING"],
  ["symbol,last_day,known_from\n,2015-03-23,2015-03-23\n", "symbol cannot be"],
  ["symbol,last_day,known_from\nA,2015-02-30,2015-03-23\n", "last_day cannot be"],
  // When it became known is what keeps a run honest: it may not be left out.
  ["symbol,last_day,known_from\nA,2015-03-23,\n", "known_from cannot be"],
  ["symbol,last_day,known_from\n", "DELISTINGS_EMPTY"],
])("%j is refused", async (text, words) => {
  await expect(read(text)).rejects.toThrow(words);
});

test("a holding is closed right after the last session when that was known, and says so; known too late it is closed as before", async () => {
  const data = join(folder.path, "bars");
  mkdirSync(data);
  const bars = (days: number): string =>
    ["time,open,high,low,close,volume"]
      .concat(
        Array.from({ length: days }, (_, k) => {
          const day = new Date(Date.UTC(2024, 0, 1) + k * dayMs).toISOString().slice(0, 10);
          return `${day},${100 + k},${101 + k},${99 + k},${100 + k},1000`;
        }),
      )
      .join("\n");
  writeFileSync(join(data, "LIVE-1d.csv"), bars(40));
  writeFileSync(join(data, "DEAD-1d.csv"), bars(20));
  const warningsWith = async (knownFrom: string | null): Promise<string> => {
    writeFileSync(
      join(folder.path, "ends.csv"),
      `symbol,last_day,known_from\nDEAD,2024-01-20,${knownFrom ?? "2030-01-01"}\n`,
    );
    const args = ["backtest", "buy-and-hold", "--data", "bars", "--report", "json"];
    const { code, out, err } = await runKiwi(folder.path, [...args, "--delistings", "ends.csv"]);
    expect(code, err).toBe(0);
    return `${out} ${err}`.replaceAll(/\s+/g, " ");
  };
  expect(await warningsWith("2024-01-15")).toContain(
    "its data ended on 2024-01-20 with a position open; as announced, it had ceased to trade by 2024-01-21",
  );
  expect(await warningsWith(null)).toContain(
    "after 5 sessions without a bar it was taken for delisted on 2024-01-25",
  );
}, 60_000);
