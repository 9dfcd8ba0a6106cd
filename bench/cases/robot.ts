import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournalFile } from "../../src/adapters/stores/journal/journal-file.ts";
import { hourMs } from "../../src/base/time.ts";
import { strategy, type AnyStrategy } from "../../src/ports/strategy.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { centMarket } from "../../test/robot/kill-market.ts";
import { RobotBench } from "../../test/robot/robot-bench.ts";

// A robot on the exchange in memory, with its journal on this machine's disk: from a closed bar to the orders on the
// wire, orders through gate, journal and desk, and the start with a long journal.
const folder = mkdtempSync(join(tmpdir(), "kiwi-bench-"));
const symbols = 50;
const bars = 1_000;

/** Turns every symbol around at every bar: as many orders as there can be. */
const restless = strategy({
  name: "restless",
  summary: "Long on one bar and short on the next.",
  params: {},
  setup: ({ bars: { close } }) => ({ close }),
  memory: () => ({ side: 1 }),
  onBar({ memory, target }) {
    memory.side = -memory.side;
    target(memory.side, { reason: "restless" });
  },
});

const limits = {
  sends: { count: 1_000_000, spanMs: 1 },
  openOrdersEveryMs: 100_000 * hourMs,
  positionsEveryMs: 100_000 * hourMs,
};
const tape = centMarket(3, symbols, bars);

/** How long it takes from a bar to the first order that follows from it, and how many orders pass in a second of that. */
async function barToWire(trader: AnyStrategy) {
  const bench = new RobotBench({ tape, strategy: trader, parts: { limits } });
  await bench.start({ journal: openJournalFile(join(folder, trader.name)) });
  const spans: number[] = [];
  let [arrivedMs, ordersMs, busyMs] = [0, 0, 0];
  let isFirst = false;
  const submit = bench.link.submit.bind(bench.link);
  bench.link.submit = (order) => {
    if (isFirst) spans.push(performance.now() - arrivedMs);
    isFirst = false;
    ordersMs = performance.now();
    return submit(order);
  };
  const feed = bench.feeds.at(-1)!;
  const arrive = feed.arrive.bind(feed);
  feed.arrive = (row) => {
    arrivedMs = performance.now();
    isFirst = true;
    arrive(row);
  };
  for (let row = 0; row < bars; row++) {
    await bench.bars(1);
    if (!isFirst) busyMs += ordersMs - arrivedMs;
  }
  await bench.robot!.stop();
  spans.sort((a, b) => a - b);
  const share = (part: number): number => spans[Math.floor(spans.length * part)]!;
  return {
    p50Ms: share(0.5),
    p99Ms: share(0.99),
    ordersPerSecond: (bench.link.sent.length / busyMs) * 1_000,
  };
}

/** A session as most are: a few symbols, a decision now and then. Figures are for 100,000 records. */
async function restart(): Promise<{ seconds: number; records: number }> {
  const calmPath = join(folder, "calm");
  const calm = new RobotBench({ tape: centMarket(5, 2, 8_000), strategy: smaCross, parts: { limits } });
  await calm.start({ journal: openJournalFile(calmPath) });
  await calm.bars(8_000);
  await calm.robot!.stop();
  const journal = openJournalFile(calmPath);
  let records = 0;
  for (const _ of journal.read()) records += 1;
  journal.close();
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const fromMs = performance.now();
    await calm.start({ journal: openJournalFile(calmPath) });
    times.push((performance.now() - fromMs) / 1_000);
    await calm.robot!.stop();
  }
  return { seconds: times.sort((a, b) => a - b)[2]!, records };
}

const usual = await barToWire(smaCross);
const busiest = await barToWire(restless);
const { seconds, records } = await restart();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    robotBarToWireP50Ms: usual.p50Ms,
    robotBarToWireP99Ms: usual.p99Ms,
    robotBusyBarToWireP50Ms: busiest.p50Ms,
    robotBusyBarToWireP99Ms: busiest.p99Ms,
    robotOrdersPerSecond: busiest.ordersPerSecond,
    robotRestartSeconds: (seconds * 100_000) / records,
  }),
);
