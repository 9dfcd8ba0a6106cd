/** What JSON cannot say: columns of numbers as their bytes, numbers that are not finite, and the zero below zero. */
type Special = { readonly $column?: readonly [kind: string, bytes: string]; readonly $number?: string };
type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

/** Columns by the name that they have on the way. */
const kinds = new Map<string, new (bytes: ArrayBuffer) => Column>(
  [Float64Array, Float32Array, Int32Array, Uint8Array].map((kind) => [kind.name, kind]),
);

/** Plain data as text. The same data give the same text, and come back to the last bit. */
export function wireText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown): unknown => {
    if (isColumn(inner)) return { $column: [inner.constructor.name, bytesOf(inner)] };
    if (typeof inner === "number" && !Number.isFinite(inner)) return { $number: String(inner) };
    if (Object.is(inner, -0)) return { $number: "-0" };
    return inner;
  });
}

/** Reads what `wireText` wrote. */
export function readWire(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown): unknown => {
    const { $column, $number } = (inner ?? {}) as Special;
    if (typeof $number === "string") return Number($number);
    const kind = $column === undefined ? undefined : kinds.get($column[0]);
    return kind === undefined ? inner : new kind(bytesIn($column![1]));
  });
}

function isColumn(value: unknown): value is Column {
  return ArrayBuffer.isView(value) && kinds.has(value.constructor.name);
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function bytesIn(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, "base64")).buffer;
}
