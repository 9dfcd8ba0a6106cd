import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ruleModel } from "../../../test/rule-model.ts";
import { KiwiError } from "../../base/errors.ts";
import { hourMs } from "../../base/time.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { readPredictionName } from "../../domain/external-series.ts";
import type { Model, ModelRows } from "../../ports/model.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { withPlugins } from "../plugins/registry.ts";
import { predictionsOfRun } from "./predictions-of-run.ts";

const { bars } = syntheticMarket({
  seed: 4,
  symbols: 2,
  timeframe: "1h",
  bars: 900,
  startMs: Date.UTC(2024, 0, 1),
});
const config = runConfigSchema.parse({ instruments: { "*": { calendar: "24/7" } } });

async function predict(changes: Partial<Model>, tradeFromMs = -Infinity, outputs = ["probability"]) {
  const plugin = definePlugin({
    kind: "model",
    name: "rule",
    summary: "A rule.",
    options: {},
    create: () => ruleModel(changes),
  });
  return predictionsOfRun({
    folder: await mkdtemp(join(tmpdir(), "kiwi-predictions-")),
    needed: [{ model: "rule", outputs }],
    bars,
    config,
    timeframe: undefined,
    actions: [],
    tradeFromMs,
    registry: withPlugins([plugin]),
    opening: { modelSecrets: {}, seed: 1 },
  });
}

async function errorOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof KiwiError) return error.parts;
  throw error ?? new Error("nothing was refused");
}

test("a model answers every bar of every symbol once its features are warm, and an answer is a series of its own", async () => {
  const tables = await predict({}, undefined, ["low", "probability"]);
  expect(tables.map(({ symbol }) => readPredictionName(symbol))).toEqual(
    ["SYN1", "SYN2"].flatMap((symbol) =>
      ["low", "probability"].map((output) => ({ model: "rule", output, symbol })),
    ),
  );
  for (const table of tables) {
    // Three whole days for the slow average, and fourteen hours for the oscillator.
    expect(table.closeTimeMs[0]! - bars[0]!.closeTimeMs[0]!).toBeGreaterThan(48 * hourMs);
    expect(table.closeTimeMs[table.length - 1]).toBe(bars[0]!.closeTimeMs[899]);
    expect(table.close.subarray(0, table.length).every((value) => value > 0 && value < 1)).toBe(true);
  }
});

test("nothing is said about bars at or before the end of what was learned from, horizon included", async () => {
  const trainedThroughMs = bars[0]!.closeTimeMs[400]!;
  const [table] = await predict({ trainedThroughMs, horizonBars: 5 }, trainedThroughMs + 6 * hourMs);
  expect(table!.closeTimeMs[0]).toBe(trainedThroughMs + 6 * hourMs);
});

test("a run that trades on bars that its model learned from is refused, with the way out", async () => {
  const trainedThroughMs = bars[0]!.closeTimeMs[400]!;
  const { code, fix } = await errorOf(
    predict({ trainedThroughMs, horizonBars: 5 }, trainedThroughMs + 5 * hourMs),
  );
  expect(code).toBe("MODEL_FROM_THE_FUTURE");
  expect(fix).toContain("--from 2024-01-17T23:00:00Z");
});

test("a model that looks at a later row is caught", async () => {
  const honest = ruleModel();
  const peeking = async (rows: ModelRows) => {
    const [strength] = rows.columns as readonly [Float64Array];
    const found = await honest.predict(rows);
    return found.map((answers) =>
      answers.map((value, k) => value + (strength[rows.from + k + 1] ?? 0) / 1e6),
    );
  };
  expect((await errorOf(predict({ predict: peeking }))).code).toBe("MODEL_LOOKS_AHEAD");
});

test("a model whose answers depend on how many rows are asked for at once is caught", async () => {
  const honest = ruleModel();
  const scaling = async (rows: ModelRows) => {
    const [probability, ...rest] = await honest.predict(rows);
    // A scaler fitted on whatever it was given: the whole sample in a backtest, one row live.
    const known = probability!.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return [probability!.map((value) => value - mean + 0.5), ...rest];
  };
  expect((await errorOf(predict({ predict: scaling }))).code).toBe("MODEL_LOOKS_AHEAD");
});

test("an answer that a model does not give is refused; of a symbol that it was not trained on it says nothing", async () => {
  expect((await errorOf(predict({}, undefined, ["price"]))).code).toBe("MODEL_OUTPUT_UNKNOWN");
  expect(await predict({ symbol: "OTHER" })).toEqual([]);
});

test("a model that connects is opened with clock and secret, waited for, and closed when the run has its answers, or none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kiwi-model-"));
  await writeFile(join(folder, "server.token"), "open sesame\n");
  const done: string[] = [];
  let isUp = true;
  const plugin = definePlugin({
    kind: "model",
    name: "remote",
    summary: "Asks a server.",
    options: {},
    credentials: [{ name: "token", what: "a token of the server", env: "REMOTE_MODEL_TOKEN" }],
    create: () =>
      ruleModel({
        async open({ clock, credentials }) {
          await Promise.resolve();
          done.push(`open ${credentials.token} ${clock.nowMs() > 0}`);
        },
        ...(isUp ? {} : { predict: () => Promise.reject(new Error("the server is gone")) }),
        close: async () => void done.push("close"),
      }),
  });
  const use = {
    folder,
    needed: [{ model: "remote", outputs: ["probability"] }],
    bars,
    config,
    timeframe: undefined,
    actions: [],
    tradeFromMs: -Infinity,
    registry: withPlugins([plugin]),
    opening: { modelSecrets: { remote: { token: { file: "server.token" } } }, seed: 1 },
  };
  expect((await predictionsOfRun(use))[0]!.length).toBeGreaterThan(0);
  isUp = false;
  await expect(predictionsOfRun(use)).rejects.toThrow("the server is gone");
  expect(done).toEqual(["open open sesame true", "close", "open open sesame true", "close"]);
  const { fix } = await errorOf(predictionsOfRun({ ...use, opening: { modelSecrets: {}, seed: 1 } }));
  expect(fix).toContain('"modelSecrets": { "remote": { "token": { "file": "PATH" } } }');
});
