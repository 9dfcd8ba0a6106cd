import { join } from "node:path";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { writeBars } from "../../../../test/write-bars.ts";
import { hourMs } from "../../../base/time.ts";
import { BarTable } from "../../../domain/bar-table.ts";
import type { AnyStrategy } from "../../../ports/strategy.ts";
import { smaCross } from "../../../strategies/sma-cross.ts";
import { runConfigSchema } from "../../config/run-config.ts";
import { builtIn } from "../../plugins/registry.ts";
import { ownCode } from "../../plugins/source-files.ts";
import type { ValidationDocument } from "../../validation/validation-document.ts";
import { arm, armedMs, takeArms } from "./arm-live.ts";
import { liveGates } from "./live-gates.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const takeArm = (home: string, account: string, hash: string, nowMs: number) =>
  takeArms(home, new Map([[account, hash]]), nowMs)[0]!;
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

test("of accounts that start together none uses up its arm where another has none", () => {
  const home = join(folder.path, "together");
  arm(home, armed);
  const both = new Map([
    ["U123", "abc"],
    ["U124", "abc"],
  ]);
  expect(() => takeArms(home, both, 1_000)).toThrow("U124 is not armed");
  arm(home, { ...armed, account: "U124" });
  expect(takeArms(home, both, 1_000).map(({ account }) => account)).toEqual(["U123", "U124"]);
  expect(() => takeArms(home, both, 1_000)).toThrow("U123 is not armed");
});

test("an arm that cannot be read arms nothing", () => {
  const home = join(folder.path, "broken");
  arm(home, { ...armed, account: "u123" });
  writeFileSync(join(home, "armed", "u123.json"), "{");
  expect(() => takeArm(home, "u123", "abc", 1_000)).toThrow("NOT_ARMED");
});

const plan = {
  strategyName: "sma-cross",
  strategyText: "sma-cross",
  strategy: smaCross as AnyStrategy,
  params: {},
  symbols: ["BTCUSD"],
  timeframe: "1h",
  config: runConfigSchema.parse({}),
  folder: folder.path,
  plugins: [],
  registry: builtIn,
} as const;
const measures = { paperDaysMin: 30, tradesMin: 30, findingsMax: 0, check: () => Promise.resolve(true) };

test("where nothing was shown, every gate is closed and says what to do", async () => {
  const gates = await liveGates(join(folder.path, "empty"), join(folder.path, "no-runs"), plan, measures);
  expect(gates.map(({ name, isOpen }) => [name, isOpen])).toEqual([
    ["backtest", false],
    ["later bars", false],
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

test("the newest validation opens its gate: of this code, these parameters, this market, and with nothing against it", async () => {
  const work = join(folder.path, "validated");
  mkdirSync(work);
  // Waves that an average follows with a profit.
  const bars = new BarTable("BTCUSD", "1h");
  const startMs = Date.UTC(2024, 0, 1);
  for (let k = 1, close = 100; k <= 400; k++) {
    const open = close;
    close = 100 + 30 * Math.sin(k / 25) + Math.sin(k * k);
    bars.append(startMs + k * hourMs, open, Math.max(open, close), Math.min(open, close), close, 1_000);
  }
  writeBars(work, bars);
  const file = join(work, "mine.ts");
  const code = readFileSync(join(ownCode, "strategies", "sma-cross.ts"), "utf8");
  writeFileSync(file, `${code.replaceAll('from "../', `from "${ownCode}/`)}\nexport default smaCross;\n`);
  const validate = async (...more: readonly string[]): Promise<void> => {
    const args = ["validate", "./mine.ts", "--data", "BTCUSD-1h.csv", "--jobs", "1", "--trials", "4"];
    const { code, err } = await runKiwi(work, [...args, ...more]);
    expect([code, err]).toEqual([0, expect.anything()]);
  };
  const mine = { ...plan, folder: work, strategyText: "./mine.ts" };
  const gateOf = async (more: Partial<typeof mine> = {}, findingsMax = 99) => {
    const gates = await liveGates(
      work,
      join(work, "runs"),
      { ...mine, ...more },
      { ...measures, findingsMax },
    );
    return gates.find(({ name }) => name === "validation")!;
  };
  expect((await gateOf()).found).toContain("no validation");
  await validate();
  const [id] = readdirSync(join(work, ".kiwi", "searches"));
  const path = join(work, ".kiwi", "searches", id!, "validation.json");
  const { findings, level } = JSON.parse(readFileSync(path, "utf8")) as ValidationDocument;
  expect(level).toBe("open");
  expect((await gateOf()).isOpen).toBe(true);
  // Few trades: so many tests speak against it, and by themselves as many may.
  expect(findings.length).toBeGreaterThan(0);
  expect((await gateOf({}, 0)).isOpen).toBe(false);
  expect((await gateOf({}, findings.length - 1)).isOpen).toBe(false);
  for (const other of [{ symbols: ["ETHUSD"] }, { timeframe: "4h" }, { params: { fast: 11 } }] as const)
    expect((await gateOf(other as never)).found).toContain("no validation");
  // The defaults, said or not said, are the same parameters.
  expect((await gateOf({ params: { fast: 10, slow: 30 } })).found).toContain(id!);
  writeFileSync(
    path,
    readFileSync(path, "utf8")
      .replace(/"level": "\w+"/, '"level": "supported"')
      .replace('"trades": ', '"trades": 1'),
  );
  expect((await gateOf()).found).toContain("not as it was written");
  await validate("--param", "fast=10");
  expect((await gateOf()).found).not.toContain(id!);
  writeFileSync(file, `${readFileSync(file, "utf8")}\n// changed\n`);
  expect(await gateOf()).toMatchObject({ isOpen: false, found: expect.stringContaining("has changed") });
}, 60_000);
