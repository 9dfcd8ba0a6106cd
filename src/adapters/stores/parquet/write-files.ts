import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { VersionedBars } from "../../../ports/bar-store.ts";
import { versionColumnNames, type VersionColumn } from "../bars/version-columns.ts";
import { syncFile } from "../bars/durable-files.ts";
import { double, quoted, type BarDatabase } from "./bar-database.ts";
import { chunkColumn } from "./column-items.ts";
import { storeFormat, type BarFile, type Range } from "./series-manifest.ts";

/** Rows that DuckDB takes at once. */
const chunkRows = 2048;
/** Rows that are packed together: a month of minutes unpacks one or two of these, and fewer rows would pack worse. */
const rowGroupRows = 32 * chunkRows;

/** Rows of bars that go into one file. */
type Block = { readonly bars: VersionedBars; readonly from: number; readonly to: number };
type Ranges = Readonly<Record<"closeTimeMs" | "receivedAtMs" | "version" | "quality" | "sourceIndex", Range>>;

/**
 * Writes bars, sorted by close and version, into files of about `blockRows` rows that are safe on the disk but that
 * no manifest names yet. When one cannot be written, none is left.
 */
export async function writeFiles(
  database: BarDatabase,
  folder: string,
  bars: VersionedBars,
  blockRows: number,
): Promise<readonly BarFile[]> {
  const names: string[] = [];
  const started: Promise<BarFile>[] = [];
  try {
    for (const block of blocksOf(bars, blockRows)) {
      // Two at a time: one is filled here while DuckDB's threads pack the other.
      await started.at(-2);
      const name = `${randomUUID()}.parquet`;
      names.push(name);
      const writing = writeBlock(database, folder, name, block);
      // Awaited below, or by then another one has failed already.
      writing.catch(() => {});
      started.push(writing);
    }
    return await Promise.all(started);
  } catch (cause) {
    await Promise.allSettled(started);
    for (const name of names) await rm(join(folder, name), { force: true }).catch(() => {});
    throw cause;
  }
}

/** Blocks of about equal size; the versions of a bar are never parted, so that files do not overlap. */
function* blocksOf(bars: VersionedBars, blockRows: number): Generator<Block> {
  const { closeTimeMs, length } = bars;
  const rows = Math.ceil(length / Math.ceil(length / blockRows));
  for (let from = 0; from < length;) {
    let to = Math.min(length, from + rows);
    while (to < length && closeTimeMs[to] === closeTimeMs[to - 1]) to += 1;
    yield { bars, from, to };
    from = to;
  }
}

async function writeBlock(
  database: BarDatabase,
  folder: string,
  name: string,
  block: Block,
): Promise<BarFile> {
  const path = join(folder, name);
  const ranges = rangesOf(block);
  // A column that holds one value is packed from that value and not from a million copies.
  const varying = versionColumnNames.filter((column) => !isSame(ranges, column));
  await database.use(async (connection) => {
    const table = database.freshTable();
    const types = varying.map((column) => `"${column}" ${sqlType(column)}`);
    await connection.run(`CREATE TABLE ${table} (${types.join(", ")})`);
    try {
      await fill(connection, table, block, varying);
      await connection.run(packing(table, path, block, ranges));
    } finally {
      await connection.run(`DROP TABLE ${table}`);
    }
  });
  await syncFile(path);
  const bytes = await readFile(path);
  const { sourceIndex: _, ...kept } = ranges;
  const sources = [...sourcesOf(block)].map((index) => block.bars.sources[index]!);
  return { name, bytes: bytes.length, crc32: crc32(bytes), rows: block.to - block.from, ...kept, sources };
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  { bars, from, to }: Block,
  varying: readonly VersionColumn[],
): Promise<void> {
  const { DOUBLE, INTEGER, UTINYINT, DuckDBDataChunk } = await import("@duckdb/node-api");
  const types = { DOUBLE, INTEGER, UTINYINT };
  const appender = await connection.createAppender(table);
  const chunk = DuckDBDataChunk.create(varying.map((column) => types[sqlType(column)]));
  for (let start = from; start < to; start += chunkRows) {
    const end = Math.min(start + chunkRows, to);
    chunk.reset();
    chunk.rowCount = end - start;
    varying.forEach((name, index) => {
      const column = chunkColumn(chunk, index);
      column.items.set(bars[name].subarray(start, end));
      column.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Parquet version 2 has the encodings that make prices small; what the file is about stands in its metadata. */
function packing(table: string, path: string, block: Block, ranges: Ranges): string {
  const { symbol, timeframe } = block.bars;
  const select = versionColumnNames.map((name) => {
    if (name === "sourceIndex") return `${sourceExpression(block, ranges)} AS "source"`;
    return isSame(ranges, name) ? `${double(ranges[name][0])}::${sqlType(name)} AS "${name}"` : `"${name}"`;
  });
  const metadata = `{kiwiFormat: '${storeFormat}', symbol: ${quoted(symbol)}, timeframe: ${quoted(timeframe)}}`;
  const options = `FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows}, KV_METADATA ${metadata}`;
  return `COPY (SELECT ${select.join(", ")} FROM ${table}) TO ${quoted(path)} (${options})`;
}

function sourceExpression(block: Block, ranges: Ranges): string {
  const { sources } = block.bars;
  if (isSame(ranges, "sourceIndex")) return quoted(sources[ranges.sourceIndex[0]]!);
  const cases = [...sourcesOf(block)].map((index) => `WHEN ${index} THEN ${quoted(sources[index]!)}`);
  return `CASE "sourceIndex" ${cases.join(" ")} END`;
}

function sourcesOf({ bars, from, to }: Block): ReadonlySet<number> {
  return new Set(bars.sourceIndex.subarray(from, to));
}

function rangesOf({ bars, from, to }: Block): Ranges {
  const { closeTimeMs, receivedAtMs, version, quality, sourceIndex } = bars;
  return {
    closeTimeMs: [closeTimeMs[from]!, closeTimeMs[to - 1]!],
    receivedAtMs: rangeOf(receivedAtMs, from, to),
    version: rangeOf(version, from, to),
    quality: rangeOf(quality, from, to),
    sourceIndex: rangeOf(sourceIndex, from, to),
  };
}

function rangeOf(column: ArrayLike<number>, from: number, to: number): Range {
  let least = column[from]!;
  let most = least;
  for (let row = from + 1; row < to; row++) {
    const value = column[row]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}

function isSame(ranges: Ranges, name: VersionColumn): name is keyof Ranges {
  return name in ranges && ranges[name as keyof Ranges][0] === ranges[name as keyof Ranges][1];
}

function sqlType(name: VersionColumn): "DOUBLE" | "INTEGER" | "UTINYINT" {
  if (name === "version") return "INTEGER";
  return name === "quality" || name === "sourceIndex" ? "UTINYINT" : "DOUBLE";
}
