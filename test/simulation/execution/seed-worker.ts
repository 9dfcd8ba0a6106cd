import { parentPort, workerData } from "node:worker_threads";
import { startRobot } from "../../../src/robot/start-robot.ts";
import { rareWorlds } from "./rare-worlds.ts";
import { describe, runSeeds } from "./run-seeds.ts";

/** What a thread is given. */
export type SeedShare = {
  readonly from: number;
  readonly count: number;
  /** One of the rare worlds; null for those of chance. */
  readonly world: string | null;
};
/** What it hands back. */
export type SeedReport = {
  readonly count: number;
  readonly broken: readonly string[];
  readonly coverage: readonly (readonly [number, number])[];
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
};

const { from, count, world } = workerData as SeedShare;
const rare = world === null ? {} : rareWorlds[world];
const seeds = await runSeeds(from, count, undefined, { startRobot, ...rare });
const report = {
  ...seeds,
  broken: seeds.broken.map(describe),
  coverage: seeds.coverage.entries(),
} satisfies SeedReport;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(report);
