import type { Kysely, Transaction } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import { databaseName, openDatabase } from "../database/open-database.ts";
import { stateFault, stateNewer, stateOlder } from "./state-errors.ts";
import { stateMigrations } from "./state-migrations.ts";
import type { SessionRow, SessionRows, StateTables } from "./state-tables.ts";

/** Databases limit how many values a statement may have; the widest table has fifteen columns. */
const rowsPerInsert = 500;
const tablesOfSession = [
  "orders",
  "fills",
  "decisions",
  "trades",
  "equity",
  "positions",
  "events",
] as const satisfies readonly (keyof StateTables)[];

/** A table whose rows belong to sessions. */
type TableOfSession = (typeof tablesOfSession)[number];

/** When a row happened. */
const timeOf = {
  fills: "timeMs",
  decisions: "timeMs",
  trades: "exitTimeMs",
  equity: "timeMs",
  events: "atMs",
} as const;

/** From `fromMs` on and before `toMs`. */
type TimeRange = { readonly fromMs: number; readonly toMs: number };

/**
 * What the journals of all sessions say, in tables that can be asked: SQLite or PostgreSQL, by the same queries. The journals
 * are the truth; whatever is lost here is made anew from them.
 *
 * Methods throw `KiwiError`: `STATE_DAMAGED`, `STATE_LOCKED`, `STATE_UNREACHABLE`, `STATE_OLDER`, `STATE_NEWER`, `DISK_FULL`,
 * `STORE_NOT_WRITABLE`.
 */
export class StateDatabase {
  /** What errors and people call it; holds no password. */
  readonly name: string;
  private readonly db: Kysely<StateTables>;
  private readonly migrator: Migrator;

  /** Use `openState`. */
  constructor(db: Kysely<StateTables>, name: string, migrations: Readonly<Record<string, Migration>>) {
    this.db = db;
    this.name = name;
    this.migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  }

  /** Brings the tables up to this Kiwi, all changes or none, and tells their names. */
  async migrate(): Promise<readonly string[]> {
    return this.guarded(async () => {
      await this.refuseNewer();
      const { error, results = [] } = await this.migrator.migrateToLatest();
      if (error !== undefined) throw error;
      return results.map(({ migrationName }) => migrationName);
    });
  }

  /** Refuses tables of another Kiwi; a database without any is made ready. */
  async prepare(): Promise<void> {
    await this.guarded(async () => {
      await this.refuseNewer();
      const known = await this.migrator.getMigrations();
      const missing = known.filter(({ executedAt }) => executedAt === undefined);
      if (missing.length === known.length) await this.migrate();
      else if (missing.length > 0) throw stateOlder(this.name, missing.length);
    });
  }

  /** Replaces what is told of a session, at once. */
  async record(rows: SessionRows): Promise<void> {
    const { id } = rows.session;
    await this.guarded(() =>
      this.db.transaction().execute(async (transaction) => {
        await removeSession(transaction, id);
        await transaction.insertInto("sessions").values(rows.session).execute();
        for (const table of tablesOfSession) await insert(transaction, table, id, rows[table]);
      }),
    );
  }

  /** Takes sessions out that are not among those named. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    const gone = (await this.sessions()).filter(({ id }) => !ids.has(id));
    await this.guarded(() =>
      this.db.transaction().execute(async (transaction) => {
        for (const { id } of gone) await removeSession(transaction, id);
      }),
    );
  }

  /** Every session, oldest first. */
  async sessions(): Promise<readonly SessionRow[]> {
    return this.guarded(() =>
      this.db.selectFrom("sessions").selectAll().orderBy("startedMs").orderBy("id").execute(),
    );
  }

  /** The rows of a session in a table, in their order. */
  async rowsOf<Table extends TableOfSession>(
    table: Table,
    sessionId: string,
  ): Promise<readonly StateTables[Table][]> {
    const rows = await this.guarded(() => this.ofSession(table, sessionId).orderBy("sequence").execute());
    return rows as unknown as readonly StateTables[Table][];
  }

  /** Those of its rows that happened within a time. */
  async rowsWithin<Table extends keyof typeof timeOf>(
    table: Table,
    sessionId: string,
    { fromMs, toMs }: TimeRange,
  ): Promise<readonly StateTables[Table][]> {
    const time = timeOf[table] as "timeMs";
    const rows = await this.guarded(() =>
      this.ofSession(table as "fills", sessionId)
        .where(time, ">=", fromMs)
        .where(time, "<", toMs)
        .orderBy("sequence")
        .execute(),
    );
    return rows as unknown as readonly StateTables[Table][];
  }

  /** What the account of a session was worth before a time; null where that is not known. */
  async equityBefore(sessionId: string, timeMs: number): Promise<number | null> {
    const row = await this.guarded(() =>
      this.ofSession("equity", sessionId)
        .where("timeMs", "<", timeMs)
        .orderBy("timeMs", "desc")
        .limit(1)
        .executeTakeFirst(),
    );
    return row?.equity ?? null;
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private ofSession(table: TableOfSession, sessionId: string) {
    return (this.db as unknown as Kysely<Pick<StateTables, "equity" | "fills">>)
      .selectFrom(table as "equity")
      .selectAll()
      .where("sessionId", "=", sessionId);
  }

  private async refuseNewer(): Promise<void> {
    const tables = await this.db.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some(({ name }) => name === "kyselyMigration" || name === "kysely_migration")) return;
    const done = await (this.db as unknown as Kysely<{ kyselyMigration: { name: string } }>)
      .selectFrom("kyselyMigration")
      .select("name")
      .execute();
    const known = new Set((await this.migrator.getMigrations()).map(({ name }) => name));
    const unknown = done.find(({ name }) => !known.has(name));
    if (unknown !== undefined) throw stateNewer(this.name, unknown.name);
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw stateFault(this.name, cause);
    }
  }
}

/** Opens the state database of a connection string (see `openDatabase`) without touching its tables. */
export async function openState(
  connection: string,
  migrations: Readonly<Record<string, Migration>> = stateMigrations,
): Promise<StateDatabase> {
  const name = databaseName(connection);
  try {
    return new StateDatabase(await openDatabase<StateTables>(connection), name, migrations);
  } catch (cause) {
    throw stateFault(name, cause);
  }
}

async function removeSession(transaction: Transaction<StateTables>, id: string): Promise<void> {
  for (const table of tablesOfSession)
    await transaction.deleteFrom(table).where("sessionId", "=", id).execute();
  await transaction.deleteFrom("sessions").where("id", "=", id).execute();
}

async function insert(
  transaction: Transaction<StateTables>,
  table: TableOfSession,
  sessionId: string,
  rows: readonly object[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    const some = rows
      .slice(from, from + rowsPerInsert)
      .map((row, k) => ({ sessionId, sequence: from + k, ...row }));
    await transaction
      .insertInto(table)
      .values(some as never)
      .execute();
  }
}
