import { join } from "node:path";
import type { DuckDBMaterializedResult } from "@duckdb/node-api";
import { assert } from "../../../base/assert.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { VersionedBars } from "../../../ports/bar-store.ts";
import { keepNewest } from "../bars/keep-newest.ts";
import { noBars, VersionTable, versionColumnNames, type VersionColumn } from "../bars/version-columns.ts";
import { double, quoted, quotedPath, type BarDatabase } from "./bar-database.ts";
import { chunkColumn } from "./column-items.ts";
import { overlappingFiles } from "./overlapping-files.ts";
import { rangeOver, type BarFile } from "./series-manifest.ts";

/** Which rows of the files are wanted: closes in [`fromMs`, `toMs`), arrived by `asOfMs`. */
export type Selection = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly asOfMs: number;
  /** `newest`: one version of each bar; `all`: every version. */
  readonly keep: "newest" | "all";
};

/** A query, and the columns that need none because they hold one value throughout. */
type Plan = {
  readonly sql: string;
  readonly asked: readonly VersionColumn[];
  readonly same: ReadonlyMap<VersionColumn, number>;
};

/** The files that can hold rows of a selection. */
export function filesFor(files: readonly BarFile[], selection: Selection): readonly BarFile[] {
  return files.filter(
    ({ closeTimeMs, receivedAtMs }) =>
      closeTimeMs[1] >= selection.fromMs &&
      closeTimeMs[0] < selection.toMs &&
      receivedAtMs[0] <= selection.asOfMs,
  );
}

/** Reads rows of files into columns: in the order of time, and of versions where all are kept. */
export async function readFiles(
  database: BarDatabase,
  folder: string,
  files: readonly BarFile[],
  selection: Selection,
  symbol: string,
  timeframe: Timeframe,
): Promise<VersionedBars> {
  const groups = overlappingFiles(filesFor(files, selection));
  if (groups.length === 0) return noBars(symbol, timeframe);
  const table = new VersionTable(rowsExpected(groups, selection));
  await database.use(async (connection) => {
    const plans = groups.map((group) => planFor(folder, group, selection, table));
    let coming = connection.run(plans[0]!.sql);
    for (const [index, plan] of plans.entries()) {
      const result = await coming;
      const next = plans[index + 1];
      // DuckDB unpacks the next file in its own threads while this one is copied.
      if (next !== undefined) coming = connection.run(next.sql);
      addRows(table, result, plan, selection.keep);
    }
  });
  return table.finish(symbol, timeframe);
}

/** Exact where files are wanted whole; what is wanted of others, their result will tell. */
function rowsExpected(groups: readonly (readonly BarFile[])[], selection: Selection): number {
  const whole = groups.flat().filter((file) => isWhole([file], selection));
  return whole.reduce((sum, { rows }) => sum + rows, 0);
}

function isWhole(files: readonly BarFile[], { fromMs, toMs }: Selection): boolean {
  const [least, most] = rangeOver(files, "closeTimeMs");
  return least >= fromMs && most < toMs;
}

function planFor(folder: string, files: readonly BarFile[], selection: Selection, table: VersionTable): Plan {
  const same = new Map<VersionColumn, number>();
  for (const name of ["receivedAtMs", "version", "quality"] as const) {
    const [least, most] = rangeOver(files, name);
    if (least === most) same.set(name, least);
  }
  const sources = [...new Set(files.flatMap((file) => file.sources))];
  if (sources.length === 1) same.set("sourceIndex", table.sourceIndexOf(sources[0]!));
  const asked = versionColumnNames.filter((name) => !same.has(name));
  const expressions = asked.map((name) => (name === "sourceIndex" ? numbered(sources, table) : `"${name}"`));
  const paths = files.map(({ name }) => quotedPath(join(folder, name)));
  const conditions = conditionsFor(files, selection);
  const sql = [
    `SELECT ${expressions.join(", ")} FROM read_parquet([${paths.join(", ")}], hive_partitioning = false)`,
    conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`,
    // A file is in order by itself, and DuckDB keeps that order.
    files.length === 1 ? "" : `ORDER BY "closeTimeMs", "version"`,
  ].join(" ");
  return { sql, asked, same };
}

function numbered(sources: readonly string[], table: VersionTable): string {
  const cases = sources.map((source) => `WHEN ${quoted(source)} THEN ${table.sourceIndexOf(source)}`);
  return `(CASE "source" ${cases.join(" ")} END)::UTINYINT`;
}

function conditionsFor(files: readonly BarFile[], selection: Selection): readonly string[] {
  const [fromMs, toMs] = rangeOver(files, "closeTimeMs");
  const [, latestMs] = rangeOver(files, "receivedAtMs");
  return [
    selection.fromMs > fromMs && `"closeTimeMs" >= ${double(selection.fromMs)}`,
    selection.toMs <= toMs && `"closeTimeMs" < ${double(selection.toMs)}`,
    selection.asOfMs < latestMs && `"receivedAtMs" <= ${double(selection.asOfMs)}`,
  ].filter((condition) => condition !== false);
}

function addRows(
  table: VersionTable,
  result: DuckDBMaterializedResult,
  { asked, same }: Plan,
  keep: Selection["keep"],
): void {
  const start = table.length;
  const rows = result.rowCount;
  table.reserve(start + rows);
  const { columns } = table;
  let at = start;
  for (let index = 0; index < result.chunkCount; index++) {
    const chunk = result.getChunk(index);
    asked.forEach((name, column) => columns[name].set(chunkColumn(chunk, column).items, at));
    at += chunk.rowCount;
  }
  assert(at === start + rows, "a result has as many rows as it says");
  for (const [name, value] of same) columns[name].fill(value, start, at);
  table.length = at;
  keepNewest(table, start, keep);
}
