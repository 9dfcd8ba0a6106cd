import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect, type Dialect } from "kysely";
import { secondMs } from "../../../base/time.ts";

/** How long a statement waits for another process that is writing. */
const busyMs = 5 * secondMs;

/**
 * Opens the database that a connection string names: `postgres://...`, or the path of an SQLite file (`sqlite:` may
 * stand before it), which is made when it is not there. Both take the same queries.
 */
export async function openDatabase<Tables>(connection: string): Promise<Kysely<Tables>> {
  const isServer = /^postgres(ql)?:\/\//.test(connection);
  const dialect = isServer ? await postgres(connection) : await sqlite(connection.replace(/^sqlite:/, ""));
  return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
}

/** What people call the database of a connection string: without the password that may stand in it. */
export function databaseName(connection: string): string {
  return connection.replace(/^(\w+:\/\/)[^@/]*@/, "$1").replace(/^sqlite:/, "");
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
  return withWholeChanges(new SqliteDialect({ database }));
}

/** SQLite changes tables within a transaction as it changes rows; Kysely takes it for a database that cannot. */
function withWholeChanges(dialect: Dialect): Dialect {
  return {
    createAdapter: () =>
      Object.defineProperty(dialect.createAdapter(), "supportsTransactionalDdl", { value: true }),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/** The driver is loaded only by those who have a server. */
async function postgres(connectionString: string): Promise<Dialect> {
  const { default: driver } = await import("pg");
  const pool = new driver.Pool({ connectionString });
  // A server that ends takes connections along that nobody uses at the moment: the next question makes a new one, or fails.
  // Without somebody who hears of it, it would end this process.
  pool.on("error", () => {});
  return new PostgresDialect({ pool });
}
