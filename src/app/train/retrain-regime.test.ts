import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { barsOfCloses, firstBars, marketBars, quickTraining } from "../../../test/training-bars.ts";
import { KiwiError } from "../../base/errors.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { filterOf } from "../../regimes/hmm-artifact-of.ts";
import { retrainRegime, type RegimeTraining } from "./retrain-regime.ts";
import type { TrainingOutcome } from "./training-outcome.ts";

const { path: base, remove } = temporaryFolder();
afterAll(remove);

let count = 0;
function training(changes: Partial<RegimeTraining> = {}): RegimeTraining {
  return quickTraining(join(base, `${(count += 1)}`), changes);
}

type Trained = Extract<TrainingOutcome, { kind: "trained" }>;

async function train(one: RegimeTraining): Promise<Trained> {
  const outcome = await retrainRegime(one);
  expect(outcome.kind).toBe("trained");
  return outcome as Trained;
}

function fileOf({ store, name }: RegimeTraining, version: number): string {
  return join(store.root, name, `${version}.json`);
}

async function errorOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(KiwiError);
  return (error as KiwiError).parts;
}

test("one, two and three threads write the same bytes", async () => {
  const files = [];
  for (const jobs of [1, 2, 3]) {
    const one = training({ jobs, statesMin: 1, statesMax: 3 });
    const { version } = await train(one);
    files.push(readFileSync(fileOf(one, version), "utf8"));
  }
  expect(files[0]!.length).toBeGreaterThan(500);
  expect(files[1]).toBe(files[0]);
  expect(files[2]).toBe(files[0]);
});

test("training twice on the same bars gives one version, at whatever time; another seed or end gives another", async () => {
  const one = training();
  expect(await train(one)).toMatchObject({ version: 1, isNew: true, isPromoted: true, replaced: null });
  expect(await train({ ...one, createdMs: one.createdMs + dayMs })).toMatchObject({
    version: 1,
    isNew: false,
  });
  expect(await train({ ...one, seed: 8 })).toMatchObject({ version: 2, isNew: true });
});

test("an artifact says what it was trained on and how, and its filter says what was shown", async () => {
  const one = training({ statesMin: 1, statesMax: 3 });
  const { model, lastRegimes } = await train(one);
  const { artifact, tried, judgement } = model;
  const { closeTimeMs, length } = one.bars;
  expect(artifact).toMatchObject({
    symbol: "SYN1",
    timeframe: "1h",
    seed: 7,
    codeVersion: "test",
    version: 1,
  });
  expect([artifact.trainedFromMs, artifact.trainedThroughMs]).toEqual([
    closeTimeMs[0],
    closeTimeMs[length - 1],
  ]);
  expect(artifact.restarts.map(({ start }) => start)).toHaveLength(3);
  expect(tried.map(({ states }) => states)).toEqual([1, 2, 3]);
  const lowest = Math.min(...tried.map(({ bic }) => bic));
  expect(tried.find(({ states }) => states === artifact.params.states)!.bic).toBe(lowest);
  expect(judgement).toBeNull();
  expect(lastRegimes).toHaveLength(60);
  expect(() => filterOf(artifact)).not.toThrow();
});

test("progress goes up to what there is to do, both fits of a retraining counted", async () => {
  const one = training();
  for (const total of [3, 6]) {
    const seen: (readonly [number, number])[] = [];
    await train({ ...one, seed: total, onProgress: (done, all) => void seen.push([done, all]) });
    expect(seen).toEqual(Array.from({ length: total }, (_, k) => [k + 1, total]));
  }
});

describe("which version is in use", () => {
  test("new bars of the same market, learnt the same way, take over; what was held out had been seen by neither", async () => {
    const bars = marketBars(2_400);
    const one = training({ bars: firstBars(bars, 1_500) });
    await train(one);
    const { model, isPromoted, replaced } = await train({ ...one, bars });
    // Half of the 900 bars after the first training.
    expect(model.judgement).toMatchObject({ against: 1, kind: "after", bars: 450 });
    expect([isPromoted, replaced]).toEqual([model.judgement!.isAtLeastAsGood, 1]);
    const { candidate, inUse, isAtLeastAsGood } = model.judgement!;
    expect(isAtLeastAsGood).toBe(candidate! >= inUse!);
  });

  test("a model that finds new bars less likely stays a candidate, and one that finds them likelier takes over", async () => {
    const bars = marketBars(3_000);
    const one = training({ bars: firstBars(bars, 2_000), statesMin: 3, statesMax: 3 });
    await train(one);
    // One state cannot tell calm from wild.
    const worse = await train({ ...one, bars, statesMin: 1, statesMax: 1 });
    expect(worse).toMatchObject({ version: 2, isNew: true, isPromoted: false, replaced: 1 });
    expect(worse.model.judgement!.candidate).toBeLessThan(worse.model.judgement!.inUse!);
    expect((await one.store.read("regime")).artifact.version).toBe(1);
    await one.store.promote("regime", 2);
    const better = await train({ ...one, bars, statesMin: 3, statesMax: 3 });
    expect(better).toMatchObject({ version: 3, isPromoted: true, replaced: 2 });
    expect(better.model.judgement!.candidate).toBeGreaterThan(better.model.judgement!.inUse!);
  });

  test("models that look at other numbers are not compared: a person decides", async () => {
    const one = training();
    await train(one);
    const other = await train({ ...one, blockBars: 12 });
    expect(other).toMatchObject({ version: 2, isPromoted: false });
    expect(other.model.judgement).toMatchObject({ kind: "incomparable", isAtLeastAsGood: false });
  });

  test("a damaged model in use is replaced, with a warning, and one of a newer Kiwi is left alone", async () => {
    const one = training();
    await train(one);
    const text = readFileSync(fileOf(one, 1), "utf8");
    writeFileSync(fileOf(one, 1), text.slice(0, 500));
    const fresh = await train({ ...one, seed: 8 });
    expect(fresh).toMatchObject({ version: 2, isPromoted: true, replaced: 1 });
    expect(fresh.warnings[0]).toContain("was not compared");
    writeFileSync(fileOf(one, 2), text.replace('"fileFormat": 1', '"fileFormat": 2'));
    expect((await errorOf(retrainRegime({ ...one, seed: 9 }))).code).toBe("MODEL_NEWER");
  });

  test("a name belongs to one symbol and timeframe", async () => {
    const one = training();
    await train(one);
    const other: Bars = { ...one.bars, symbol: "QQQ" };
    expect(await errorOf(retrainRegime({ ...one, bars: other }))).toMatchObject({
      code: "MODEL_OTHER_DATA",
      fix: expect.stringContaining("--name"),
    });
  });
});

test("on schedule a model is trained when the bars it has not seen are as many as told, promoted or not", async () => {
  const bars = marketBars(1_800);
  const one = training({ bars: firstBars(bars, 1_500), everyMs: 300 * hourMs });
  await train(one);
  const early = await retrainRegime({ ...one, bars: firstBars(bars, 1_799) });
  expect(early).toMatchObject({
    kind: "not-due",
    reason: expect.stringContaining("version 1 is due on 2022-03-17"),
  });
  await train({ ...one, bars, statesMin: 1, statesMax: 1 });
  expect(await one.store.promotions("regime")).toEqual([1]);
  expect(await retrainRegime({ ...one, bars })).toMatchObject({
    kind: "not-due",
    reason: expect.stringContaining("version 2"),
  });
});

describe("bars that teach nothing are refused by name, and nothing is kept", () => {
  const fair = marketBars(1_500);
  const cases: readonly (readonly [string, Bars])[] = [
    ["a price that never moves", barsOfCloses(Array.from({ length: 600 }, () => 100))],
    [
      "a price that always moves alike",
      barsOfCloses(Array.from({ length: 600 }, (_, k) => 100 * 1.001 ** k)),
    ],
    ["fewer blocks than states need", firstBars(fair, 30)],
    ["one bar", firstBars(fair, 1)],
    ["prices that are not numbers", barsOfCloses(Array.from({ length: 600 }, () => Number.NaN))],
  ];
  test.each(cases)("%s", async (_, bars) => {
    const one = training({ bars });
    const { code, fix } = await errorOf(retrainRegime(one));
    expect(code).toBe("MODEL_UNTRAINABLE");
    expect(fix).not.toBe("");
    expect(await one.store.names()).toEqual([]);
  });

  test("a price with holes is learnt from around them, and a market that never changes has one regime", async () => {
    const holes = fair.close.map((value, row) => (row % 97 === 5 ? Number.NaN : value));
    expect(await train(training({ bars: { ...fair, close: holes } }))).toMatchObject({ isPromoted: true });
    const calm = training({ statesMin: 1, statesMax: 3, bars: steadyBars(1_500) });
    const { model } = await train(calm);
    expect(model.artifact.params.states).toBe(1);
  });
});

/** A walk that is always the same: no regime but one. */
function steadyBars(length: number): Bars {
  const closes = [100];
  let state = 12_345;
  for (let row = 1; row < length; row++) {
    let sum = 0;
    for (let k = 0; k < 12; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32;
    }
    closes.push(closes.at(-1)! * Math.exp(0.01 * (sum - 6)));
  }
  return barsOfCloses(closes);
}

test("bars that are called bad ticks are missing values: a model with one of them learns what it learns without", async () => {
  const clean = training({ statesMin: 1, statesMax: 2 });
  const { bars } = clean;
  const row = 700;
  const ticked = firstBars(bars, bars.length);
  // A thousand times too high for one bar; the next one opens where the price was.
  for (const name of ["high", "close"] as const) ticked[name][row] = ticked[name][row]! * 1000;
  const without = await train(clean);
  const withTick = await train({ ...training({ statesMin: 1, statesMax: 2 }), bars: ticked });
  expect(withTick.warnings.join()).toContain("1 bar that look like bad ticks were missing values");
  expect(without.warnings).toEqual([]);
  const [a, b] = [without, withTick].map(({ model }) => model.artifact);
  // Two states of a market that moves by a percent; the tick alone is ln(1000), or 690 %.
  for (const [state, { volatility }] of b!.summaries.entries())
    expect(volatility).toBeCloseTo(a!.summaries[state]!.volatility, 3);
  expect(b!.logLikelihood / a!.logLikelihood).toBeCloseTo(1, 1);
  expect(b!.dataFingerprint).not.toBe(a!.dataFingerprint);
});

test("a model with more free parameters than looks is refused with the number of bars that it needs", async () => {
  // Two states and two features: 1 + 2 shares, 4 means and 6 covariances are 13; blocks of 6 bars, and one before.
  const one = training({ bars: firstBars(marketBars(1_500), 13 * 6) });
  const parts = await errorOf(retrainRegime(one));
  expect(parts).toMatchObject({ code: "MODEL_UNTRAINABLE" });
  expect(parts.why).toContain("2 states have 13 free parameters");
  expect(parts.why).toContain("79 bars");
  await train(training({ bars: firstBars(marketBars(1_500), 13 * 6 + 1) }));
});
