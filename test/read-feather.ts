import { readFileSync } from "node:fs";

/**
 * Columns of 8-byte values from an Arrow file as pandas writes them (Feather v2): one or more record batches, no
 * nulls, LZ4 frames or plain. Source: Arrow Columnar Format 1.5, "IPC File Format"; lz4_Frame_format.md 1.6.
 */
export function readFeather(path: string): DataView[] {
  const bytes = readFileSync(path);
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const footer = file.byteLength - 10 - file.getInt32(file.byteLength - 10, true);
  const blocks = vectorAt(file, field(file, rootOf(file, footer), 3));
  const columns: Uint8Array[][] = [];
  for (let k = 0; k < blocks.count; k++) {
    const block = blocks.start + 24 * k;
    const messageAt = Number(file.getBigInt64(block, true));
    const bodyAt = messageAt + file.getInt32(block + 8, true);
    for (const [column, data] of readBatch(file, messageAt, bodyAt).entries())
      (columns[column] ??= []).push(data);
  }
  return columns.map((pieces) => {
    const whole = Buffer.concat(pieces);
    return new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  });
}

function readBatch(file: DataView, messageAt: number, bodyAt: number): Uint8Array[] {
  const batch = pointerAt(file, field(file, rootOf(file, messageAt + 8), 2));
  const buffers = vectorAt(file, field(file, batch, 2));
  const isCompressed = field(file, batch, 3) !== 0;
  const columns: Uint8Array[] = [];
  // Every column has two buffers: validity, which is empty without nulls, and data.
  for (let k = 1; k < buffers.count; k += 2) {
    const at = buffers.start + 16 * k;
    const from = bodyAt + Number(file.getBigInt64(at, true));
    const length = Number(file.getBigInt64(at + 8, true));
    const data = new Uint8Array(file.buffer, file.byteOffset + from, length);
    const size = isCompressed && length >= 8 ? Number(file.getBigInt64(from, true)) : -1;
    columns.push(size < 0 ? data : unpackFrame(data.subarray(8), size));
  }
  return columns;
}

/** Flatbuffers: a root is an offset, a table starts with the way back to its list of field offsets. */
const rootOf = (file: DataView, at: number): number => pointerAt(file, at);
const pointerAt = (file: DataView, at: number): number => at + file.getUint32(at, true);

function field(file: DataView, table: number, index: number): number {
  const list = table - file.getInt32(table, true);
  const slot = 4 + 2 * index;
  const offset = slot < file.getUint16(list, true) ? file.getUint16(list + slot, true) : 0;
  return offset === 0 ? 0 : table + offset;
}

function vectorAt(file: DataView, at: number): { start: number; count: number } {
  const vector = pointerAt(file, at);
  return { start: vector + 4, count: file.getUint32(vector, true) };
}

function unpackFrame(frame: Uint8Array, size: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = view.getUint8(4);
  const out = new Uint8Array(size);
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  let written = 0;
  for (;;) {
    const header = view.getUint32(at, true);
    const length = header & 0x7fffffff;
    if (length === 0) return out;
    const block = frame.subarray(at + 4, at + 4 + length);
    if (header >>> 31 === 1) out.set(block, written);
    written = header >>> 31 === 1 ? written + length : unpackBlock(block, out, written);
    at += 4 + length + (flags & 16 ? 4 : 0);
  }
}

function unpackBlock(block: Uint8Array, out: Uint8Array, start: number): number {
  let at = 0;
  let written = start;
  const extend = (length: number): number => {
    let total = length;
    for (let more = length === 15 ? 255 : 0; more === 255; total += more) more = block[at++]!;
    return total;
  };
  for (;;) {
    const token = block[at++]!;
    for (let left = extend(token >> 4); left > 0; left--) out[written++] = block[at++]!;
    if (at >= block.length) return written;
    const back = block[at]! | (block[at + 1]! << 8);
    at += 2;
    // Byte by byte: a match may overlap what it writes.
    for (let left = extend(token & 15) + 4; left > 0; left--, written++) out[written] = out[written - back]!;
  }
}
