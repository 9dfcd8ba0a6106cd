import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { arm, armedMs, takeArm } from "./arm-live.ts";
import { liveGates } from "./live-gates.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const armed = { account: "U123", settingsHash: "abc", armedAtMs: 1_000, by: "anna", gates: [] };

test("an arm is good once, for its account, its settings and a quarter of an hour", () => {
  const home = join(folder.path, "once");
  expect(() => takeArm(home, "U123", "abc", 1_000)).toThrow("NOT_ARMED");
  arm(home, armed);
  expect(() => takeArm(home, "U124", "abc", 1_000)).toThrow("NOT_ARMED");
  expect(() => takeArm(home, "U123", "other", 1_000)).toThrow("NOT_ARMED");
  expect(() => takeArm(home, "U123", "abc", 1_001 + armedMs)).toThrow("NOT_ARMED");
  // A clock that was set back makes no arm younger.
  expect(() => takeArm(home, "U123", "abc", 999)).toThrow("NOT_ARMED");
  expect(takeArm(home, "U123", "abc", 1_000 + armedMs).by).toBe("anna");
  expect(() => takeArm(home, "U123", "abc", 1_000)).toThrow("NOT_ARMED");
});

test("an arm that cannot be read arms nothing", () => {
  const home = join(folder.path, "broken");
  arm(home, { ...armed, account: "u123" });
  writeFileSync(join(home, "armed", "u123.json"), "{");
  expect(() => takeArm(home, "u123", "abc", 1_000)).toThrow("NOT_ARMED");
});

test("where nothing was shown, every gate is closed and says what to do", async () => {
  const plan = {
    strategyName: "sma-cross",
    params: {},
    symbols: ["BTC/USD"],
    timeframe: "1h",
    config: runConfigSchema.parse({}),
  } as const;
  const check = () => Promise.resolve(true);
  const measures = { paperDaysMin: 30, tradesMin: 30, check };
  const gates = await liveGates(join(folder.path, "empty"), join(folder.path, "no-runs"), plan, measures);
  expect(gates.map(({ name, isOpen }) => [name, isOpen])).toEqual([
    ["backtest", false],
    ["validation", false],
    ["checks", false],
    ["paper record", false],
    ["limits", false],
    ["way back", false],
  ]);
  for (const { todo } of gates) expect(todo).not.toBe("");
  const careful = runConfigSchema.parse({ risk: { profile: "moderate", tradingProfile: "trader" } });
  const again = await liveGates(folder.path, folder.path, { ...plan, config: careful }, measures);
  expect(again.find(({ name }) => name === "limits")?.isOpen).toBe(true);
});
