import { crc32, inflateRawSync } from "node:zlib";

/** A file in a ZIP archive. */
export type ZipEntry = { readonly name: string; readonly read: () => Uint8Array };

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const commentBytesMax = 0xffff;
const stored = 0;
const deflated = 8;
/** Larger sizes and offsets stand elsewhere (ZIP64); text of bars is not that long. */
const farMark = 0xffffffff;

/**
 * The files of a ZIP archive by its central directory. `read` unpacks one and checks its length and its CRC-32: a
 * flipped bit in packed numbers gives other numbers and no error. Throws an `Error` that says what is wrong.
 */
export function zipEntries(packed: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== centralSignature)
      throw new Error(`entry ${index + 1} of ${count} is not where its directory says`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    ) as [number, number, number];
    const name = new TextDecoder().decode(packed.subarray(at + 46, at + 46 + nameBytes));
    const start = at;
    entries.push({ name, read: () => unpack(packed, view, start, name) });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/** Where the end record begins; a comment may follow it. */
function endOf(view: DataView): number {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - commentBytesMax); at--)
    if (
      view.getUint32(at, true) === endSignature &&
      at + endBytes + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  throw new Error("its end is missing: it was cut off, or is no ZIP archive");
}

function unpack(packed: Uint8Array, view: DataView, at: number, name: string): Uint8Array {
  const field = (offset: number): number => view.getUint32(at + offset, true);
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [sum, packedBytes, bytes, local] = [field(16), field(20), field(24), field(42)];
  if ((flags & 1) !== 0) throw new Error(`${name} is encrypted`);
  if ([packedBytes, bytes, local].includes(farMark)) throw new Error(`${name} is larger than four gigabytes`);
  if (method !== stored && method !== deflated)
    throw new Error(`${name} is packed in a way that is not known`);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== localSignature)
    throw new Error(`${name} is not where its directory says`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedBytes > view.byteLength) throw new Error(`${name} reaches beyond the end`);
  const content = packed.subarray(start, start + packedBytes);
  // One byte more than there should be, so that a longer one is noticed and cannot fill the memory.
  const whole = method === stored ? content : inflateRawSync(content, { maxOutputLength: bytes + 1 });
  if (whole.length !== bytes) throw new Error(`${name} has ${whole.length} bytes instead of ${bytes}`);
  if (crc32(whole) !== sum) throw new Error(`the bytes of ${name} contradict their checksum`);
  return whole;
}
