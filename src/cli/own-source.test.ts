import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";
import { loadRegistry } from "../app/plugins/load-registry.ts";
import { builtIn } from "../app/plugins/registry.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

// The program as a shell starts it: a file of one's own finds "kiwi" by hooks that a test runner does not have.
const program = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");
function kiwi(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { code: status, out: stdout, err: stderr };
}

/** A place that has hourly bars of everything, all day: the close is the hour since 2024 plus an offset. */
const source = `import { barsOf, defineSource, float } from "kiwi";
  const hourMs = 3_600_000;
  export const hours = defineSource({
    name: "hours", summary: "a price that rises by one an hour",
    options: { offset: float(100, { min: 1, max: 1000 }, "the price at the start of 2024") },
    credentials: [{ name: "key", what: "a made-up key", env: "HOURS_KEY" }],
    needsCredentials: () => true,
    async open({ offset }, { clock, credentials }) {
      if (credentials.key !== "open sesame") throw new Error("wrong key");
      const priceAt = (timeMs) => offset + (timeMs - Date.UTC(2024, 0, 1)) / hourMs;
      const table = (symbol, fromMs, toMs) => {
        const first = Math.ceil(fromMs / hourMs);
        const end = Math.min(Math.ceil(toMs / hourMs), Math.floor(clock.nowMs() / hourMs) + 1);
        const closeTimeMs = Float64Array.from({ length: Math.max(0, end - first) }, (_, k) => (first + k) * hourMs);
        const close = closeTimeMs.map(priceAt);
        const open = close.map((price) => price - 1);
        const volume = closeTimeMs.map(() => 1);
        return barsOf(symbol, "1h", { closeTimeMs, open, high: close, low: open, close, volume });
      };
      return {
        name: "hours",
        capabilities: { timeframes: ["1h"], streamTimeframes: [], pageRowsMax: 1000, pageOrder: "oldest-first",
          hasVolume: true, needsCredentials: true, calendarName: "24/7" },
        async *fetchBars({ symbol, fromMs, toMs }) { yield table(symbol, fromMs, toMs); },
        latest: async (symbol, timeframe, count) => table(symbol, clock.nowMs() - count * hourMs, Infinity),
        subscribe() { throw new Error("no stream"); },
        symbols: async () => [{ symbol: "A", assetClass: "crypto", baseCurrency: "A", quoteCurrency: "USD", tickSize: null,
          lotSize: null, notionalMin: null, isTrading: true, calendarName: "24/7" }],
        close: async () => {},
      };
    },
  });`;

test("a source of one's own is loaded from its file, gets clock and secret, and its bars are kept and traded", async () => {
  writeFileSync(join(folder, "hours.ts"), source);
  const args = [
    "A",
    "-t",
    "1h",
    "--source",
    "hours",
    "--plugin",
    "./hours.ts",
    "--from",
    "2024-01-01",
    "--to",
    "2024-01-05",
  ];
  const missing = kiwi(["data", "download", ...args]);
  expect(missing.err).toContain("SECRET_MISSING");
  const made = kiwi(["data", "download", ...args, "--json"], { HOURS_KEY: "open sesame" });
  expect([made.code, made.err]).toEqual([0, ""]);
  const run = kiwi([
    "backtest",
    "buy-and-hold",
    "-p",
    "A",
    "--fee",
    "0",
    "--slippage",
    "0",
    "--report",
    "none",
    "--json",
  ]);
  const document = JSON.parse(run.out) as { sources: readonly { rows: number }[] };
  // Four days of hours, the last one open: the closes from 2024-01-01T00 to before 2024-01-05T00.
  expect(document.sources[0]!.rows).toBe(96);
});

test("two projects share no plug-in: a registry is a value", async () => {
  const plain = `export const all = { kind: "sizer", name: "all", summary: "", options: {}, create: () => ({ weigh: (s) => s.weight }) };`;
  writeFileSync(join(folder, "sizer.mjs"), plain);
  const before = builtIn.plugins.length;
  const [mine, others] = await Promise.all([
    loadRegistry(folder, ["./sizer.mjs", "sizer.mjs"]),
    loadRegistry(folder, []),
  ]);
  expect(mine.plugins.map(({ name }) => name)).toContain("all");
  expect([mine.plugins.length, others.plugins.length, builtIn.plugins.length]).toEqual([
    before + 1,
    before,
    before,
  ]);
  const taken = plain.replace('"all"', '"fixed-fraction"');
  writeFileSync(join(folder, "taken.mjs"), taken);
  await expect(loadRegistry(folder, ["taken.mjs"])).rejects.toThrow("PLUGIN_TAKEN");
});

test("a strategy in a plug-in file may be named in a choice among strategies", () => {
  writeFileSync(
    join(folder, "mine.ts"),
    `import { strategy, metaStrategy } from "kiwi";
    export const idle = strategy({ name: "idle", summary: "", params: {}, setup: ({ bars }) => ({ c: bars.close }), onBar() {} });`,
  );
  writeFileSync(
    join(folder, "chooser.ts"),
    `import { metaStrategy } from "kiwi";
    export default metaStrategy({ name: "chooser", summary: "", params: {}, plan: () => ({ arsenal: [{ strategy: "idle" }, { strategy: "sma-cross" }],
      regime: { use: "bull-bear" }, selector: { use: "equal-weight" }, windowBars: 50, measuredBarsMin: 5 }) });`,
  );
  const args = [
    "backtest",
    "./chooser.ts",
    "--data",
    "synthetic:bars=900,symbols=1",
    "--report",
    "none",
    "--json",
  ];
  expect(kiwi(args).out).toContain("STRATEGY_UNKNOWN");
  const run = kiwi([...args, "--plugin", "./mine.ts"]);
  expect([run.code, run.err]).toEqual([0, ""]);
});
