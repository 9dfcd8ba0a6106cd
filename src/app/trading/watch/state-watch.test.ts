import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { hasPostgres, withPostgres } from "../../../../test/postgres-server.ts";
import { openState } from "../../../adapters/stores/state/state-database.ts";
import { KiwiError } from "../../../base/errors.ts";
import { minuteMs } from "../../../base/time.ts";
import { withOwnState } from "../../state/open-own-state.ts";
import { updateState } from "../../state/update-state.ts";
import { StateWatch } from "./state-watch.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A watch over the tables of a home at a connection string, and what it told. */
function watchOf(home: string, connection: string) {
  const told: string[] = [];
  const places = { folder: home, env: { KIWI_STATE: connection } };
  const owner = { home, config: { state: { database: { env: "KIWI_STATE" } } }, places };
  const watch = new StateWatch({
    clock: new ManualClock(0),
    update: async () => void (await withOwnState(owner, (state) => updateState(home, state, false))),
    note: ({ kind, message }) => told.push(`${kind}: ${message}`),
  });
  return { watch, told };
}

function newHome(): string {
  folders.push(mkdtempSync(join(tmpdir(), "kiwi-state-watch-")));
  return folders.at(-1)!;
}

test.skipIf(!hasPostgres)(
  "a server that is killed is told once, and once more when the tables have what they had missed",
  async () => {
    await withPostgres(async (connection, restart) => {
      const { watch, told } = watchOf(newHome(), connection);
      await watch.look();
      expect([told, watch.health().condition]).toEqual([[], "ok"]);
      // Somebody who holds a connection that idles while the server goes: the process lives, and asks again.
      const holder = await openState(connection);
      await holder.sessions();
      await restart({
        whileAway: async () => {
          await watch.look();
          await watch.look();
        },
      });
      expect(told).toEqual([expect.stringMatching(/^database away: .*trading goes on.*STATE_UNREACHABLE/)]);
      expect(watch.health()).toMatchObject({
        condition: "degraded",
        fix: expect.stringContaining("kiwi db update"),
      });
      await watch.look();
      await watch.look();
      expect(told.slice(1)).toEqual([expect.stringMatching(/^database back: /)]);
      expect(watch.health().condition).toBe("ok");
      expect(await holder.sessions()).toEqual([]);
      await holder.close();
    });
  },
);

test("tables of a later Kiwi are left alone, and told with their reason", async () => {
  const home = newHome();
  const path = join(home, "state.sqlite");
  const { watch, told } = watchOf(home, path);
  await watch.look();
  const other = new Database(path);
  other.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '')");
  await watch.look();
  expect(told).toEqual([expect.stringMatching(/^database away: .*STATE_NEWER.*9999-later/)]);
  other.exec("DELETE FROM kysely_migration WHERE name = '9999-later'");
  await watch.look();
  expect(told[1]).toMatch(/^database back/);
  other.close();
});

test("a file that another process holds, and one that is damaged, are told once with their reason and read again when they can be", async () => {
  const home = newHome();
  const path = join(home, "state.sqlite");
  const { watch, told } = watchOf(home, path);
  await watch.look();
  const other = new Database(path);
  // Readers would go on beside a writer that only writes.
  other.pragma("locking_mode = EXCLUSIVE");
  other.exec("BEGIN EXCLUSIVE; CREATE TABLE held (a)");
  await watch.look();
  expect(told).toEqual([expect.stringMatching(/^database away: .*its journal is whole: STATE_LOCKED/)]);
  expect(watch.health().condition).toBe("degraded");
  other.exec("COMMIT");
  other.close();
  await watch.look();
  expect(told[1]).toMatch(/^database back/);
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  writeFileSync(path, "no database, and longer than the header of one would be. ".repeat(20));
  await watch.look();
  expect(told[2]).toMatch(/^database away: .*STATE_DAMAGED/);
  rmSync(path);
  await watch.look();
  expect(told[3]).toMatch(/^database back/);
}, 60_000);

test("it looks again by itself: every ten minutes, every minute while something is wrong, never two at once", async () => {
  const clock = new ManualClock(0);
  const looks: number[] = [];
  let failure: Error | null = null;
  const watch = new StateWatch({
    clock,
    update: async () => {
      looks.push(clock.nowMs() / minuteMs);
      if (failure !== null) throw failure;
    },
    note: () => {},
  });
  watch.start();
  const pass = async (minutes: number): Promise<void> => {
    for (let k = 0; k < minutes; k++) {
      await clock.advance(minuteMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(11);
  expect(looks).toEqual([1, 11]);
  failure = new Error("gone");
  await pass(12);
  expect(looks).toEqual([1, 11, 21, 22, 23]);
  // Another session of this person is telling them: nothing is wrong.
  failure = new KiwiError({
    code: "TASK_RUNNING",
    exit: "timeout",
    message: "",
    why: "",
    fix: "",
    topic: "db",
  });
  await pass(1);
  await watch.close();
  await pass(5);
  expect(looks).toEqual([1, 11, 21, 22, 23, 24]);
});
