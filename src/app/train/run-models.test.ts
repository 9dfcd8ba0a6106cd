import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { firstBars, marketBars, quickTraining } from "../../../test/training-bars.ts";
import { modelArtifact } from "../../../test/model-artifact.ts";
import { KiwiError } from "../../base/errors.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { modelNamed } from "../plugins/model-named.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { configHash } from "../runs/run-hashes.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { checkModel } from "./check-model.ts";
import { readModelName } from "./models-folder.ts";
import { modelsOfRun, type ModelUse } from "./run-models.ts";
import { retrainRegime } from "./retrain-regime.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const bars = marketBars(2_000);
const training = quickTraining(folder, { bars: firstBars(bars, 1_500) });
await retrainRegime(training);
const throughMs = bars.closeTimeMs[1_499]!;

function use(changes: Partial<ModelUse> = {}): ModelUse {
  return {
    folder,
    bars: [bars],
    config: runConfigSchema.parse({}),
    timeframe: undefined,
    tradeFromMs: bars.closeTimeMs[1_500]!,
    ...changes,
  };
}

async function errorOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(KiwiError);
  return (error as KiwiError).parts;
}

test("a model is loaded under the name that the plan uses, with or without a version", async () => {
  for (const name of ["regime", "regime@1"]) {
    const models = await modelsOfRun(name, undefined, use());
    expect(modelNamed(models, name).trainedThroughMs).toBe(throughMs);
  }
  expect(readModelName("a@b@2")).toEqual({ name: "a@b", version: 2 });
  expect(readModelName("regime@new")).toEqual({ name: "regime@new", version: undefined });
  expect(() => modelNamed(undefined, "regime")).toThrow(/MODEL_UNKNOWN/);
});

test("a model that saw what the run trades is refused, and both ways out that are offered hold", async () => {
  const early = { tradeFromMs: bars.closeTimeMs[1_200]! };
  const { code, fix } = await errorOf(modelsOfRun("regime", undefined, use(early)));
  expect(code).toBe("MODEL_FROM_THE_FUTURE");
  const from = Date.parse(/--from (\S+);/.exec(fix)![1]!);
  expect(from).toBe(bars.closeTimeMs[1_500]);
  await modelsOfRun("regime", undefined, use({ tradeFromMs: from }));
  const [, name, to] = /--name (\S+) --to (\S+)/.exec(fix)!;
  const cut = bars.closeTimeMs.findLastIndex((timeMs) => timeMs <= Date.parse(to!)) + 1;
  await retrainRegime({ ...training, name: name!, bars: firstBars(bars, cut) });
  await modelsOfRun(name!, undefined, use(early));
});

test("a run that trades from its first bar cannot use a model of these bars", async () => {
  const { code, fix } = await errorOf(modelsOfRun("regime", undefined, use({ tradeFromMs: -Infinity })));
  expect(code).toBe("MODEL_FROM_THE_FUTURE");
  expect(fix).toMatch(/^begin after its training: --from \S+$/);
  const seen = firstBars(bars, 1_500);
  const none = await errorOf(modelsOfRun("regime", undefined, use({ bars: [seen], tradeFromMs: -Infinity })));
  expect(none.fix).toContain("add newer bars");
});

test("a model of another symbol or timeframe is refused", async () => {
  const other: Bars = { ...bars, symbol: "QQQ" };
  for (const [changes, timeframe] of [
    [{ bars: [other] }, undefined],
    [{ bars: [bars, other] }, undefined],
    [{ timeframe: "4h" }, undefined],
    [{}, "1d"],
  ] as const) {
    expect(await errorOf(modelsOfRun("regime", timeframe, use(changes)))).toMatchObject({
      code: "MODEL_OTHER_DATA",
      fix: expect.stringContaining("kiwi train regime"),
    });
  }
});

test("a run with all bars of the training needs the very same ones; one that begins later has nothing to compare", async () => {
  const close = bars.close.slice();
  close[700]! *= 1.000_001;
  const revised = { ...bars, close };
  expect((await errorOf(modelsOfRun("regime", undefined, use({ bars: [revised] })))).code).toBe(
    "MODEL_OTHER_DATA",
  );
  await modelsOfRun("regime", undefined, use({ bars: [sliceBars(revised, 1_000, 2_000)] }));
});

test("numbers that are no model are refused although the file is whole", () => {
  const artifact = modelArtifact();
  expect(() => checkModel(artifact, folder)).not.toThrow();
  const broken = [
    { ...artifact, labels: ["sideways" as const] },
    { ...artifact, params: { ...artifact.params, transition: [1, 1, 0, 1] } },
    { ...artifact, params: { ...artifact.params, covariances: [1, 0, 0, -1, 1, 0, 0, 1] } },
    { ...artifact, params: { ...artifact.params, means: [0, 0, 0] } },
  ];
  for (const one of broken) expect(() => checkModel(one, folder)).toThrow(/MODEL_DAMAGED/);
});

test("a damaged model ends the run before it begins", async () => {
  await retrainRegime({ ...training, name: "broken" });
  const path = join(training.store.root, "broken", "1.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"seed": 7', '"seed": 8'));
  expect((await errorOf(modelsOfRun("broken", undefined, use()))).code).toBe("MODEL_DAMAGED");
});

test("another version of a model is another run", () => {
  const hashOf = (artifact?: HmmArtifact): string =>
    configHash(
      {
        bars: [bars],
        strategy: buyAndHold,
        params: {},
        config: runConfigSchema.parse({}),
        ...(artifact === undefined ? {} : { regimeModels: new Map([["regime", artifact]]) }),
      },
      {},
      42,
    );
  const hashes = [hashOf(), hashOf(modelArtifact()), hashOf(modelArtifact({ seed: 43 }))];
  expect(new Set(hashes).size).toBe(3);
  expect(hashOf(modelArtifact())).toBe(hashes[1]);
});
