import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { runKiwi } from "../../test/run-kiwi.ts";
import { hasRedis, OwnRedis } from "../../test/redis-server.ts";
import { randomWalk } from "../random-walk.ts";

// Searches as a person starts them, threads, table, ledger and report included: ten thousand trials on three years of hours,
// the same on one thread, a validation, and trials that go through a queue on this machine.
const folder = mkdtempSync(join(tmpdir(), "kiwi-bench-search-"));
const bars = randomWalk(26_280);
const rows = Array.from({ length: bars.length }, (_, k) =>
  [
    new Date(bars.closeTimeMs[k]! - 3_600_000).toISOString(),
    bars.open[k],
    bars.high[k],
    bars.low[k],
    bars.close[k],
    bars.volume[k],
  ].join(),
);
writeFileSync(join(folder, "WALK-1h.csv"), `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
const search = [
  "sma-cross",
  "--data",
  "WALK-1h.csv",
  "--stamp",
  "open",
  "--cash",
  "1000000000",
  "-q",
  "--format",
  "csv",
];
/** A hundred fast averages with a hundred slow ones. */
const wide = ["--vary", "fast=1..100:1", "--vary", "slow=101..200:1", "--trials", "10000"];
const narrow = ["--vary", "fast=1..40:1", "--vary", "slow=101..150:1", "--trials", "2000"];

async function measured(
  ...args: readonly string[]
): Promise<{ readonly wall: number; readonly processor: number }> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const { code, err, out } = await runKiwi(folder, args);
  if (code !== 0) throw new Error(err + out);
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - startedMs) / 1_000, processor: (user + system) / 1e6 };
}

async function throughQueue(): Promise<number | null> {
  if (!hasRedis) return null;
  const redis = await OwnRedis.open();
  const kiwi = join(import.meta.dirname, "../../bin/kiwi.js");
  const worker = spawn(process.execPath, [kiwi, "worker", "--queue", redis.url, "--jobs", "2"], {
    cwd: folder,
    stdio: "ignore",
    detached: true,
  });
  try {
    // The worker is warm, as the threads of a search are not: a first search warms it.
    await measured("optimize", ...search, ...narrow, "--queue", redis.url, "--jobs", "2");
    const here = await measured("optimize", ...search, ...narrow, "--jobs", "2");
    const there = await measured("optimize", ...search, ...narrow, "--queue", redis.url, "--jobs", "2");
    return there.wall / here.wall - 1;
  } finally {
    process.kill(-worker.pid!, "SIGKILL");
    await redis.close();
  }
}

try {
  const two = await measured("optimize", ...search, ...wide, "--jobs", "2");
  const one = await measured("optimize", ...search, ...wide, "--jobs", "1");
  const validation = await measured("validate", ...search.slice(0, -2), "--trials", "200");
  const overhead = await throughQueue();
  console.log(
    JSON.stringify({
      searchTenThousandSeconds: two.wall,
      searchTenThousandProcessorSeconds: two.processor,
      ...(cpus().length < 2 ? {} : { searchTwoThreadsFactor: one.wall / two.wall }),
      validateSeconds: validation.wall,
      validateProcessorSeconds: validation.processor,
      ...(overhead === null ? {} : { searchQueueOverhead: overhead }),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
