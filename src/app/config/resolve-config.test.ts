import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { parseConfig } from "./config-file.ts";
import { looksLikeSecret } from "./config-secrets.ts";
import { resolveConfig, type ConfigSources } from "./resolve-config.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string): void {
  writeFileSync(join(folder, "kiwi.config.jsonc"), text);
}

async function partsOf(sources: Partial<ConfigSources>): Promise<KiwiError["parts"]> {
  try {
    await resolveConfig({ folder, env: {}, ...sources });
  } catch (error) {
    if (error instanceof KiwiError) return error.parts;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a flag wins over the environment, that over the file, and that over the default", async () => {
  write(
    '{ "account": { "cash": 1, "leverage": 3 }, "seed": 7, // a comment\n "costs": { "latencyMs": 1 }, }',
  );
  const flags = {
    values: { account: { cash: 3 } },
    originOf: () => ({ kind: "flag" as const, label: "--cash" }),
  };
  const env = { KIWI__account__cash: "2", KIWI__costs__latencyMs: "2", HOME: "ignored" };
  const { config, origins, path } = await resolveConfig({ folder, env, flags });
  expect(config.account).toMatchObject({ cash: 3, leverage: 3, kind: "cash" });
  expect(config.costs.latencyMs).toBe(2);
  expect(config.seed).toBe(7);
  expect(path).toBe(join(folder, "kiwi.config.jsonc"));
  expect(origins.get("account.cash")?.label).toBe("--cash");
  expect(origins.get("costs.latencyMs")?.label).toBe("KIWI__costs__latencyMs");
  expect(origins.get("seed")?.label).toBe("kiwi.config.jsonc line 1");
  expect(origins.has("account.kind")).toBe(false);
});

test("an empty file, a file of comments and no file at all are all valid", async () => {
  for (const text of ["", "// nothing\n", "{}", "\uFEFF{}"]) {
    write(text);
    const { config } = await resolveConfig({ folder, env: {} });
    expect(config.account.cash).toBe(10_000);
    expect(config.costs.volumeShareMax).toBe(Infinity);
  }
});

test("an unknown key is refused with its line and the nearest name", async () => {
  write('{\n  "account": {\n    "cahs": 5\n  }\n}');
  const parts = await partsOf({});
  expect(parts).toMatchObject({ code: "CONFIG_UNKNOWN_KEY", exit: "config" });
  expect(parts.message).toContain("kiwi.config.jsonc line 3 sets account.cahs");
  expect(parts.fix).toContain("account.cash");
});

test("a value that cannot be is refused with its line, its own text and what would be right", async () => {
  write('{\n "account": { "kind": "marge" } }');
  const parts = await partsOf({});
  expect(parts).toMatchObject({ code: "CONFIG_INVALID", exit: "config" });
  expect(parts.message).toContain('line 2 sets account.kind to "marge"');
  expect(parts.why).toContain("did you mean margin?");
  write('{ "account": { "cash": -1 } }');
  expect((await partsOf({})).why).toBe("it must be above 0");
});

test("parameters of a strategy cannot stand in a configuration", async () => {
  write('{ "params": { "fast": 5 } }');
  expect((await partsOf({})).fix).toContain("--param");
});

test("a key that stands twice is refused, and so is text that is no JSON", async () => {
  write('{ "seed": 1,\n "seed": 2 }');
  const twice = await partsOf({});
  expect(twice.code).toBe("CONFIG_DUPLICATE_KEY");
  expect(twice.fix).toContain("line 1 or line 2");
  write('{ "seed": 1\n "cash": 2 }');
  const broken = await partsOf({});
  expect(broken.code).toBe("CONFIG_SYNTAX");
  expect(broken.message).toContain("line 2");
  write("[1]");
  expect((await partsOf({})).code).toBe("CONFIG_SYNTAX");
  expect((await partsOf({ file: "missing.jsonc" })).code).toBe("CONFIG_NOT_FOUND");
});

test("a secret is refused and not repeated, in a file and in the environment", async () => {
  const secret = "PKABCDEFGHIJKLMNOPQR";
  write(`{ "out": "${secret}" }`);
  const parts = await partsOf({});
  expect(parts).toMatchObject({ code: "CONFIG_SECRET", exit: "config" });
  expect(JSON.stringify(parts)).not.toContain(secret);
  write("{}");
  expect((await partsOf({ env: { KIWI__out: secret } })).code).toBe("CONFIG_SECRET");
});

test("settings do not look like secrets, and secrets do", () => {
  for (const value of [
    "us-equity",
    "prices/BTCUSDT-1h.csv.gz",
    "24/7@America/New_York",
    "0.001",
    "sma-cross",
  ])
    expect(looksLikeSecret("data", value)).toBe(false);
  for (const value of ["sk-abcdefghijklmnopqrst", "a1".repeat(20), "-----BEGIN PRIVATE KEY-----"])
    expect(looksLikeSecret("out", value)).toBe(true);
  expect(looksLikeSecret("apiKey", "x")).toBe(true);
  expect(looksLikeSecret("apiKey", "")).toBe(false);
});

test("--set reads a value as what belongs there, and names itself when it is wrong", async () => {
  write("{}");
  const sets = [
    "from=20200101",
    "pairs=A,B",
    "data=synthetic:bars=9,seed=1",
    "costs.slippage.rate=0.01",
    "csv.adjusted=true",
  ];
  const { config } = await resolveConfig({ folder, env: {}, sets });
  expect(config).toMatchObject({
    from: "20200101",
    pairs: ["A", "B"],
    data: ["synthetic:bars=9,seed=1"],
    csv: { adjusted: true },
  });
  expect(config.costs.slippage).toEqual({ use: "fixed", rate: 0.01 });
  expect(await partsOf({ sets: ["acount.cash=1"] })).toMatchObject({
    code: "CONFIG_UNKNOWN_KEY",
    exit: "usage",
  });
  expect(await partsOf({ sets: ["account.cash=much"] })).toMatchObject({
    code: "CONFIG_INVALID",
    exit: "usage",
  });
  expect((await partsOf({ sets: ["seed"] })).code).toBe("SET_INVALID");
});

test("another plug-in comes without the options of the one it replaces", async () => {
  write(
    '{ "costs": { "commission": { "use": "per-share", "amount": 0.01 } }, "sizing": { "fraction": 0.5 } }',
  );
  const { config } = await resolveConfig({ folder, env: {} });
  expect(config.costs.commission).toEqual({ use: "per-share", amount: 0.01 });
  expect(config.sizing).toEqual({ use: "fixed-fraction", fraction: 0.5 });
});

test("the variables of the environment may be written in any case", async () => {
  write("{}");
  const { config } = await resolveConfig({ folder, env: { KIWI__COSTS__LATENCYMS: "9" } });
  expect(config.costs.latencyMs).toBe(9);
});

test("a line is that of the key, also behind comments and nested objects", () => {
  const { originOf } = parseConfig("/x/a.jsonc", '{\n // one\n "a": {\n  "b": [\n   1] } }');
  expect(originOf(["a"]).label).toBe("a.jsonc line 3");
  expect(originOf(["a", "b"]).label).toBe("a.jsonc line 4");
});
