import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const kiwi = (...args: readonly string[]) => runKiwi(folder, args);

/** Days of 2024 whose prices go up and down a little; each `bad` row has a high below its low. */
function writeDays(name: string, days: number, bad: readonly number[] = [], stepDays = 1): void {
  const rows = Array.from({ length: days }, (_, day) => {
    const price = 100 + Math.sin(day);
    const high = bad.includes(day) ? price - 5 : price + 2;
    return `${new Date(Date.UTC(2024, 0, 1 + day * stepDays)).toISOString()},${price},${high},${price - 2},${price + 0.5},10`;
  });
  mkdirSync(join(folder, "prices"), { recursive: true });
  writeFileSync(
    join(folder, "prices", name),
    `time,open,high,low,close,volume\n${rows.join("\n")}${rows.length > 0 ? "\n" : ""}`,
  );
}

test("a file that cannot be read is named and does not stop the others", async () => {
  writeDays("AAA-1d.csv", 40);
  writeDays("BBB-1d.csv", 0);
  writeDays("CCC-1d.csv", 40, [7]);
  const { code, out, err } = await kiwi("data", "import", "prices");
  expect(code).toBe(4);
  expect(out).toMatch(/AAA +1d +40 [\s\S]*CCC +1d +39 .* 1 row not used: kiwi data check prices\/CCC-1d.csv/);
  expect(err).toMatch(/^error CSV_NO_ROWS .*BBB-1d\.csv[\s\S]*1 of 3 files could not be imported$/);
  const again = JSON.parse((await kiwi("data", "import", "prices", "--json")).out) as object;
  expect(again).toMatchObject({
    ok: false,
    files: [{ symbol: "AAA", added: 0 }, { symbol: "CCC" }],
    failed: [{ path: "prices/BBB-1d.csv", error: { code: "CSV_NO_ROWS", exit: 4 } }],
  });
  // Alone it is the whole answer.
  expect((await kiwi("data", "import", "prices/BBB-1d.csv")).err).toMatch(/^error CSV_NO_ROWS .*\nwhy/);
});

test("of many series the check shows those that need a look, and all of them in short", async () => {
  for (let index = 0; index < 14; index++) writeDays(`S${index}-1d.csv`, 40, index === 3 ? [5, 6] : []);
  const { out } = await kiwi("data", "check", "prices/S*.csv");
  expect(out.match(/^prices|^\S+\/prices\/S\d+-1d\.csv$/gm)).toHaveLength(1);
  expect(out).toMatch(/14 series, 558 bars: 13 clean, 1 to look at\n/);
  expect(out).toMatch(/not used +2 +1 +rows that no market can have made: S3 1d/);
  await kiwi("data", "import", "prices/S*.csv", "--data-folder", "many");
  const held = await kiwi("data", "check", "--data-folder", "many");
  expect([held.code, held.out]).toEqual([
    0,
    expect.stringMatching(/many\n\n.*S3 1d[\s\S]*14 series, 558 bars: 13 clean, 1 to look at/),
  ]);
});

test("a check of files goes on past one that cannot be read, and takes a symbol in two timeframes", async () => {
  writeDays("AAA-3d.csv", 40, [], 3);
  const { code, out } = await kiwi(
    "data",
    "check",
    "prices/AAA-1d.csv",
    "prices/AAA-3d.csv",
    "prices/BBB-1d.csv",
  );
  expect(code).toBe(5);
  expect(out).toMatch(/symbol +AAA, 1d[\s\S]*symbol +AAA, 3d/);
  expect(out).toMatch(/BBB-1d\.csv\n {2}error +.*has no bars[\s\S]*error +1 +1 +cannot be read: BBB-1d\.csv/);
  const json = await kiwi("data", "check", "prices/AAA-1d.csv", "prices/BBB-1d.csv", "--json");
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    sources: [{ rowsRead: 40 }],
    failed: [{ error: { code: "CSV_NO_ROWS" } }],
  });
});

test("one damaged series hides no other one, and its repair names the folder", async () => {
  await kiwi("data", "import", "prices/AAA-1d.csv", "prices/CCC-1d.csv", "--data-folder", "my data");
  writeFileSync(join(folder, "my data", "bars", "AAA", "1d", "manifest.json"), "garbage");
  const where = ["--data-folder", "my data"];
  const list = await kiwi("data", "list", ...where);
  expect([list.code, list.out]).toEqual([4, expect.stringContaining("CCC     1d")]);
  expect(list.err).toMatch(
    /STORE_DAMAGED .*AAA[\s\S]*fix {3}kiwi data repair AAA -t 1d --data-folder ".*my data"/,
  );
  expect(JSON.parse((await kiwi("data", "list", ...where, "--json")).out)).toMatchObject({
    ok: false,
    series: [{ symbol: "CCC" }],
    damaged: [{ symbol: "AAA", timeframe: "1d", error: { code: "STORE_DAMAGED" } }],
  });
  const check = await kiwi("data", "check", ...where);
  expect([check.code, check.out]).toEqual([
    5,
    expect.stringMatching(
      /AAA 1d\n {2}error[\s\S]*CCC 1d\n {2}source[\s\S]*error +1 +1 +cannot be read: AAA 1d/,
    ),
  ]);
  expect((await kiwi("data", "check", "CCC", ...where)).code).toBe(0);
  expect((await kiwi("data", "export", "CCC", ...where)).code).toBe(0);
  expect((await kiwi("data", "export", "AAA", ...where)).err).toContain("STORE_DAMAGED");
  expect((await kiwi("data", "compact", "CCC", ...where)).out).toBe("compacted 1 series with 39 rows");
  expect((await kiwi("data", "import", "prices/CCC-1d.csv", ...where)).code).toBe(0);
  const run = ["backtest", "sma-cross", "--param", "slow=12", "--report", "none", ...where];
  expect((await kiwi(...run, "-p", "CCC")).err).not.toContain("STORE_DAMAGED");
  expect((await kiwi(...run, "-p", "AAA")).err).toContain("STORE_DAMAGED");
  await kiwi("data", "repair", "AAA", "-t", "1d", ...where);
  expect((await kiwi("data", "list", ...where)).code).toBe(0);
});

test("an export into a folder that is not there says so", async () => {
  await kiwi("data", "import", "prices/AAA-1d.csv");
  const { code, err } = await kiwi("data", "export", "AAA", "--to-file", "not/there/a.csv");
  expect([code, err]).toEqual([2, expect.stringMatching(/FOLDER_NOT_FOUND[\s\S]*mkdir -p .*not\/there/)]);
});

test("a check with nothing to check says how to get something", async () => {
  const empty = temporaryFolder();
  const { code, err } = await runKiwi(empty.path, ["data", "check"]);
  empty.remove();
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/DATA_NONE.*nothing to check[\s\S]*kiwi data download/),
  ]);
});
