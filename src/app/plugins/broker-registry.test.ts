import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import { connectBroker } from "../brokers/connect-broker.ts";
import { kiwiConfigSchema, type KiwiConfig } from "../config/config-schema.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { brokerPlugins } from "./broker-registry.ts";
import { loadRegistry } from "./load-registry.ts";
import { brokerNamed } from "./registry.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-brokers-"));
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

/** What "kiwi" leads to outside of these tests. */
const publicApi = pathToFileURL(join(import.meta.dirname, "..", "..", "index.ts")).href;

const configWith = (more: object): KiwiConfig => kiwiConfigSchema.parse(more);

/** What the brokers that cannot do without it are given here. */
const options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ccxt: { exchangeId: "kraken" },
  metatrader: { folder: ".", serverTime: "UTC+2" },
};

const toolsWith = (credentials: Readonly<Record<string, string>>, mode: "paper" | "live" = "paper") => ({
  mode,
  clock: new ManualClock(Date.UTC(2024, 0, 1)),
  prng: new Prng(1),
  credentials,
  folder,
});

test("brokers are sorted, named once, and each says what it is and where its keys are", () => {
  const names = brokerPlugins.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names).toEqual([...new Set(names)].sort());
  for (const { kind, summary } of brokerPlugins)
    expect([kind, summary.length > 10]).toEqual(["broker", true]);
});

test.each(brokerPlugins.map((plugin) => [plugin.name, plugin] as const))(
  "%s is made offline in both modes, says what it takes, and keeps its secrets to itself",
  async (name, plugin) => {
    for (const mode of ["paper", "live"] as const) {
      const credentials = Object.fromEntries(plugin.credentials.map((need) => [need.name, "made-up-secret"]));
      const broker = await plugin.connect(options[name] ?? {}, toolsWith(credentials, mode));
      const { orderTypes, timesInForce, clientOrderId } = broker.capabilities;
      expect(orderTypes).toContain("market");
      expect(timesInForce.length).toBeGreaterThan(0);
      expect(clientOrderId.pattern.test("kiwi-0-abc")).toBe(true);
      expect(broker.line.kind).toBe("closed");
      const order = {
        clientOrderId: "kiwi-1",
        symbol: "X",
        side: "buy",
        quantity: 1,
        terms: { type: "market" },
        timeInForce: timesInForce[0]!,
        expireTimeMs: Number.POSITIVE_INFINITY,
        postOnly: false,
        reduceOnly: false,
      } as const;
      expect(await broker.submit(order)).toMatchObject({ kind: "rejected" });
      await broker.close();
    }
  },
);

test.each(brokerPlugins.map(({ name }) => [name] as const))(
  "%s refuses an option that it does not have, with the nearest",
  async (name) => {
    const parts = await partsOf(
      brokerNamed(name).connect({ ...options[name], requestTimeuotMs: 1 }, toolsWith({})),
    );
    expect(parts).toMatchObject({ code: "BROKER_OPTION_UNKNOWN", exit: "config", topic: "brokers" });
  },
);

test("another broker is another word in the configuration, and an unknown one is refused with the nearest", async () => {
  const env = {
    BYBIT_API_KEY: "k".repeat(18),
    BYBIT_API_SECRET: "s".repeat(36),
    APCA_API_KEY_ID: "k",
    APCA_API_SECRET_KEY: "s",
  };
  for (const use of ["alpaca", "bybit"]) {
    const broker = await connectBroker(configWith({ broker: { use } }), { folder, env }, "paper");
    expect(broker.line.kind).toBe("closed");
  }
  const unknown = await partsOf(
    connectBroker(configWith({ broker: { use: "bybti" } }), { folder, env }, "paper"),
  );
  expect(unknown).toMatchObject({ code: "BROKER_UNKNOWN", fix: expect.stringContaining("bybit") });
  const none = await partsOf(connectBroker(configWith({}), { folder, env }, "paper"));
  expect(none).toMatchObject({ code: "BROKER_NONE", topic: "brokers" });
});

test("keys come from where the configuration says, and a place that holds none is named with its section", async () => {
  writeFileSync(join(folder, "secret.txt"), `${"s".repeat(36)}\n`);
  const broker = { use: "bybit", key: { env: "MY_KEY" }, secret: { file: "secret.txt" } };
  await connectBroker(configWith({ broker }), { folder, env: { MY_KEY: "k" } }, "paper");
  const parts = await partsOf(connectBroker(configWith({ broker }), { folder, env: {} }, "paper"));
  expect(parts).toMatchObject({ code: "SECRET_MISSING", why: expect.stringContaining("MY_KEY is not set") });
  expect(parts.fix).toContain('"broker": { "key": { "file": "PATH" } }');
});

test("a secret of the broker in the open is refused wherever it stands, and never repeated", async () => {
  writeFileSync(
    join(folder, "kiwi.config.jsonc"),
    JSON.stringify({ broker: { use: "bybit", secret: "hunter2" } }),
  );
  const refused = [
    await partsOf(resolveConfig({ folder, env: {} })),
    await partsOf(
      resolveConfig({ folder, file: null, env: {}, sets: ["broker.use=bybit", "broker.key=hunter2"] }),
    ),
  ];
  for (const parts of refused) {
    expect(parts.code).toBe("CONFIG_SECRET");
    expect(JSON.stringify(parts)).not.toContain("hunter2");
  }
  const sets = ["broker.use=bybit", "broker.key.env=MY_KEY", "broker.leverage=2"];
  const { config } = await resolveConfig({ folder, file: null, env: {}, sets });
  expect(config.broker).toEqual({ use: "bybit", key: { env: "MY_KEY" }, leverage: 2 });
});

test("a broker of one's own is a file: it is found by its name, with options in the language of strategies", async () => {
  writeFileSync(
    join(folder, "own.ts"),
    `import { defineBroker, float } from ${JSON.stringify(publicApi)};
     export default defineBroker({
       name: "own",
       summary: "a broker of my own",
       options: { fee: float(0.5, { min: 0, max: 1 }, "what it takes") },
       connect: ({ fee }, { mode }) => ({ accountName: mode + " " + fee, close: async () => {} }),
     });`,
  );
  const config = configWith({ broker: { use: "own", fee: 0.25 }, plugins: ["own.ts"] });
  const broker = await connectBroker(config, { folder, env: {} }, "paper");
  expect(broker.accountName).toBe("paper 0.25");
  const wrong = configWith({ broker: { use: "own", fee: -1 }, plugins: ["own.ts"] });
  await expect(connectBroker(wrong, { folder, env: {} }, "paper")).rejects.toMatchObject({
    parts: { code: "BROKER_OPTION_INVALID" },
  });
  writeFileSync(
    join(folder, "taken.ts"),
    `export default { kind: "broker", name: "bybit", options: {}, connect() {} };`,
  );
  expect(await partsOf(loadRegistry(folder, ["taken.ts"]))).toMatchObject({ code: "PLUGIN_TAKEN" });
});
