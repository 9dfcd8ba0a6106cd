import { open, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { assert } from "../../../base/assert.ts";
import { bytesOf } from "../../../base/hash.ts";
import { isMissing, readFault } from "../bars/bar-store-errors.ts";

const bytesPerRow = Float64Array.BYTES_PER_ELEMENT;

/** The rows of a file that are to be read, and what they must be like. */
export type FeatureReading = {
  readonly path: string;
  /** Rows that the file holds. */
  readonly rows: number;
  readonly blockRows: number;
  readonly checks: readonly number[];
  readonly fromRow: number;
  /** The row after the last; at most `rows`. */
  readonly toRow: number;
  /** Into memory that worker threads can share. */
  readonly isShared: boolean;
};

/** Numbers, or what is wrong with the file. */
export type FeatureRead =
  | { readonly kind: "read"; readonly values: Float64Array }
  | { readonly kind: "damaged"; readonly why: string };

/**
 * Writes values from `fromRow` on, which are the last rows of the file then, and waits until they are on the disk. A
 * file that begins at row 0 is made anew. Returns the CRC-32 of every block, given those of the rows before.
 */
export async function writeFeatureFile(
  path: string,
  fromRow: number,
  values: Float64Array,
  blockRows: number,
  checks: readonly number[],
): Promise<number[]> {
  const bytes = bytesOf(values);
  const file = await open(path, fromRow === 0 ? "w" : "r+");
  try {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await file.write(
        bytes,
        done,
        bytes.length - done,
        fromRow * bytesPerRow + done,
      );
      done += bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return checksAfter(checks, fromRow, bytes, blockRows);
}

function checksAfter(
  before: readonly number[],
  fromRow: number,
  bytes: Uint8Array,
  blockRows: number,
): number[] {
  const checks = [...before];
  const [first, blockBytes] = [fromRow * bytesPerRow, blockRows * bytesPerRow];
  for (let at = first; at < first + bytes.length;) {
    const block = Math.floor(at / blockBytes);
    const end = Math.min((block + 1) * blockBytes, first + bytes.length);
    // A block that was begun earlier goes on from its check: nothing has to be read again.
    checks[block] = crc32(bytes.subarray(at - first, end - first), checks[block] ?? 0);
    at = end;
  }
  return checks;
}

/**
 * Reads rows straight into the memory of the result, which is a view on the whole blocks around them. Every block is
 * checked. Node cannot map files into memory, so these are positioned reads. Throws `STORE_NOT_READABLE`.
 */
export async function readFeatureFile(reading: FeatureReading): Promise<FeatureRead> {
  const { path, rows, blockRows, fromRow, toRow, isShared } = reading;
  assert(fromRow >= 0 && fromRow <= toRow && toRow <= rows, "only rows that are there are read");
  const start = Math.floor(fromRow / blockRows) * blockRows;
  const end = Math.min(rows, Math.ceil(toRow / blockRows) * blockRows);
  const length = Math.max(0, end - start);
  const values = isShared
    ? new Float64Array(new SharedArrayBuffer(length * bytesPerRow))
    : new Float64Array(length);
  try {
    const file = await open(path, "r");
    try {
      if (!(await fill(file, bytesOf(values), start * bytesPerRow)))
        return { kind: "damaged", why: `${path} is shorter than it was` };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (isMissing(cause)) return { kind: "damaged", why: `${path} is missing` };
    throw readFault(path, cause);
  }
  if (!isSound(values, start / blockRows, reading))
    return { kind: "damaged", why: `${path} is not what was written` };
  return { kind: "read", values: values.subarray(fromRow - start, toRow - start) };
}

/** Reads until the array is full; false where the file ends before. */
async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

function isSound(values: Float64Array, firstBlock: number, { blockRows, checks }: FeatureReading): boolean {
  for (let row = 0, block = firstBlock; row < values.length; row += blockRows, block++) {
    if (crc32(bytesOf(values.subarray(row, row + blockRows))) !== checks[block]) return false;
  }
  return true;
}
