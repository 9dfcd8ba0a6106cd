import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";

// Real processes: a schedule starts others, and Ctrl-C must end all of them.
const launcher = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");
const { path: folder, remove } = temporaryFolder();
const heard: { title?: string; text?: string }[] = [];
const web = createServer((request, response) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString()));
  request.on("end", () => {
    heard.push(JSON.parse(text) as (typeof heard)[number]);
    response.end("ok");
  });
});
await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve));
afterAll(async () => {
  await new Promise((resolve) => web.close(resolve));
  remove();
});

function configure(schedule: object): void {
  const hook = { use: "webhook", url: `http://127.0.0.1:${(web.address() as AddressInfo).port}` };
  writeFileSync(
    join(folder, "kiwi.config.jsonc"),
    JSON.stringify({ alerts: { channels: { hook } }, schedule }),
  );
}

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

function kiwi(words: readonly string[], stopWhen: (err: string) => boolean = () => false): Promise<Ran> {
  const child = spawn(process.execPath, [launcher, ...words], {
    cwd: folder,
    env: { ...process.env, KIWI_HOME: join(folder, "home") },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => {
    err += part.toString();
    if (stopWhen(err)) child.kill("SIGINT");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

test("a task is done by hand and by the clock, in a process of its own; what fails is told and kept", async () => {
  configure({
    "tell-sessions": { when: "daily 07:00 UTC", run: "db update" },
    "no-such-run": { when: "every 1h", run: "report 20200101-000000-none" },
  });
  // It was due hours ago, while nobody was there.
  expect((await kiwi(["schedule", "run", "tell-sessions"])).out).toContain("tell-sessions done in");
  expect(existsSync(join(folder, "home", "state.sqlite"))).toBe(true);
  const record = join(folder, ".kiwi", "schedule", "tell-sessions.json");
  writeFileSync(record, JSON.stringify({ dueMs: 5, startedMs: 5, endedMs: 6, failure: null }));
  writeFileSync(record.replace("tell-sessions", "no-such-run"), readFileSync(record));
  const ran = await kiwi(
    ["schedule", "start"],
    (err) => err.includes("tell-sessions  done") && err.includes("no-such-run  FAILED"),
  );
  expect(ran.code).toBe(130);
  expect(heard.map((message) => JSON.stringify(message))).toEqual([
    expect.stringContaining("no-such-run failed"),
  ]);
  const listed = await kiwi(["schedule", "list", "--json"]);
  const { tasks } = JSON.parse(listed.out) as { tasks: { name: string; last: { failure: string | null } }[] };
  expect(tasks.map(({ name, last }) => [name, last.failure === null])).toEqual([
    ["tell-sessions", true],
    ["no-such-run", false],
  ]);
  expect(tasks[1]!.last.failure).toMatch(/^exit code \d+: error RUN_/);
  expect((await kiwi(["schedule", "run", "no-such-run"])).err).toContain("TASK_FAILED");
}, 60_000);

test("what trades or never ends, a wrong time and a wrong name are refused with what would be right", async () => {
  configure({ live: { when: "every 1h", run: "live start --confirm" } });
  expect((await kiwi(["schedule", "list"])).err).toContain("SCHEDULE_INVALID");
  configure({ sums: { when: "hourly", run: "db update" } });
  expect((await kiwi(["schedule", "list"])).err).toContain("SCHEDULE_INVALID");
  configure({ sums: { when: "every 1h", run: "db update" } });
  expect((await kiwi(["schedule", "run", "sum"])).err).toContain("schedule run sums");
}, 60_000);
