import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** DuckDB as a reader and writer of Parquet files: it keeps nothing itself. Started with its first use. */
export class BarDatabase {
  private instance: Promise<DuckDBInstance> | null = null;
  private tables = 0;

  /** Does work on a connection of its own. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.instance ??= start();
    const connection = await (await this.instance).connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }

  /** A table name that no other work of this database uses. */
  freshTable(): string {
    this.tables += 1;
    return `bars_${this.tables}`;
  }

  /** Ends DuckDB and gives its memory back. */
  async close(): Promise<void> {
    const instance = await this.instance;
    this.instance = null;
    instance?.closeSync();
  }
}

async function start(): Promise<DuckDBInstance> {
  // 90 ms to load: whoever never reads a Parquet file should not wait for it.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const spill = join(tmpdir(), `kiwi-duckdb-${process.pid}`);
  await connection.run(`SET temp_directory = ${quoted(spill)}`);
  // Never look for extensions on the network: Parquet is built in.
  await connection.run("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false");
  // It would hold every file ever read until memory is short, and reads are not faster with it.
  await connection.run("SET enable_external_file_cache = false");
  connection.closeSync();
  return instance;
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as `read_parquet` takes it: it would look for other files behind `[`, `*` and `?`. */
export function quotedPath(path: string): string {
  return quoted(path.replaceAll(/[[*?]/g, "[$&]"));
}

/** A number as SQL reads it back to the last bit; a bare literal would be a decimal first. */
export function double(value: number): string {
  return `'${value}'::DOUBLE`;
}
