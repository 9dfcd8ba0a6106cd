import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { KiwiError } from "../../base/errors.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { flagLayer, type FlagValues } from "../../cli/flags/flag-layer.ts";
import { backtestFlags } from "../../cli/flags/run-flags.ts";
import { ProgressBoard } from "../../jobs/progress-board.ts";
import { performBacktest, type BacktestOutput } from "./backtest-job.ts";
import { shownCommand } from "./shown-command.ts";

// What the worker does, done here: the way to it costs a third of a second each time.
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

type Asked = {
  readonly strategy?: string;
  readonly params?: Record<string, string>;
  readonly flags?: FlagValues;
};

async function run({ strategy = "sma-cross", params = {}, flags = {} }: Asked): Promise<BacktestOutput> {
  const given = { data: ["synthetic:bars=1500"], report: ["none"], ...flags };
  const { config } = await resolveConfig({ folder, env: {}, flags: flagLayer(backtestFlags, given) });
  const request = { folder, strategy, params, config, nowMs: Date.UTC(2026, 0, 1) };
  const context = { board: new ProgressBoard(), stage: () => {}, say: () => {}, settle: async () => {} };
  return performBacktest({ request, command: ["backtest", strategy], width: 80, hasColor: false }, context);
}

async function partsOf(asked: Asked): Promise<KiwiError["parts"]> {
  try {
    await run(asked);
  } catch (error) {
    if (error instanceof KiwiError) return error.parts;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["usage", "STRATEGY_UNKNOWN", { strategy: "sma-cros" }, "sma-cross"],
  ["usage", "PARAM_UNKNOWN", { params: { fsat: "3" } }, "fast"],
  ["usage", "PARAM_INVALID", { params: { fast: "x" } }, "--param fast"],
  ["usage", "PARAMS_IMPOSSIBLE", { params: { fast: "99" } }, "kiwi strategy show"],
  ["usage", "PLUGIN_UNKNOWN", { flags: { sizer: "fixed-fractoin" } }, "fixed-fraction"],
  ["usage", "DATA_NONE", { flags: { data: [] } }, "--data"],
  ["usage", "FAIL_IF_INVALID", { flags: { failIf: ["sharp<1"] } }, "sharpe"],
  ["usage", "DATE_INVALID", { flags: { from: "2022-02-30" } }, "--from 2024-01-31"],
  ["usage", "RANGE_BACKWARDS", { flags: { from: "2022-02-02", to: "2022-02-01" } }, "exchange"],
  ["config", "CALENDAR_UNKNOWN", { flags: { calendar: "us-equty" } }, "us-equity"],
  ["config", "NOT_WRITABLE", { flags: { out: "/dev/null/x" } }, "--out"],
  ["data", "FILE_NOT_FOUND", { flags: { data: ["nowhere.csv"] } }, ""],
  ["data", "DATA_MISSING", { flags: { from: "2030-01-01" } }, "--from"],
  ["data", "DATA_MISSING", { flags: { to: "2021-01-01" } }, "--to"],
  // The last of 1500 hourly bars from 2022-01-01 on closes 2022-03-04T12:00.
  ["data", "RANGE_ONE_BAR", { flags: { from: "2022-03-04T12:00" } }, "--from"],
  ["data", "SYMBOL_UNKNOWN", { flags: { pairs: ["SYN9"] } }, "SYN1"],
  ["data", "WARMUP_TOO_LONG", { params: { slow: "1600" } }, "longer data"],
  ["data", "TIMEFRAME_IMPOSSIBLE", { flags: { timeframe: "90m" } }, "multiple of 1h"],
  ["data", "TIMEFRAME_IMPOSSIBLE", { flags: { timeframe: "30m" } }, "30m"],
] as const)("%s error %s", async (exit, code, asked, fix) => {
  expect(await partsOf(asked)).toMatchObject({ exit, code, fix: expect.stringContaining(fix) });
});

test("a file with one bar is refused", async () => {
  writeFileSync(join(folder, "ONE-1h.csv"), "time,open,high,low,close,volume\n1704067200000,1,2,1,2,5\n");
  expect((await partsOf({ flags: { data: ["ONE-1h.csv"] } })).code).toBe("CSV_ONE_BAR");
});

test("a strategy that says nothing shows its funnel and does not pretend", async () => {
  const { summary, document } = await run({ flags: { from: "2022-03-04T10:00" } });
  expect(document.metrics).toMatchObject({ trades: 0, sharpe: null });
  expect(summary).toContain("FUNNEL");
  expect(summary).toContain("SYNTHETIC");
});

test("finer bars may fill the orders, and the decisions stay those of the coarse ones", async () => {
  const { document } = await run({ flags: { data: ["synthetic:bars=3000,timeframe=15m"], timeframe: "1h" } });
  expect(document.timeframe).toBe("1h");
  // 3000 quarter-hours are 750 hours.
  expect(document.funnel.decisions).toBe(750);
});

test("several symbols share one account", async () => {
  const { document } = await run({ flags: { data: ["synthetic:symbols=3,bars=800"] } });
  expect(document.symbols).toEqual(["SYN1", "SYN2", "SYN3"]);
  expect(document.sources.map(({ rows }) => rows)).toEqual([800, 800, 800]);
});

test("a command is shown as it can be typed again", () => {
  expect(shownCommand(["backtest", "a.ts", "--fail-if", "sharpe<1", "it's"])).toBe(
    String.raw`kiwi backtest a.ts --fail-if 'sharpe<1' 'it'\''s'`,
  );
});
