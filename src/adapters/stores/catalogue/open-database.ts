import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  SqliteDialect,
  type Dialect,
  type PostgresPool,
} from "kysely";
import { secondMs } from "../../../base/time.ts";
import { storeFault } from "../bars/bar-store-errors.ts";

/** How long a statement waits for another process that is writing. */
const busyMs = 5 * secondMs;
/** PostgreSQL's driver: used only by those who have a server, so that it is theirs to install. */
const postgresDriver: string = "pg";
type PostgresModule = {
  readonly default: { readonly Pool: new (options: { connectionString: string }) => PostgresPool };
};

/**
 * Opens the database that a connection string names: `postgres://...`, or the path of an SQLite file (`sqlite:` may
 * stand before it), which is made when it is not there. Both take the same queries. Throws `DRIVER_MISSING`.
 */
export async function openDatabase<Tables>(connection: string): Promise<Kysely<Tables>> {
  const isServer = /^postgres(ql)?:\/\//.test(connection);
  const dialect = isServer ? await postgres(connection) : await sqlite(connection.replace(/^sqlite:/, ""));
  return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
}

async function sqlite(path: string): Promise<Dialect> {
  if (path !== ":memory:") await mkdir(dirname(path), { recursive: true });
  const database = new Database(path, { timeout: busyMs });
  try {
    // WAL lets readers go on beside a writer; FULL makes every commit safe before it is acknowledged.
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
  } catch (cause) {
    database.close();
    throw cause;
  }
  return new SqliteDialect({ database });
}

async function postgres(connectionString: string): Promise<Dialect> {
  try {
    const { default: driver } = (await import(postgresDriver)) as PostgresModule;
    return new PostgresDialect({ pool: new driver.Pool({ connectionString }) });
  } catch (cause) {
    throw storeFault(
      {
        code: "DRIVER_MISSING",
        exit: "config",
        message: "PostgreSQL was asked for, but its driver is not installed",
        why: "Kiwi keeps its data in local files by default and does not bring a database client",
        fix: "npm install pg   (or leave the connection out and use the local file)",
      },
      cause,
    );
  }
}
