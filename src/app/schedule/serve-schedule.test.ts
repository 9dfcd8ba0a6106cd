import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { serveSchedule } from "./serve-schedule.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);
const path = join(folder, "kiwi.config.jsonc");
const read = async () => (await resolveConfig({ folder, env: {} })).config;

/** A task that was due long ago, while nobody was there. */
function missed(name: string): void {
  mkdirSync(join(folder, ".kiwi", "schedule"), { recursive: true });
  const record = { dueMs: 5, startedMs: 5, endedMs: 6, failure: null };
  writeFileSync(join(folder, ".kiwi", "schedule", `${name}.json`), JSON.stringify(record));
}

test("an edited schedule holds at once; one with a mistake is refused, and a task that is off waits", async () => {
  const task = { when: "every 1h", run: "report" };
  writeFileSync(path, JSON.stringify({ schedule: { first: { ...task, enabled: false } } }));
  missed("first");
  missed("second");
  const config = await read();
  const told: string[] = [];
  const ending = new AbortController();
  // A program that ends at once stands in for the command: what is tried here is when it is begun.
  const place = {
    schedule: config.schedule,
    folder,
    env: process.env,
    program: [process.execPath, "--eval", "0", "--"],
  };
  const serving = serveSchedule(
    place,
    { config, path, read },
    {
      onTask: (name, { endedMs, failure }) => void (endedMs !== null && told.push(`${name} ${failure}`)),
      onEdit: ({ kind, text }) => told.push(`${kind} ${text.slice(0, 60)}`),
    },
    ending.signal,
  );
  writeFileSync(path, '{ "schedule": { "first": { "when": "now and then", "run": "report" } } }');
  await expect.poll(() => told, { timeout: 20_000 }).toHaveLength(1);
  writeFileSync(path, JSON.stringify({ schedule: { second: task } }));
  await expect.poll(() => told, { timeout: 20_000 }).toHaveLength(3);
  ending.abort();
  await serving;
  expect(told[0]).toMatch(/^refused kiwi\.config\.jsonc is not used: SCHEDULE_INVALID/);
  expect(told.slice(1).toSorted()).toEqual([
    expect.stringMatching(/^changed kiwi\.config\.jsonc: in force now: schedule\.first/),
    "second null",
  ]);
}, 60_000);
