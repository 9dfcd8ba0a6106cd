import { parentPort, workerData } from "node:worker_threads";
import { describe, runSeeds } from "./run-seeds.ts";

/** What a thread is given. */
export type SeedShare = { readonly from: number; readonly count: number };
/** What it hands back. */
export type SeedReport = {
  readonly count: number;
  readonly broken: readonly string[];
  readonly coverage: readonly (readonly [number, number])[];
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
};

const { from, count } = workerData as SeedShare;
const seeds = await runSeeds(from, count);
const report = {
  ...seeds,
  broken: seeds.broken.map(describe),
  coverage: seeds.coverage.entries(),
} satisfies SeedReport;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(report);
