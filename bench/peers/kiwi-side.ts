import { createInterface } from "node:readline";
import { runBacktest, runThrough } from "../../src/app/runs/run-backtest.ts";
import { kiwiConfigSchema } from "../../src/app/config/config-schema.ts";
import { TrialRunner } from "../../src/app/search/trial-runner.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { bareLoop } from "./bare-loop.ts";
import { barsOf, busyPairs, config, pairs, type WorkName } from "./work.ts";

// usage: node kiwi-side.ts kiwi|bare WORK; every line on standard input is one round.
const [side, work] = process.argv.slice(2) as ["kiwi" | "bare", WorkName];
const bars = barsOf(work);
const setup = { bars: [bars], strategy: smaCross, params: { fast: 10, slow: 30 }, config };
type Found = { readonly orders: number; readonly returns: readonly number[] };

const rounds: Readonly<Record<WorkName, () => Found>> = {
  engine: runEngine,
  slow: runEngine,
  report() {
    const { metrics, log } = runBacktest(setup);
    return { orders: log.events.count("order"), returns: [metrics.totalReturn!] };
  },
  sweep: () => sweepOver(pairs),
  busy: () => sweepOver(busyPairs),
};

function runEngine(): Found {
  const ground = layGround(setup.bars, setup.config);
  const session = buildSession(setup, ground);
  runThrough(session, ground);
  const { log } = session.recorder;
  log.hash();
  return { orders: log.events.count("order"), returns: [session.portfolio.equity / config.account.cash - 1] };
}

function sweepOver(sets: typeof pairs): Found {
  const request = { config: kiwiConfigSchema.parse({}) };
  const measuring = { keys: [], folds: 1, holdout: 0 };
  const runner = new TrialRunner({ setup: { ...setup, params: {} }, request }, { measuring });
  const rows = sets.map((params, index) => {
    const outcome = runner.run({ index, params, settings: {}, share: 1, wantsReturns: false });
    return outcome.kind === "measured" ? outcome.inSample : {};
  });
  // A search keeps no orders: its closed trades stand for them.
  const orders = rows.reduce((sum, { trades }) => sum + (trades ?? 0), 0);
  return { orders, returns: rows.map(({ totalReturn }) => totalReturn ?? Number.NaN) };
}

function runBare(): Found {
  const { orders, totalReturn } = bareLoop(bars);
  return { orders, returns: [totalReturn] };
}

const round = side === "bare" ? runBare : rounds[work];
for await (const _ of createInterface({ input: process.stdin })) {
  const [cpuBefore, startMs] = [process.cpuUsage(), performance.now()];
  const found = round();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000, ...found }));
}
