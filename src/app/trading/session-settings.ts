import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import { replaceFile } from "../../robot/whole-file.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { RunTables } from "../runs/run-tables.ts";

/** What a session was run with: enough to run it again. */
export const sessionSettings = z.object({
  /** A name from the registry, or the path of a file. */
  strategy: z.string(),
  folder: z.string(),
  plugins: z.array(z.string()),
  config: z.record(z.string(), z.unknown()),
});

/** Keeps the settings of a session; numbers that JSON cannot write are left to their defaults. */
export function writeSettings(
  path: string,
  settings: Omit<z.output<typeof sessionSettings>, "config"> & { readonly config: RunConfig },
): void {
  const text = JSON.stringify(settings, (_key, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? undefined : value,
  );
  replaceFile(path, text);
}

/** Keeps what a session was told beside its bars: the files that said it may be edited while it lives. */
export function writeTables(path: string, tables: RunTables): void {
  if (Object.keys(tables).length > 0) replaceFile(path, serialize(tables));
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
