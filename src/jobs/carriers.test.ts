import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { jobAt } from "./job.ts";
import { openCarrier, runJob, type JobWatching } from "./open-carrier.ts";
import { openPool } from "./open-pool.ts";

const antics = jobAt<typeof import("../../test/jobs/antics-job.ts").default>(
  "antics",
  new URL("../../test/jobs/antics-job.ts", import.meta.url),
);
const environment = { MINE: "1" };
const kinds = ["thread", "process"] as const;

test.each(kinds)(
  "a %s gives the result, sees no other environment, and shows how far it is",
  async (kind) => {
    const looks: string[] = [];
    const onLook: JobWatching["onLook"] = (stage, board) =>
      looks.push(`${stage} ${board.done}/${board.total}`);
    const request = { act: "answer" as const, numbers: Float64Array.of(1, 2, 3.5) };
    const result = await runJob(kind, antics, request, { environment, onLook });
    expect(result.sum).toBe(6.5);
    // A process is told by Node where its channel is, and by us where compiled code is kept; nothing else of ours is there.
    const known = new Set([
      "MINE",
      "NODE_CHANNEL_FD",
      "NODE_CHANNEL_SERIALIZATION_MODE",
      "NODE_COMPILE_CACHE",
    ]);
    expect(result.secrets.filter((name) => !known.has(name))).toEqual([]);
    expect(result.pid === process.pid).toBe(kind === "thread");
    await expect(
      runJob(kind, antics, { act: "wait" }, { environment, onLook, timeLimitMs: 4_000 }),
    ).rejects.toThrow("JOB_TIME_LIMIT the job was stopped after 4 s");
    expect(looks).toContain("wait 1/2");
  },
);

test.each(kinds)("everything that a %s prints is heard, in order, before its result", async (kind) => {
  const lines: string[] = [];
  await runJob(kind, antics, { act: "print" }, { environment, onLine: (line) => lines.push(line) });
  expect(lines).toEqual([...Array.from({ length: 2_000 }, (_, k) => `line ${k}`), "without an end"]);
});

test.each(
  kinds.flatMap(
    (kind) =>
      [
        [
          kind,
          "spin",
          "STRATEGY_STUCK the strategy has not come back for 0.5 s on the bar that closes 2024-01-02",
        ],
        // A thread that eats can take this process with it.
        ...(kind === "process" ? [[kind, "eat", "OUT_OF_MEMORY"] as const] : []),
        [kind, "exit", "STRATEGY_EXITED the strategy ended the program (exit code 3)"],
        [kind, "throw", "as asked"],
        [kind, "stray", "STRATEGY_STRAY_ERROR the strategy failed outside of its onBar: strayed"],
      ] as const,
  ),
)("a %s that is asked to %s says so, and its carrier is closed or goes on", async (kind, act, message) => {
  const carrier = openCarrier(kind, { environment, memoryMbMax: 64 });
  await expect(carrier.perform(antics, { act }, { stuckAfterSeconds: 0.5 })).rejects.toThrow(message);
  const after = carrier.perform(antics, { act: "answer" });
  // An error is an answer; what hung, ate or left takes its carrier with it.
  if (act === "throw" || act === "stray") expect((await after).sum).toBe(0);
  else await expect(after).rejects.toThrow();
  await carrier.close();
});

test("a job that is no longer wanted is stopped, and a request that is not right is refused", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 200);
  const waiting = runJob("process", antics, { act: "wait" }, { environment, signal: abort.signal });
  await expect(waiting).rejects.toThrow("JOB_CANCELED");
  const wrong = runJob("thread", antics, { act: "dance" } as never, { environment });
  await expect(wrong).rejects.toThrow("JOB_REQUEST_INVALID the request for the job antics is not right: act");
});

test("a pool has no more carriers than it may, uses them again, and replaces one that was lost", async () => {
  const pool = openPool("process", 2, { environment });
  const answers = await Promise.all(Array.from({ length: 6 }, () => pool.perform(antics, { act: "answer" })));
  const pids = new Set(answers.map(({ pid }) => pid));
  expect(pids.size).toBeLessThanOrEqual(2);
  const results = await Promise.allSettled([
    pool.perform(antics, { act: "exit" }),
    pool.perform(antics, { act: "exit" }),
    pool.perform(antics, { act: "answer" }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  await pool.close();
});

test("a process ends with the one that started it, also in the middle of a loop without end", async () => {
  const code = `import { openCarrier } from ${JSON.stringify(new URL("./open-carrier.ts", import.meta.url).href)};
    const carrier = openCarrier("process", { environment: {} });
    const job = { name: "antics", module: ${JSON.stringify(antics.module)} };
    const { pid } = await carrier.perform(job, { act: "answer" });
    console.log(pid);
    await carrier.perform(job, { act: "spin" });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", code]);
  const [text] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(text.toString());
  parent.kill("SIGKILL");
  await once(parent, "exit");
  const isThere = (): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  for (let tries = 0; tries < 50 && isThere(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isThere()).toBe(false);
});
