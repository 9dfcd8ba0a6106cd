import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

// What comes from strangers: words on a command line, names in files, runs that somebody sent.
const { path: folder, remove } = temporaryFolder();
const { path: elsewhere, remove: removeElsewhere } = temporaryFolder();
afterAll(() => {
  remove();
  removeElsewhere();
});

const market = ["--data", "synthetic:bars=300,symbols=1"];
const kiwi = (...args: readonly string[]) => runKiwi(folder, args);
writeFileSync(join(folder, "twice.json"), '{ "fast": 3, "fast": 4 }');
writeFileSync(join(folder, "proto.json"), '{ "__proto__": 3 }');
writeFileSync(join(folder, "proto.jsonc"), '{ "instruments": {\n "__proto__": { "tickSize": 1 } } }');

test.each([
  ["PARAM_UNREADABLE", ["--param", "__proto__=3"]],
  ["PARAM_UNKNOWN", ["--param", "constructor=3"]],
  ["PARAM_TWICE", ["--param", "fast=3", "--param", "fast=4"]],
  ["PARAM_TWICE", ["--params", "twice.json"]],
  ["PARAMS_FILE_UNREADABLE", ["--params", "proto.json"]],
  ["CONFIG_UNKNOWN_KEY", ["--set", "__proto__.seed=1"]],
  ["CONFIG_UNKNOWN_KEY", ["--set", "instruments.__proto__.tickSize=1"]],
  ["CONFIG_UNKNOWN_KEY", ["-c", "proto.jsonc"]],
  ["SET_TWICE", ["--set", "seed=1", "--set", "SEED=2"]],
  ["FLAG_TWICE", ["--cash", "1000", "--cash", "2000"]],
])("%s: %s", async (code, args) => {
  const { code: exit, err } = await kiwi("backtest", "sma-cross", ...market, ...args);
  expect(err).toContain(`error ${code} `);
  expect([2, 3]).toContain(exit);
});

test.each([
  [["config", "show", "--set", "providers.x.baseUrl=https://me:hidden1@host"]],
  [["backtest", "sma-cross", "--data", "postgres://me:hidden2@host/db"]],
  [["data", "download", "A", "--source", "x", "--set", "providers.x.wsUrl=wss://host/?token=hidden3"]],
])("a password in an address is refused and never repeated: %s", async (args) => {
  const { code, out, err } = await kiwi(...args);
  expect([code, err.includes("CONFIG_SECRET")]).toEqual([3, true]);
  expect(out + err).not.toContain("hidden");
});

test("trades.csv holds no formula and the terminal gets no escape sequence, whatever a strategy calls things", async () => {
  writeFileSync(
    join(folder, "evil.ts"),
    String.raw`import { strategy } from "kiwi";
    export default strategy({ name: "evil\u001b[2J", summary: "", params: {}, setup: ({ bars }) => ({ c: bars.close }),
      onBar({ timeMs, target }) { target((timeMs / 3600000) % 4 < 2 ? 1 : 0, { reason: "=HYPERLINK(\"x\")" }); } });`,
  );
  const { code, out } = await kiwi("backtest", "./evil.ts", ...market, "--report", "csv");
  expect(code).toBe(0);
  expect(out).toContain(String.raw`evil\u001b[2J`);
  const path = /^csv +(\S+)/m.exec(out)![1]!;
  const rows = readFileSync(join(folder, path), "utf8").split("\r\n").slice(1, -1);
  expect(rows.length).toBeGreaterThan(10);
  // Every field of text is quoted or plain, and none begins like a formula; numbers stay numbers, also negative ones.
  expect(rows.every((row) => row.includes(`"'=HYPERLINK(""x"")"`))).toBe(true);
  expect(rows.some((row) => /,-\d/.test(row))).toBe(true);
});

test("a result that was changed after it was written is said to be damaged", async () => {
  await kiwi("backtest", "sma-cross", ...market, "--report", "none", "--out", "kept");
  const shown = await kiwi("runs", "show", "last", "--runs", "kept", "--json");
  const { folder: run } = JSON.parse(shown.out) as { folder: string };
  const path = join(run, "result.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/"sharpe": [-\d.]+/, '"sharpe": 9.99'));
  const { code, err } = await kiwi("runs", "show", "last", "--runs", "kept");
  expect([code, err.includes("RUN_DAMAGED"), err.includes("checksum")]).toEqual([4, true, true]);
  writeFileSync(path, text);
  expect((await kiwi("runs", "show", "last", "--runs", "kept")).code).toBe(0);
});

test("a run that somebody sent does not run its code unasked; one's own does", async () => {
  const marker = join(elsewhere, "ran");
  writeFileSync(
    join(elsewhere, "sent.ts"),
    `import { writeFileSync } from "node:fs"; import { strategy } from "kiwi"; writeFileSync(${JSON.stringify(marker)}, "");
    export default strategy({ name: "sent", summary: "", params: {}, setup: ({ bars }) => ({ c: bars.close }), onBar() {} });`,
  );
  const made = await runKiwi(elsewhere, ["backtest", "./sent.ts", ...market, "--report", "none"]);
  expect(made.code).toBe(0);
  expect((await runKiwi(elsewhere, ["report", "last"])).code).toBe(0);
  rmSync(marker);
  cpSync(join(elsewhere, ".kiwi", "runs"), join(folder, "sent"), { recursive: true });
  for (const command of [
    ["report", "last"],
    ["explain", "last", "--at", "2022-01-05"],
  ]) {
    const { code, err } = await kiwi(...command, "--runs", "sent");
    expect([code, err.includes("RUN_NOT_YOURS"), existsSync(marker)]).toEqual([7, true, false]);
  }
  // A manifest that claims this folder is not believed either: the folder keeps its own ledger.
  const [id] = JSON.parse((await kiwi("runs", "list", "--runs", "sent", "--json")).out).runs.map(
    (run: { runId: string }) => run.runId,
  ) as [string];
  const manifest = join(folder, "sent", id, "manifest.json");
  writeFileSync(
    manifest,
    readFileSync(manifest, "utf8").replaceAll(JSON.stringify(elsewhere), JSON.stringify(folder)),
  );
  expect((await kiwi("report", "last", "--runs", "sent")).err).toContain("the ledger of this folder");
  cpSync(join(elsewhere, "sent.ts"), join(folder, "sent.ts"));
  const trusted = await kiwi("report", "last", "--runs", "sent", "--trust");
  expect([trusted.code, existsSync(marker)]).toEqual([0, true]);
});
