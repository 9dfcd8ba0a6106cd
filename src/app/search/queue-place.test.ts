import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { hasPostgres, withPostgres } from "../../../test/postgres-server.ts";
import { hasRedis, OwnRedis } from "../../../test/redis-server.ts";
import { runKiwi, temporaryFolder, type Outcome } from "../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const kiwi = join(import.meta.dirname, "..", "..", "..", "bin", "kiwi.js");
const market = "synthetic:symbols=1,bars=400";
// 20 by 15: three hundred trials, more than are handed out at once. With KIWI_PROVE=1 it is 40 by 25, and kills without end.
const isProof = process.env["KIWI_PROVE"] === "1";
const [fastMax, slowMax, trials, killsMax] = isProof ? [40, 65, 1_000, Infinity] : [20, 55, 300, 4];
const search = [
  "sma-cross",
  "--data",
  market,
  "--vary",
  `fast=1..${fastMax}:1`,
  "--vary",
  `slow=41..${slowMax}:1`,
];

type Worker = { readonly process: ChildProcess; readonly said: () => string };

function startWorker(url: string, where = folder): Worker {
  const child = spawn(process.execPath, [kiwi, "worker", "--queue", url], {
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

/** Paths of the tables of all searches of the folder, the oldest first. */
function tablePaths(): readonly string[] {
  const root = join(folder, ".kiwi", "searches");
  const ids = existsSync(root) ? readdirSync(root).sort() : [];
  return ids.map((id) => join(root, id, "trials.jsonl"));
}

function tables(): readonly string[] {
  return tablePaths().map((path) => readFileSync(path, "utf8"));
}

/** The table of the same search here, without a queue: made once. */
let local: Promise<string> | null = null;
function localTable(): Promise<string> {
  local ??= (async () => {
    const { code, out, err } = await optimize(...search, "--jobs", "2");
    expect(code, out + err).toBe(0);
    return tables().at(-1)!;
  })();
  return local;
}

/** Waits until a new search has written the first of its trials. */
async function untilFirstRows(before: number): Promise<void> {
  const isBegun = (): boolean => {
    const path = tablePaths()[before];
    return path !== undefined && existsSync(path) && statSync(path).size > 0;
  };
  while (!isBegun()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test.skipIf(!hasRedis)(
  "trials on two workers that are killed at random: each stands in the table once, with the bytes of a run here",
  async () => {
    const before = tablePaths().length;
    const redis = await OwnRedis.open();
    const seed = 20_260_101;
    const prng = new Prng(seed);
    let workers = [startWorker(redis.url), startWorker(redis.url)];
    let kills = 0;
    const over = new AbortController();
    try {
      const killing = (async () => {
        // The first dies while trials are on their way, the others some time after they began: on a machine of any speed.
        await untilFirstRows(before);
        while (!over.signal.aborted && kills < killsMax) {
          const victim = prng.integer(2);
          await kill(workers[victim]!);
          kills += 1;
          workers = workers.map((worker, k) => (k === victim ? startWorker(redis.url) : worker));
          while (!over.signal.aborted && !workers[victim]!.said().includes("waiting for trials"))
            await new Promise((resolve) => setTimeout(resolve, 50));
          await new Promise((resolve) => setTimeout(resolve, prng.integer(500)));
        }
      })();
      const { code, out, err } = await optimize(...search, "--queue", redis.url, "--jobs", "8");
      over.abort();
      expect(code, out + err).toBe(0);
      await killing;
    } finally {
      over.abort();
      await Promise.all(workers.map((worker) => kill(worker)));
      await redis.close();
    }
    const distributed = tables()[before]!;
    expect(kills, `seed ${seed}`).toBeGreaterThan(0);
    expect(distributed).toBe(await localTable());
    const numbers = distributed
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { trial: number }).trial);
    expect(numbers).toEqual(Array.from({ length: trials }, (_, k) => k));
  },
  300_000,
);

test.skipIf(!hasRedis)(
  "a Redis that loses everything and comes back costs time and no trial; one that is away for good is said",
  async () => {
    const before = tablePaths().length;
    const redis = await OwnRedis.open();
    const worker = startWorker(redis.url);
    try {
      const searching = optimize(...search, "--queue", redis.url, "--jobs", "8");
      await untilFirstRows(before);
      await redis.kill();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await redis.start();
      const { code, out, err } = await searching;
      expect(code, out + err).toBe(0);
      expect(tables()[before]).toBe(await localTable());
    } finally {
      await redis.close();
      // Who is asked to end ends, also when the server that it would say goodbye to is gone.
      await kill(worker, "SIGTERM");
    }
    const gone = await optimize(...search, "--queue", redis.url);
    expect(JSON.parse(gone.out)).toMatchObject({ error: { code: "REDIS_AWAY", exit: 6 } });
  },
  300_000,
);

test.skipIf(!hasRedis)(
  "a Redis without room is said, and nothing is lost",
  async () => {
    const redis = await OwnRedis.open("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
    try {
      const { out } = await optimize(...search, "--queue", redis.url);
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
      "--queue",
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

/** Commands beside a search whose work may go to workers, and what must be the same wherever it is done. */
const sameWork: readonly (readonly [readonly string[], (outcome: Outcome) => unknown])[] = [
  [
    ["validate", "sma-cross", "--data", market, "--trials", "6"],
    ({ code, out }) => {
      const { validation, neighbours, conditions } = JSON.parse(out) as Record<string, unknown>;
      return { code, validation, neighbours, conditions };
    },
  ],
  [
    ["train", "regime", "--data", market, "--states", "2", "--restarts", "2", "--block", "4"],
    ({ code, out }) => {
      const { models } = JSON.parse(out) as {
        models: readonly { model: { artifact: { params: unknown } } }[];
      };
      return { code, params: models[0]!.model.artifact.params };
    },
  ],
];

test.skipIf(!hasPostgres)(
  "PostgreSQL does what Redis does: a worker and the server itself are killed in the middle, and the table has the bytes of a run here",
  async () => {
    const before = tablePaths().length;
    await withPostgres(async (url, restart) => {
      const workers = [startWorker(url), startWorker(url)];
      try {
        const searching = optimize(...search, "--queue", url, "--jobs", "8");
        await untilFirstRows(before);
        await kill(workers[0]!);
        await restart();
        const { code, out, err } = await searching;
        expect(code, out + err + workers[1]!.said()).toBe(0);
        // The same workers try what a validation asks for, and fit what a training does.
        for (const [name, own] of sameWork)
          expect(own(await runKiwi(folder, [...name, "--json", "--queue", url, "--jobs", "2"]))).toEqual(
            own(await runKiwi(folder, [...name, "--json", "--jobs", "1"])),
          );
      } finally {
        await Promise.all(workers.map((worker) => kill(worker)));
      }
    });
    expect(tables()[before]).toBe(await localTable());
  },
  300_000,
);

test("a PostgreSQL that is not there is named, and an address with a password is not shown", async () => {
  const gone = await optimize(...search, "--queue", "postgres://kiwi@127.0.0.1:1/kiwi");
  expect(JSON.parse(gone.out)).toMatchObject({ error: { code: "POSTGRES_AWAY", exit: 6 } });
  const { out, err } = await optimize(...search, "--queue", "postgres://kiwi:s3cr3t@127.0.0.1/kiwi");
  expect(JSON.parse(out)).toMatchObject({ error: { code: "FLAG_INVALID" } });
  expect(out + err).not.toContain("s3cr3t");
});
