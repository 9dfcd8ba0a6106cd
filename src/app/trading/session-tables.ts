import { readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { RunTables } from "../runs/run-tables.ts";

/** Keeps what a session was told beside its bars: the files that said it may be edited while it lives. */
export function writeTables(path: string, tables: RunTables): void {
  if (Object.keys(tables).length > 0) writeFileSync(path, serialize(tables), { mode: 0o600 });
}

/** What a session was told beside its bars; nothing where it was told nothing. */
export function readSessionTables(path: string): RunTables {
  try {
    return deserialize(readFileSync(path)) as RunTables;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
