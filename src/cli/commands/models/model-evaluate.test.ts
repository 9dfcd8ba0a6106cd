import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { marketBars } from "../../../../test/training-bars.ts";
import { ModelStore } from "../../../adapters/stores/models/model-store.ts";
import { hourMs } from "../../../base/time.ts";

const { path: folder, remove } = temporaryFolder();
const market = ["--data", "SYN1-1h.csv", "--calendar", "24/7", "-q"];
const store = new ModelStore(join(folder, ".kiwi", "models"));

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}

beforeAll(async () => {
  const { length, closeTimeMs, ...columns } = marketBars(2_600);
  const rows = Array.from({ length }, (_, k) => {
    const { open, high, low, close, volume } = columns;
    const time = new Date(closeTimeMs[k]! - hourMs).toISOString();
    return [time, open[k], high[k], low[k], close[k], volume[k]].join();
  });
  writeFileSync(join(folder, "SYN1-1h.csv"), ["time,open,high,low,close,volume", ...rows].join("\n"));
  const train = ["train", "logistic", "--name", "rise", ...market, "--horizon", "4", "--folds", "1"];
  for (const to of ["2022-03-10", "2022-03-20"]) await kiwi(...train, "--to", to);
}, 60_000);
afterAll(remove);

test("a model is judged on the bars after its training, as text, JSON and a page", async () => {
  const text = await kiwi("model", "evaluate", "rise@1", ...market);
  expect([text.code, text.err]).toEqual([0, ""]);
  for (const part of [
    "after its training through",
    "accuracy",
    "AUC",
    "Brier skill",
    "ECE",
    "every-call",
    "VERDICT",
  ])
    expect(text.out).toContain(part);
  const json = await kiwi("model", "evaluate", "rise@1", ...market, "--format", "json", "--file", "p.html");
  const found = JSON.parse(json.out) as {
    readonly schema: string;
    readonly model: { readonly sha256: string; readonly trainedThroughMs: number };
    readonly forecasts: { readonly scores: { readonly fromMs: number } };
    readonly trading: readonly { readonly strategy: string }[];
  };
  expect(found.schema).toBe("model-evaluation@1");
  expect(found.model.sha256).toBe((await store.read("rise", 1)).sha256);
  // Not at or before the last bar that it learned from, horizon included.
  expect(found.forecasts.scores.fromMs).toBeGreaterThan(found.model.trainedThroughMs + 4 * hourMs);
  expect(found.trading.map(({ strategy }) => strategy)).toEqual([
    "every-call",
    "follow-predictions",
    "buy-and-hold",
  ]);
  const html = readFileSync(join(folder, "p.html"), "utf8");
  expect(html).toContain("figure-reliability-equal-mass");
  expect(html).not.toMatch(/NaN|undefined|\[object/);
});

test("models made like it walk forward", async () => {
  const { out } = await kiwi("model", "evaluate", "rise", ...market, "--folds", "2", "--json");
  expect(JSON.parse(out)).toMatchObject({ ok: true, method: { kind: "walk-forward", folds: 2 } });
});

test("drift and a comparison are told, with what to type", async () => {
  const drift = await kiwi("model", "drift", "rise@1", ...market, "--rows", "400", "--json");
  expect([0, 5]).toContain(drift.code);
  expect(JSON.parse(drift.out)).toMatchObject({ schema: "model-drift@1", drift: { rows: 400 } });
  const compared = await kiwi("model", "compare", "rise@1", "rise@2", ...market);
  expect(compared.out).toMatch(/rise@1[\s\S]*rise@2[\s\S]*that neither had seen[\s\S]*verdict/);
});

test("a show tells the lineage, a list the hashes", async () => {
  const { sha256 } = await store.read("rise", 2);
  const show = await kiwi("model", "show", "rise@2");
  expect(show.out).toContain(sha256);
  expect(show.out).toContain("parent     version 1");
  expect((await kiwi("model", "list", "rise")).out).toContain(sha256.slice(0, 12));
});

test("check lookahead looks at the making of every model that a strategy reads", async () => {
  const args = ["check", "lookahead", "follow-predictions", "--param", "model=rise@1", ...market];
  const { out, err, code } = await kiwi(...args, "--param", "horizonBars=4", "--from", "2022-03-12");
  expect(`${out}${err}`).toMatch(/PASS {2}lookahead[\s\S]*PASS {2}learning {2}rise/);
  expect(code).toBe(0);
}, 60_000);

test.each([
  [["model", "evaluate", "rise@1", ...market, "--to", "2022-03-01"], "MODEL_NOTHING_NEW"],
  [
    ["model", "evaluate", "rise@1", "--data", "synthetic:symbols=2,bars=900", "-p", "SYN2"],
    "MODEL_OTHER_DATA",
  ],
  [["model", "evaluate", "rise", "--format", "pdf"], "FLAG_INVALID"],
  [["model", "drift", "rise", "--rows", "1"], "FLAG_INVALID"],
] as const)("%j is refused with %s", async (args, code) => {
  const { out } = await kiwi(...args, "--json");
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code } });
});

test("an ensemble of the configuration is judged as a run reads it, on bars that none of its members has seen", async () => {
  const both = { use: "ensemble", members: ["rise@1", "rise@2"] };
  writeFileSync(join(folder, "kiwi.config.jsonc"), JSON.stringify({ models: { both } }));
  const json = await kiwi("model", "evaluate", "both", ...market, "--format", "json");
  const { model, forecasts } = JSON.parse(json.out) as {
    readonly model: Readonly<Record<string, unknown>>;
    readonly forecasts: { readonly scores: { readonly fromMs: number; readonly rows: number } };
  };
  expect(model).toMatchObject({ name: "both", version: null, family: "ensemble", label: { horizonBars: 4 } });
  const { artifact } = await store.read("rise", 2);
  const lastMs = artifact.kind === "predictor" ? artifact.trainedThroughMs : 0;
  expect(model["trainedThroughMs"]).toBe(lastMs);
  expect(forecasts.scores.fromMs).toBeGreaterThan(lastMs + 4 * hourMs);
  expect(forecasts.scores.rows).toBeGreaterThan(50);
  const turns = await kiwi("model", "evaluate", "both", ...market, "--folds", "2");
  expect(turns.err).toContain("ENSEMBLE_NO_TURNS");
});
