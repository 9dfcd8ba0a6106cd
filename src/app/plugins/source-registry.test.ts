import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import { kiwiConfigSchema, type KiwiConfig } from "../config/config-schema.ts";
import { openSources } from "../data/open-sources.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { sourceNamed } from "./registry.ts";
import { sourcePlugins } from "./source-registry.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-sources-"));
mkdirSync(join(folder, "DWX"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function partsOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof KiwiError) return error.parts;
    throw error;
  }
  throw new Error("nothing was refused");
}

function configWith(more: object): KiwiConfig {
  return kiwiConfigSchema.parse(more);
}

/** What the sources that cannot do without it are given here. */
const options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  metatrader: { folder: ".", serverTime: "UTC+2" },
  ccxt: { exchangeId: "kraken" },
};

test("sources are sorted, named once, and each says what it is", () => {
  const names = sourcePlugins.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  for (const { kind, summary } of sourcePlugins)
    expect([kind, summary.length > 10]).toEqual(["source", true]);
});

test.each(sourcePlugins.map((plugin) => [plugin.name, plugin] as const))(
  "%s is made offline, has a name and timeframes, and lets go of everything",
  async (name, plugin) => {
    const credentials = Object.fromEntries(plugin.credentials.map((need) => [need.name, "made-up-secret"]));
    const source = await plugin.open(options[name] ?? {}, {
      clock: new ManualClock(Date.UTC(2024, 0, 1)),
      prng: new Prng(1),
      credentials,
      folder,
    });
    expect(source.name).not.toBe("");
    expect(source.capabilities.timeframes.length).toBeGreaterThan(0);
    expect(JSON.stringify(source)).not.toContain("made-up-secret");
    await source.close();
  },
);

test.each(sourcePlugins.map(({ name }) => [name] as const))(
  "%s refuses an option that it does not have, with the nearest",
  async (name) => {
    const tools = { clock: new ManualClock(0), prng: new Prng(1), credentials: {}, folder };
    const parts = await partsOf(sourceNamed(name).open({ ...options[name], setleMs: 1 }, tools));
    expect(parts).toMatchObject({ code: "SOURCE_OPTION_UNKNOWN", exit: "config" });
  },
);

test("an unknown source is refused with the nearest, also among one's own", () => {
  expect(() => sourceNamed("binanec")).toThrow("SOURCE_UNKNOWN");
  const config = configWith({ sources: ["my-exchang"], providers: { "my-exchange": { use: "binance" } } });
  return expect(partsOf(openSources(config, { folder, env: {} }, () => {}))).resolves.toMatchObject({
    fix: "did you mean --source my-exchange?",
  });
});

test("a source with other bars has another name, wherever bars are told apart by where they came from", async () => {
  const nameWith = async (name: string, more: object): Promise<string> => {
    const config = configWith({ sources: [name], providers: { [name]: more } });
    const env = { APCA_API_KEY_ID: "key", APCA_API_SECRET_KEY: "secret" };
    const { source, close } = await openSources(config, { folder, env }, () => {});
    await close();
    return source.name;
  };
  expect(await nameWith("bybit", {})).toBe("Bybit");
  expect(await nameWith("bybit", { category: "spot" })).toBe("Bybit spot");
  expect(await nameWith("alpaca", { adjustment: "raw" })).toBe("Alpaca stocks");
  expect(await nameWith("alpaca", { adjustment: "split" })).toBe("Alpaca stocks split");
});

test("secrets come from where the configuration says, else from the usual variables, and nothing else", async () => {
  const needs = sourceNamed("alpaca").credentials;
  const env = { APCA_API_KEY_ID: "usual", MY_KEY: "mine" };
  writeFileSync(join(folder, "secret.txt"), "from a file\n");
  const found = await lookUpCredentials(
    "alpaca",
    needs,
    { secret: { file: "secret.txt" } },
    { folder, env },
    true,
  );
  expect(found).toEqual({ key: "usual", secret: "from a file" });
  const other = await lookUpCredentials("alpaca", needs, { key: { env: "MY_KEY" } }, { folder, env }, false);
  expect(other).toEqual({ key: "mine" });
  const missing = await partsOf(lookUpCredentials("alpaca", needs, {}, { folder, env }, true));
  expect(missing).toMatchObject({ code: "SECRET_MISSING", exit: "config", topic: "secrets" });
  expect(missing.fix).toContain("export APCA_API_SECRET_KEY=...");
  const named = lookUpCredentials("alpaca", needs, { key: { env: "NOT_THERE" } }, { folder, env }, false);
  expect((await partsOf(named)).why).toContain("NOT_THERE is not set");
  const gone = lookUpCredentials("alpaca", needs, { key: { file: "gone.txt" } }, { folder, env }, false);
  expect((await partsOf(gone)).why).toContain("gone.txt cannot be read (ENOENT)");
});

test("a secret in the open is refused wherever it stands, and never repeated", async () => {
  const open = { providers: { alpaca: { key: "hunter2" } } };
  writeFileSync(join(folder, "kiwi.config.jsonc"), JSON.stringify(open));
  const inFile = await partsOf(resolveConfig({ folder, env: {} }));
  expect(inFile).toMatchObject({ code: "CONFIG_SECRET", exit: "config" });
  expect(inFile.fix).toContain('"key": { "env": "NAME_OF_A_VARIABLE" }');
  writeFileSync(join(folder, "kiwi.config.jsonc"), "{}");
  const typed = await partsOf(resolveConfig({ folder, env: {}, sets: ["providers.alpaca.secret=hunter2"] }));
  const inEnv = await partsOf(resolveConfig({ folder, env: { KIWI__providers__tiingo__token: "hunter2" } }));
  for (const parts of [inFile, typed, inEnv]) {
    expect(parts.code).toBe("CONFIG_SECRET");
    expect(JSON.stringify(parts)).not.toContain("hunter2");
  }
  const places = [
    "providers.alpaca.key.env=A_LONG_NAME_OF_A_VARIABLE_WITH_NUMBER_1",
    "providers.alpaca.secret.file=/run/secrets/x",
  ];
  const { config } = await resolveConfig({ folder, env: {}, sets: places });
  expect(config.providers["alpaca"]).toEqual({
    key: { env: "A_LONG_NAME_OF_A_VARIABLE_WITH_NUMBER_1" },
    secret: { file: "/run/secrets/x" },
  });
});
