import type { DuckDBDataChunk } from "@duckdb/node-api";
import { assert } from "../../../base/assert.ts";

/** The three number types that bars are stored in. */
export type Items = Float64Array | Int32Array | Uint8Array;

/** A column of a chunk, both ways: `items` are its values, `flush` writes changed ones back. */
export type ChunkColumn = { readonly items: Items; flush(): void };

/**
 * The numbers of a column of a chunk, without a copy. DuckDB's vectors hold them under a name that its types keep
 * private; going through values one by one is thirty times slower.
 */
export function chunkColumn(chunk: DuckDBDataChunk, column: number): ChunkColumn {
  const vector = chunk.getColumnVector(column) as unknown as ChunkColumn;
  assert(
    ArrayBuffer.isView(vector.items) && vector.items.length === chunk.rowCount,
    "a chunk's column is an array",
  );
  return vector;
}
