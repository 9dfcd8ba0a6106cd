import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { sessionConcern } from "../trading/watch/session-concern.ts";
import { ConfigWatch } from "./config-watch.ts";
import { resolveConfig } from "./resolve-config.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const path = join(folder.path, "kiwi.config.jsonc");
let told: string[] = [];
let applied: number[] = [];
let size = 0;

/** Writes the file so that its size tells it from the one before, whatever the clock of the disk. */
function edit(config: object | string): void {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  writeFileSync(path, `${text}${" ".repeat((size += 1))}`);
}

const read = async () => (await resolveConfig({ folder: folder.path, env: {} })).config;

async function watching(apply: () => void = () => {}) {
  return new ConfigWatch({
    settings: { path, config: await read(), read },
    concernOf: (setting) => sessionConcern(setting, false),
    apply: async (next) => {
      apply();
      applied.push(next.alerts.perHourMax);
    },
    tell: ({ kind, text }) => told.push(`${kind} ${text}`),
  });
}

/** A file is taken when two looks have found it the same. */
async function look(watch: ConfigWatch): Promise<void> {
  await watch.look();
  await watch.look();
}

beforeEach(() => {
  told = [];
  applied = [];
  edit({ alerts: { perHourMax: 20 } });
});

test("what is safe is in force at once, what is not waits for a restart, and what is none of its business is not told", async () => {
  const watch = await watching();
  edit({ alerts: { perHourMax: 5 }, costs: { latencyMs: 70 }, out: "elsewhere" });
  await watch.look();
  // Editors write in steps: the first look takes nothing.
  expect(applied).toEqual([]);
  await watch.look();
  expect([applied, told]).toEqual([
    [5],
    [
      "changed kiwi.config.jsonc: in force now: alerts.perHourMax 20 -> 5; after a restart only: costs.latencyMs 0 -> 70",
    ],
  ]);
  expect(watch.health()).toEqual({ condition: "ok", detail: "waits for a restart: costs.latencyMs" });
  // It is said once, and taken back it waits no longer.
  edit({ alerts: { perHourMax: 6 }, costs: { latencyMs: 70 } });
  await look(watch);
  edit({ alerts: { perHourMax: 6 } });
  await look(watch);
  expect(told.slice(1)).toEqual(["changed kiwi.config.jsonc: in force now: alerts.perHourMax 5 -> 6"]);
  expect(watch.health()).toEqual({ condition: "ok", detail: "in force" });
});

test.each([
  ['{ "alerts": ', "CONFIG_SYNTAX"],
  ['{ "alerst": {} }', "CONFIG_UNKNOWN_KEY"],
  ['{ "alerts": { "perHourMax": -1 } }', "CONFIG_INVALID"],
  [
    '{ "alerts": { "rules": [{ "name": "a", "channels": ["x"] }, { "name": "a", "channels": ["x"] }] } }',
    "two rules have one name",
  ],
])("of %s nothing is taken, and it is said until it is right again", async (text, words) => {
  const watch = await watching();
  edit(text);
  await look(watch);
  expect([applied, told.length, told[0]]).toEqual([[], 1, expect.stringContaining(words)]);
  expect(told[0]).toMatch(/^refused kiwi\.config\.jsonc is not used: .* what was before stays in force/);
  expect(watch.health()).toMatchObject({ condition: "degraded", fix: expect.anything() });
  await look(watch);
  expect(told).toHaveLength(1);
  edit({ alerts: { perHourMax: 20 } });
  await look(watch);
  expect(told[1]).toBe("changed kiwi.config.jsonc: it is right again");
  expect(watch.health().condition).toBe("ok");
});

test("a file that is gone, and one that cannot be gone by, leave everything as it was", async () => {
  const watch = await watching(() => {
    throw new Error("no such server");
  });
  edit({ alerts: { perHourMax: 7 } });
  await look(watch);
  rmSync(path);
  await look(watch);
  expect(told.map((text) => /CONFIG_\w+ [\w .]+/.exec(text)?.[0])).toEqual([
    "CONFIG_NOT_TAKEN no such server",
    "CONFIG_NOT_FOUND kiwi.config.jsonc is gone",
  ]);
  expect(watch.health().condition).toBe("degraded");
});

test("a file that was emptied is refused: it would be every setting at its default", async () => {
  const watch = await watching();
  writeFileSync(path, "");
  await look(watch);
  expect(told).toEqual([expect.stringMatching(/^refused .*CONFIG_EMPTY.*stays in force.*write \{\}/)]);
  expect(applied).toEqual([]);
  expect(watch.health().condition).toBe("degraded");
  edit({ alerts: { perHourMax: 7 } });
  await look(watch);
  expect(applied).toEqual([7]);
});
