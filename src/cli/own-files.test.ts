import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

// What people write themselves: strategies and plug-ins in a folder that knows nothing of Kiwi's.
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}

function write(name: string, onBar: string, top = ""): void {
  writeFileSync(
    join(folder, name),
    `import { strategy } from "kiwi";\n${top}\nexport default strategy({ name: "own", summary: "", params: {},
      setup: ({ bars }) => ({ close: bars.close }), onBar({ series, target, timeMs, equity }) { ${onBar} } });\n`,
  );
}

const market = ["--data", "synthetic:bars=600", "--report", "none"];

test("a new strategy runs as it is written, and is never written over", async () => {
  const made = await kiwi("strategy", "new", "my-cross");
  expect([made.code, existsSync(join(folder, "my-cross.ts"))]).toEqual([0, true]);
  const run = await kiwi("backtest", "my-cross", ...market, "--json");
  expect([run.code, run.err]).toEqual([0, ""]);
  expect(JSON.parse(run.out)).toMatchObject({
    ok: true,
    strategy: { name: "my-cross", params: { fast: 10, slow: 30 } },
  });
  expect((await kiwi("strategy", "new", "my-cross")).err).toContain("FILE_EXISTS");
  expect((await kiwi("strategy", "new", "../x")).err).toContain("STRATEGY_NAME_INVALID");
  const shown = await kiwi("strategy", "show", "./my-cross.ts");
  expect(shown.out).toContain("29 bars before the first decision");
});

test("a strategy that loops for ever is stopped, with the bar named", async () => {
  write("stuck.ts", `if (timeMs >= ${Date.UTC(2022, 0, 2)}) for (;;);`);
  const { code, err } = await kiwi("backtest", "./stuck.ts", ...market, "--stuck-after", "0.3");
  expect(code).toBe(8);
  expect(err).toContain(
    "STRATEGY_STUCK  the strategy has not come back for 0.3 s on the bar that closes 2022-01-02",
  );
});

test("a strategy that throws, exits or asks for nonsense is named with its bar", async () => {
  write("throws.ts", "throw new Error('no luck');");
  const thrown = await kiwi("backtest", "./throws.ts", ...market, "-v");
  expect(thrown.code).toBe(4);
  expect(thrown.err).toContain("STRATEGY_THREW  strategy own failed on SYN1 at 2022-01-01");
  expect(thrown.err).toMatch(/caused by Error: no luck[\s\S]*throws\.ts/);
  write("exits.ts", "process.exit(0);");
  expect(await kiwi("backtest", "./exits.ts", ...market)).toMatchObject({
    code: 4,
    err: expect.stringContaining("STRATEGY_EXITED"),
  });
});

test("what a strategy prints goes to standard error, and the result stays clean", async () => {
  write("prints.ts", "if (equity < 0) target(1, ''); ", "console.log('hello from the file');");
  const { code, out, err } = await kiwi("backtest", "./prints.ts", ...market, "--json");
  expect([code, err]).toEqual([0, "hello from the file"]);
  expect(JSON.parse(out)).toHaveProperty("schema", "backtest@1");
});

test("a sizer of one's own is loaded by its file and chosen by its name", async () => {
  const plugin = `import { definePlugin, float } from "kiwi";
    export default definePlugin({ kind: "sizer", name: "tenth", summary: "", options: { share: float(0.1, { min: 0, max: 1 }) },
      create: ({ share }) => ({ weigh: (signal) => signal.weight * share }) });`;
  writeFileSync(join(folder, "tenth.ts"), plugin);
  const args = [
    "backtest",
    "buy-and-hold",
    ...market,
    "--plugin",
    "tenth.ts",
    "--sizer",
    "tenth",
    "--no-benchmark",
    "--json",
  ];
  const { metrics } = JSON.parse((await kiwi(...args)).out) as { metrics: { turnover: number } };
  expect(metrics.turnover).toBeGreaterThan(0.08);
  expect(metrics.turnover).toBeLessThan(0.12);
  writeFileSync(join(folder, "none.ts"), "export const x = 1;");
  expect((await kiwi("backtest", "buy-and-hold", ...market, "--plugin", "none.ts")).err).toContain(
    "PLUGIN_NONE",
  );
});

test("symbols that a command names come before the data that a file names, where they are held", async () => {
  const project = join(folder, "named");
  mkdirSync(project);
  writeFileSync(join(project, "kiwi.config.jsonc"), '{ "data": ["synthetic:symbols=1,bars=400"] }');
  const run = (...args: readonly string[]) => runKiwi(project, args);
  const download = ["data", "download", "SYN2", "-t", "1h", "--source", "synthetic"];
  expect((await run(...download, "--from", "2023-01-01", "--to", "2023-02-01")).code).toBe(0);
  const backtest = ["backtest", "sma-cross", "-t", "1h", "--report", "none", "--json"];
  const symbolsOf = async (...more: readonly string[]) =>
    JSON.stringify(JSON.parse((await run(...backtest, ...more)).out)).match(/SYN\d/g) ?? [];
  expect(new Set(await symbolsOf("-p", "SYN2"))).toEqual(new Set(["SYN2"]));
  expect(new Set(await symbolsOf())).toEqual(new Set(["SYN1"]));
  expect(new Set(await symbolsOf("-p", "SYN1"))).toEqual(new Set(["SYN1"]));
  // What stands beside it in the same command is as explicit as it is.
  const both = await run(...backtest, "-p", "SYN2", "--data", "synthetic:symbols=1,bars=400");
  expect(both.out).toContain("SYMBOL_UNKNOWN");
});

test("a new project runs by itself, and a second one is not put on top of it", async () => {
  const made = await kiwi("init", "bot", "--template", "multi", "--yes");
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toContain("SYNTHETIC");
  expect(JSON.parse(readFileSync(join(folder, "bot", "kiwi.schema.json"), "utf8"))).toHaveProperty(
    "properties",
  );
  const check = await runKiwi(join(folder, "bot"), ["config", "check"]);
  expect([check.code, check.out.includes("right")]).toEqual([0, true]);
  expect((await kiwi("init", "bot", "--yes")).err).toContain("FILE_EXISTS");
  const texts = ["package.json", "tsconfig.json", "kiwi.config.jsonc"].map((name) =>
    readFileSync(join(folder, "bot", name), "utf8"),
  );
  for (const text of texts) expect(text).not.toMatch(/"(?:file:)?(?:\/|[A-Z]:)/);
  const linked = join(folder, "bot", "node_modules", "kiwi", "package.json");
  expect(readFileSync(linked, "utf8")).toBe(readFileSync("package.json", "utf8"));
  expect(existsSync(join(folder, "bot", "node_modules", ".bin", "kiwi"))).toBe(true);
});
