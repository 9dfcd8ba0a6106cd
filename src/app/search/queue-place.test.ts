import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { hasRedis, OwnRedis } from "../../../test/redis-server.ts";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const kiwi = join(import.meta.dirname, "..", "..", "..", "bin", "kiwi.js");
const market = "synthetic:symbols=1,bars=400";
// 40 by 25: a thousand trials.
const thousand = ["sma-cross", "--data", market, "--vary", "fast=1..40:1", "--vary", "slow=41..65:1"];

type Worker = { readonly process: ChildProcess; readonly said: () => string };

function startWorker(url: string, where = folder): Worker {
  const child = spawn(process.execPath, [kiwi, "worker", "--redis", url], {
    cwd: where,
    env: { ...process.env },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  return { process: child, said: () => text };
}

/** Ends a worker and all that it started, in the middle of whatever it is at. */
async function kill({ process: child }: Worker, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  process.kill(-child.pid!, signal);
  await gone;
}

async function optimize(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return runKiwi(folder, ["optimize", ...args, "--json", "--format", "csv"]);
}

/** The tables of all searches of the folder, the oldest first. */
function tables(): readonly string[] {
  const root = join(folder, ".kiwi", "searches");
  return readdirSync(root)
    .sort()
    .map((id) => readFileSync(join(root, id, "trials.jsonl"), "utf8"));
}

test.skipIf(!hasRedis)(
  "a thousand trials on two workers that are killed at random: each stands in the table once, with the bytes of a run here",
  async () => {
    const redis = await OwnRedis.open();
    const seed = 20_260_101;
    const prng = new Prng(seed);
    let workers = [startWorker(redis.url), startWorker(redis.url)];
    let kills = 0;
    const over = new AbortController();
    try {
      const killing = (async () => {
        while (!over.signal.aborted) {
          await new Promise((resolve) => setTimeout(resolve, 1_500 + prng.integer(2_500)));
          if (over.signal.aborted) return;
          const victim = prng.integer(2);
          await kill(workers[victim]!);
          kills += 1;
          workers = workers.map((worker, k) => (k === victim ? startWorker(redis.url) : worker));
        }
      })();
      const { code, out, err } = await optimize(...thousand, "--redis", redis.url, "--jobs", "8");
      over.abort();
      expect(code, out + err).toBe(0);
      await killing;
    } finally {
      over.abort();
      await Promise.all(workers.map((worker) => kill(worker)));
      await redis.close();
    }
    expect((await optimize(...thousand, "--jobs", "2")).code).toBe(0);
    const [distributed, local] = tables() as [string, string];
    expect(kills, `seed ${seed}`).toBeGreaterThan(0);
    expect(distributed).toBe(local);
    const numbers = local
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { trial: number }).trial);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, k) => k));
  },
  300_000,
);

test.skipIf(!hasRedis)(
  "a Redis that loses everything and comes back costs time and no trial; one that is away for good is said",
  async () => {
    const before = tables().length;
    const redis = await OwnRedis.open();
    const worker = startWorker(redis.url);
    try {
      const searching = optimize(...thousand, "--redis", redis.url, "--jobs", "8");
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await redis.kill();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await redis.start();
      const { code, out, err } = await searching;
      expect(code, out + err).toBe(0);
      expect(tables()[before]).toBe(tables()[0]);
    } finally {
      await kill(worker);
      await redis.close();
    }
    const gone = await optimize(...thousand, "--redis", redis.url);
    expect(JSON.parse(gone.out)).toMatchObject({ error: { code: "REDIS_AWAY", exit: 6 } });
  },
  300_000,
);

test.skipIf(!hasRedis)(
  "a Redis without room is said, and nothing is lost",
  async () => {
    const redis = await OwnRedis.open("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
    try {
      const { out } = await optimize(...thousand, "--redis", redis.url);
      expect(JSON.parse(out)).toMatchObject({ error: { code: "REDIS_FULL", exit: 6 } });
    } finally {
      await redis.close();
    }
  },
  120_000,
);

test.skipIf(!hasRedis)(
  "a worker with other code is refused, and the search goes on with one that has the same",
  async () => {
    const redis = await OwnRedis.open();
    // The same folder name elsewhere is another machine: its strategy file differs by one letter.
    const text = `import { int, strategy } from "kiwi";
export default strategy({ name: "here", summary: "s", params: { n: int(2, { min: 2, max: 9 }) },
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ p, series, target }) { target(series.close.now > series.close.ago(1) ? p.n / 10 : 0, "up"); } });\n`;
    writeFileSync(join(folder, "here.ts"), text);
    const searching = optimize(
      "./here.ts",
      "--data",
      market,
      "--redis",
      redis.url,
      "--jobs",
      "1",
      "--objective",
      "totalReturn",
    );
    // By then the search has said which code it was begun with.
    await redis.untilKey("bull:kiwi-trials:wait");
    writeFileSync(join(folder, "here.ts"), text.replace("/ 10", "/ 20"));
    const stranger = startWorker(redis.url);
    try {
      const [code] = (await once(stranger.process, "exit")) as [number];
      expect(code).toBe(3);
      expect(stranger.said()).toContain("WORKER_OTHER_CODE");
      writeFileSync(join(folder, "here.ts"), text);
      const worker = startWorker(redis.url);
      const done = await searching;
      expect(done.code, done.out + done.err + worker.said()).toBe(0);
      await kill(worker);
    } finally {
      await kill(stranger);
      await redis.close();
    }
  },
  240_000,
);

test.skipIf(!hasRedis)("a worker ends when it is told to, also while its server is away", async () => {
  const redis = await OwnRedis.open();
  const worker = startWorker(redis.url);
  try {
    while (!worker.said().includes("waiting for trials"))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await redis.kill();
    const gone = once(worker.process, "exit");
    worker.process.kill("SIGTERM");
    expect(await gone).toEqual([0, null]);
  } finally {
    await kill(worker);
    await redis.close();
  }
});
