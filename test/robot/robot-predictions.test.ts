import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openJournal } from "../../src/adapters/stores/journal/journal-file.ts";
import { ModelStore } from "../../src/adapters/stores/models/model-store.ts";
import { builtIn } from "../../src/app/plugins/registry.ts";
import { AnswerTables } from "../../src/app/predictions/answer-tables.ts";
import { KeptAnswers } from "../../src/app/predictions/kept-answers.ts";
import { PredictionStage } from "../../src/app/predictions/prediction-stage.ts";
import { predictorModel } from "../../src/app/predictions/predictor-model.ts";
import { servePredictions, type Served } from "../../src/app/predictions/serve-predictions.ts";
import { sessionModels, type SessionModel } from "../../src/app/predictions/session-models.ts";
import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { commissionOf } from "../../src/app/session/commission-of.ts";
import { conversionsFor } from "../../src/domain/currency.ts";
import { Ledger } from "../../src/domain/ledger.ts";
import type { EngineOrder } from "../../src/app/trading/engine-builder.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import { sliceBars, type Bars } from "../../src/domain/bars.ts";
import type { JournalStore, PredictedRecord } from "../../src/ports/journal-store.ts";
import { replaySession } from "../../src/robot/replay.ts";
import { trainedModel } from "../trained-model.ts";
import follow from "./follow-model.ts";
import { centMarket } from "./kill-market.ts";
import { RobotBench } from "./robot-bench.ts";

// A session that trades what a trained model says, at an exchange of the emulator.

// On this one the recalibration finds something: on others the model falls back to the base rate and nobody trades.
const [market] = centMarket(10, 1, 2_400) as readonly [BarTable];
const learned = 1_700;
const tape = [copyOf(1_300, 2_100)];
let folder = "";
let models: readonly SessionModel[] = [];

function copyOf(from: number, to: number): BarTable {
  const copy = new BarTable(market.symbol, "1h");
  for (let row = from; row < to; row++)
    copy.append(
      market.closeTimeMs[row]!,
      market.open[row]!,
      market.high[row]!,
      market.low[row]!,
      market.close[row]!,
      market.volume[row]!,
    );
  return copy;
}

const parts = { limits: { openOrdersEveryMs: 1e9, positionsEveryMs: 1e9 } };
const plan = () => ({
  strategy: follow,
  params: {},
  symbols: [market.symbol],
  timeframe: "1h" as const,
  registry: builtIn,
  folder,
});

function bench(kept = new KeptAnswers([])): RobotBench & { readonly served: readonly Served[] } {
  const served: Served[] = [];
  const serve: ConstructorParameters<typeof RobotBench>[0]["serve"] = async (feed, journal, config) => {
    const one = await servePredictions({ ...plan(), models, feed, journal, config, kept });
    served.push(one);
    return one;
  };
  return Object.assign(new RobotBench({ tape, strategy: follow, parts, serve }), { served });
}

async function backtestOf({ config: plain }: RobotBench, bars: readonly Bars[]) {
  const { artifact } = await new ModelStore(join(folder, ".kiwi", "models")).read("rise");
  if (artifact.kind !== "predictor") throw new Error("another kind of model");
  const config = { ...plain, execution: { ...plain.execution, flattenAtEnd: false } };
  const wanted = [{ name: "rise", model: predictorModel(artifact), outputs: ["probability"] }];
  const whole = new PredictionStage(wanted, layGround(bars, config));
  await whole.catchUp();
  return runBacktest({ bars, strategy: follow, params: {}, config, externals: whole.tables });
}

function predictedIn(journal: JournalStore): readonly PredictedRecord[] {
  return [...journal.read()].filter((record) => record.kind === "predicted");
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kiwi-served-"));
  await trainedModel(folder, sliceBars(market, 0, learned), "rise");
  models = await sessionModels({ ...plan(), config: new RobotBench({ tape, strategy: follow }).config });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a session serves the model in use, decides as the backtest does, keeps what was said, and replays alike", async () => {
  const desk = bench();
  const robot = await desk.start();
  await desk.bars(tape[0]!.length);
  const { artifact } = await new ModelStore(join(folder, ".kiwi", "models")).read("rise");
  if (artifact.kind !== "predictor") throw new Error("another kind of model");
  expect(models).toEqual([{ name: "rise", fingerprint: predictorModel(artifact).fingerprint }]);

  const backtest = await backtestOf(desk, tape);
  expect(backtest.log.events.count("fill")).toBeGreaterThan(4);
  expect(robot.status().decisionsHash).toBe(backtest.decisionsHash);
  expect(desk.incidents).toEqual([]);
  await robot.stop();

  const journal = openJournal(desk.disk);
  const said = predictedIn(journal);
  expect(new Set(said.map(({ fingerprint }) => fingerprint))).toEqual(new Set([models[0]!.fingerprint]));
  const times = said.flatMap(({ rows }) => rows.map(([timeMs]) => timeMs!));
  // Nothing about bars that it learned from, each later one once.
  expect(times[0]).toBeGreaterThan(artifact.trainedThroughMs + 4 * 3_600_000);
  expect(times).toEqual([...new Set(times)]);
  expect(times.at(-1)).toBe(tape[0]!.closeTimeMs[tape[0]!.length - 1]);

  // The model itself is not needed any more.
  const answers = new AnswerTables("rise", ["probability"], market);
  const replayed = replaySession(
    journal,
    "1h",
    ({ bars, cash, broker }) => {
      const own = { ...desk.config, account: { ...desk.config.account, cash } };
      const setup = { bars, strategy: follow, params: {}, config: own, externals: answers.tables };
      return buildSession(setup, layGround(bars, own), { broker });
    },
    (record) => answers.take(record),
  );
  expect(replayed.difference).toBeNull();
  expect(replayed.decisionsHash).toBe(robot.status().decisionsHash);
  // The first bar after those of the warm-up is the first that was decided on.
  const { closeTimeMs } = replayed.bars[0]!;
  expect(closeTimeMs.find((timeMs) => !replayed.staleTimes.has(timeMs))).toBe(replayed.decidedFromMs);
});

test("a restart says what was said, rewrites none of it, and ends as if nothing had happened", async () => {
  const whole = bench();
  const undisturbed = await whole.start();
  await whole.bars(600);
  const broken = bench();
  for (const count of [430, 1, 69, 100]) {
    await broken.start();
    await broken.bars(count);
    await broken.robot!.stop();
  }
  const robot = await broken.start();
  expect(robot.status().decisionsHash).toBe(undisturbed.status().decisionsHash);
  const rowsOf = (one: RobotBench) => predictedIn(openJournal(one.disk)).flatMap(({ rows }) => rows);
  expect(rowsOf(broken)).toEqual(rowsOf(whole));
  expect(undisturbed.session.recorder.log.events.count("fill")).toBeGreaterThan(2);
});

test("a new session of the account says of old bars what the last one said, whatever it would say now", async () => {
  const first = bench();
  await first.start();
  await first.bars(500);
  await first.robot!.stop();
  const records = predictedIn(openJournal(first.disk));
  // As if it had said something else then: it must be that which is said again.
  const marked = records.map((record) => ({
    ...record,
    rows: record.rows.map(([timeMs]) => [timeMs!, 0.25]),
  }));
  const second = bench(new KeptAnswers(marked));
  await second.start();
  await second.bars(510);
  const [table] = second.served[0]!.externals as readonly [BarTable];
  const values = [...table.close.subarray(0, table.length)];
  const count = records.flatMap(({ rows }) => rows).length;
  expect(values.slice(0, count).every((value) => value === 0.25)).toBe(true);
  expect(values.slice(count).some((value) => value === 0.25)).toBe(false);
  expect(values).toHaveLength(count + 10);
});

test("another version that comes into use while a session starts is not served", async () => {
  const other = mkdtempSync(join(tmpdir(), "kiwi-other-"));
  try {
    await trainedModel(other, sliceBars(market, 0, 1_600), "rise");
    const desk = new RobotBench({ tape, strategy: follow, parts });
    const feed = {
      bars: tape,
      wake() {},
      close: () => Promise.resolve(),
      batches: () => (async function* () {})(),
    };
    await expect(
      servePredictions({
        ...plan(),
        folder: other,
        models,
        feed,
        journal: { append() {} },
        config: desk.config,
        kept: new KeptAnswers([]),
      }),
    ).rejects.toThrow(/MODEL_CHANGED/);
    const elsewhere = { ...plan(), symbols: ["OTHER"], config: desk.config };
    await expect(sessionModels(elsewhere)).rejects.toThrow(/PREDICTION_MISSING/);
  } finally {
    rmSync(other, { recursive: true });
  }
});

/** Models are asked by the robot, and their answers go over to an engine in a thread of its own. */
function remoteBench() {
  const answers: PredictedRecord[] = [];
  const serve: ConstructorParameters<typeof RobotBench>[0]["serve"] = (feed, journal, config) => {
    const append = (record: PredictedRecord): void => {
      journal.append(record);
      answers.push(record);
    };
    return servePredictions({
      ...plan(),
      models,
      feed,
      journal: { append },
      config,
      kept: new KeptAnswers([]),
    });
  };
  const desk = new RobotBench({ tape, strategy: follow, parts, serve });
  const { config } = desk;
  const { instruments, calendars } = layGround(tape, config);
  const { account } = config;
  const making = {
    folder: import.meta.dirname,
    plugins: [],
    strategyText: "./follow-model.ts",
    params: {},
    config,
    timeframe: "1h",
    tables: {},
    shadowFromMs: 0,
  } satisfies EngineOrder;
  const remote = {
    builder: new URL("../../src/app/trading/engine-builder.ts", import.meta.url),
    making,
    environment: {},
    limits: { cpuMsMax: 10_000, memoryMbMax: 256 },
    instruments,
    prices: new Ledger(account.cash, instruments, conversionsFor(instruments, "USD", {}), account),
    commission: commissionOf({ config, registry: builtIn }, { market: { instruments, bars: [] }, calendars }),
    onRelived() {},
    newAnswers: () => answers.splice(0),
    isShadowOn: () => true,
    onEvents() {},
  };
  return { desk, remote };
}

test("an engine in a thread of its own hears what the model says: it decides as the backtest does, also after a restart", async () => {
  const { desk, remote } = remoteBench();
  const bars = sliceBars(tape[0]!, 0, 600);
  for (const count of [1, 480, 119]) {
    const robot = await desk.start({ remote });
    for (let k = 0; k < count; k++) {
      await desk.bars(1);
      while (!(robot.status().lastBarMs >= bars.closeTimeMs[desk.row]!)) {
        await desk.rest();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    await robot.stop();
  }
  const backtest = await backtestOf(desk, [bars]);
  const robot = desk.robot!;
  expect(backtest.log.events.count("fill")).toBeGreaterThan(2);
  expect(robot.status().decisionsHash).toBe(backtest.decisionsHash);
  expect(desk.incidents.map(({ kind }) => kind)).toEqual(["recovered", "recovered"]);
  // The backtest beside it has heard the model as well.
  const { comparison } = robot.view();
  expect(comparison!.fills).toBe(backtest.log.events.count("fill"));
  expect(comparison).toMatchObject({ matched: comparison!.fills, shadowFills: comparison!.fills });
}, 240_000);
