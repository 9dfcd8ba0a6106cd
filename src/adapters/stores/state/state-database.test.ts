import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { hasPostgres, withPostgres } from "../../../../test/postgres-server.ts";
import { openState, type StateDatabase } from "./state-database.ts";
import { stateMigrations } from "./state-migrations.ts";
import type { SessionRows } from "./state-tables.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-state-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A session with `fills` fills of two orders. */
function rowsOf(id: string, fills: number): SessionRows {
  const order = {
    symbol: "BTC/USD",
    side: "buy",
    type: "limit",
    quantity: 2,
    isProtection: 0,
    requestedMs: 1,
  };
  return {
    session: {
      id,
      mode: "paper",
      account: "DEMO",
      strategy: "sma-cross",
      params: "{}",
      symbols: '["BTC/USD"]',
      timeframe: "1h",
      broker: "demo",
      isDemo: 1,
      startedMs: id === "old" ? 1 : 2,
      settingsHash: "abc",
      cash: 1_000,
      journalBytes: 77,
      decisionsHash: null,
      replayFailure: "its strategy is gone",
    },
    orders: [
      {
        ...order,
        orderId: 1,
        clientOrderIds: '["a"]',
        price: 9.5,
        filledQuantity: 2,
        status: "filled",
        reason: "up",
        endReason: null,
      },
      {
        ...order,
        orderId: 2,
        clientOrderIds: "[]",
        price: null,
        filledQuantity: 0,
        status: "rejected",
        reason: "up",
        endReason: "too late",
      },
    ],
    fills: Array.from({ length: fills }, (_, k) => ({
      orderId: 1,
      timeMs: k,
      symbol: "BTC/USD",
      quantity: 2 / fills,
      price: 9.5,
      fee: -0.001,
      feeCurrency: "BTC",
      liquidity: "maker",
    })),
    decisions: [{ timeMs: 1, symbol: "BTC/USD", kind: "signal", quantity: 2, reason: "up" }],
    trades: [],
    equity: [{ timeMs: 1, equity: 1_000.123456789 }],
    positions: [{ symbol: "BTC/USD", quantity: 2, lastPrice: null }],
    events: [{ atMs: 5, kind: "incident", what: "line down", message: "the line is down" }],
  };
}

async function toldOf(state: StateDatabase) {
  return {
    sessions: await state.sessions(),
    orders: await state.rowsOf("orders", "new"),
    fills: await state.rowsOf("fills", "new"),
    equity: await state.rowsOf("equity", "new"),
    positions: await state.rowsOf("positions", "new"),
    events: await state.rowsOf("events", "new"),
  };
}

/** Fills a database and tells everything that it says. */
async function lifeOf(state: StateDatabase) {
  expect(await state.migrate()).toEqual(["0001-sessions"]);
  expect(await state.migrate()).toEqual([]);
  await state.prepare();
  for (const id of ["new", "old", "gone"]) await state.record(rowsOf(id, 3));
  // More rows than one statement takes; a session that is told again has the new rows and none of the old.
  await state.record(rowsOf("new", 1_201));
  await state.keepOnly(new Set(["new", "old"]));
  return toldOf(state);
}

test("what is told of a session is what is there, and telling it again replaces it", async () => {
  const state = await openState(join(folder, "plain.sqlite"));
  const told = await lifeOf(state);
  const { session, orders, fills, equity, positions, events } = rowsOf("new", 1_201);
  const numbered = (rows: readonly object[]) =>
    rows.map((row, sequence) => ({ sessionId: "new", sequence, ...row }));
  expect(told).toEqual({
    sessions: [rowsOf("old", 3).session, session],
    orders: numbered(orders),
    fills: numbered(fills),
    equity: numbered(equity),
    positions: numbered(positions),
    events: numbered(events),
  });
  expect(await state.rowsOf("orders", "gone")).toEqual([]);
  // From a time on, and before another.
  const times = (await state.rowsWithin("fills", "new", { fromMs: 5, toMs: 8 })).map(({ timeMs }) => timeMs);
  expect(times).toEqual([5, 6, 7]);
  expect(await state.equityBefore("new", 2)).toBe(1_000.123456789);
  expect(await state.equityBefore("new", 1)).toBeNull();
  await state.close();
});

test.skipIf(!hasPostgres)("a PostgreSQL server says the same as the local file", async () => {
  await withPostgres(async (connection) => {
    const [server, local] = [await openState(connection), await openState(join(folder, "local.sqlite"))];
    expect(await lifeOf(server)).toEqual(await lifeOf(local));
    await server.close();
    await local.close();
  });
});

test("a change of the tables that fails in the middle leaves the old tables and rows as they were", async () => {
  const path = join(folder, "interrupted.sqlite");
  const before = await openState(path);
  await before.prepare();
  await before.record(rowsOf("new", 3));
  await before.close();
  const broken = await openState(path, {
    ...stateMigrations,
    "0002-good": {
      up: (db) => db.schema.alterTable("fills").addColumn("venue", "text").execute(),
    },
    "0003-broken": {
      up: async (db) => {
        await db.schema.dropTable("fills").execute();
        throw new Error("the power went");
      },
    },
  });
  await expect(broken.migrate()).rejects.toThrow("the power went");
  await broken.close();
  const after = await openState(path);
  await after.prepare();
  expect(await after.rowsOf("fills", "new")).toHaveLength(3);
  await after.record(rowsOf("new", 4));
  await after.close();
  const columns = new Database(path, { readonly: true }).pragma("table_info(fills)") as { name: string }[];
  expect(columns.map(({ name }) => name)).not.toContain("venue");
});

test("tables of an older Kiwi wait for db migrate, those of a later one are left alone", async () => {
  const path = join(folder, "versions.sqlite");
  await (await openState(path)).migrate();
  const next = {
    ...stateMigrations,
    "0002-next": {
      up: async (db: {
        schema: {
          createTable(name: string): { addColumn(name: string, type: "text"): { execute(): Promise<void> } };
        };
      }) => db.schema.createTable("extra").addColumn("name", "text").execute(),
    },
  };
  const later = await openState(path, next as never);
  await expect(later.prepare()).rejects.toMatchObject({
    parts: { code: "STATE_OLDER", fix: "kiwi db migrate" },
  });
  expect(await later.migrate()).toEqual(["0002-next"]);
  await later.close();
  const earlier = await openState(path);
  await expect(earlier.prepare()).rejects.toMatchObject({
    parts: { code: "STATE_NEWER", message: expect.stringContaining("0002-next") },
  });
  await expect(earlier.migrate()).rejects.toMatchObject({ parts: { code: "STATE_NEWER" } });
  await earlier.close();
});

test("a file that is no database, and a server that is not there, say what to do and no password", async () => {
  const junk = join(folder, "junk.sqlite");
  writeFileSync(junk, "this is not a database, and it is longer than a header of one would be".repeat(20));
  await expect(openState(junk)).rejects.toMatchObject({
    parts: { code: "STATE_DAMAGED", fix: expect.stringContaining("kiwi db rebuild") },
  });
  const away = await openState("postgres://kiwi:hidden@127.0.0.1:1/state");
  const error = await away.prepare().then(
    () => null,
    (cause: unknown) => cause as Error,
  );
  expect(error).toMatchObject({ parts: { code: "STATE_UNREACHABLE" } });
  expect(`${error!.message} ${JSON.stringify(error)}`).not.toContain("hidden");
  await away.close();
});
