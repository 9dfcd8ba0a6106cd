import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const source = ["--source", "synthetic"];
function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}
function configure(store: unknown): void {
  writeFileSync(join(folder, "kiwi.config.jsonc"), JSON.stringify({ store }));
}
async function download(from: string, to: string) {
  return kiwi("data", "download", "SYN1", "-t", "1h", ...source, "--from", from, "--to", to);
}

test("bars are kept as CSV files of the newest rows where a configuration says so, and runs read them", async () => {
  configure({ kind: "csv", rowsMax: 200 });
  for (const [from, to] of [
    ["2022-01-01", "2022-01-08"],
    ["2022-01-08", "2022-01-15"],
  ] as const)
    expect((await download(from, to)).code).toBe(0);
  const bars = join(folder, ".kiwi", "data", "bars");
  expect(readdirSync(bars).sort()).toEqual([".kiwi", "SYN1-1h.csv"]);
  expect(readFileSync(join(bars, "SYN1-1h.csv"), "utf8").trimEnd().split("\n")).toHaveLength(201);
  // What retention dropped is not lost, and the folder knows its own form.
  rmSync(join(folder, "kiwi.config.jsonc"));
  const check = await kiwi("data", "check");
  expect([check.code, check.out]).toEqual([0, expect.stringContaining("PASS")]);
  expect((await kiwi("data", "repair", "SYN1", ...source)).code).toBe(0);
  const run = await kiwi("backtest", "sma-cross", "-p", "SYN1", "-t", "1h", "--report", "none", "--json");
  expect(JSON.parse(run.out)).toMatchObject({ ok: true, dataKind: "synthetic" });
  configure({ kind: "parquet" });
  expect((await kiwi("data", "list")).err).toContain("STORE_KIND_DIFFERS");
});

test("where the catalogue is a database of one's own, its place is named and never its password", async () => {
  configure({ catalogue: { env: "MY_CATALOGUE" } });
  expect((await kiwi("data", "list")).err).toMatch(/SECRET_MISSING +the store needs the connection string/);
  const url = "postgres://kiwi:hidden@127.0.0.1:1/kiwi_ai_data";
  const { code, out, err } = await runKiwi(folder, ["data", "list"], { MY_CATALOGUE: url });
  expect(code).not.toBe(0);
  expect(out + err).not.toContain("hidden");
});
