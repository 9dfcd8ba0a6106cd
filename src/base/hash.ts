import { createHash } from "node:crypto";

/** SHA-256 of text or bytes as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 over several pieces, in order, without joining them in memory. */
export function sha256Of(pieces: Iterable<string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** The bytes behind a numeric column, for hashing. Little-endian on every platform Kiwi runs on. */
export function bytesOf(column: Float64Array | Int32Array | Uint8Array, length = column.length): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, length * column.BYTES_PER_ELEMENT);
}

/** SHA-256 of a document, apart from its own field `sha256`: whoever reads it can tell whether it is as it was written. */
export function checksumOf(document: Readonly<Record<string, unknown>>): string {
  const { sha256: _, ...rest } = document;
  // What JSON cannot write is not written, and does not count.
  return sha256(canonicalJson(JSON.parse(JSON.stringify(rest))));
}

/** JSON with sorted keys: equal values have equal text, whatever order they were built in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value, ""));
}

/** The same value with sorted keys. JSON.stringify asks a replacer slowly, and searches write many lines. */
function sorted(value: unknown, key: string): unknown {
  if (value === null || typeof value !== "object") return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") return sorted(toJSON.call(value, key), key);
  if (Array.isArray(value)) return value.map((inner, index) => sorted(inner, String(index)));
  const own = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(own).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(own[name], name)]));
}
