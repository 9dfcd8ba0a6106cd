/** What JSON cannot say: columns of numbers as their bytes, numbers that are not finite, and the zero below zero. */
type Special = {
  readonly $f64?: string;
  readonly $column?: readonly [kind: string, bytes: string];
  readonly $number?: string;
};

/** Columns of other numbers than doubles, by the name that they have on the way. */
const kinds: Readonly<Record<string, ColumnKind>> = { Float32Array, Int32Array, Uint8Array };
type ColumnKind = new (bytes: ArrayBuffer) => Float32Array | Int32Array | Uint8Array;

/** Plain data as text. The same data give the same text, and come back to the last bit. */
export function wireText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown): unknown => {
    if (inner instanceof Float64Array) return { $f64: bytesOf(inner) };
    if (inner instanceof Float32Array || inner instanceof Int32Array || inner instanceof Uint8Array)
      return { $column: [inner.constructor.name, bytesOf(inner)] };
    if (typeof inner === "number" && !Number.isFinite(inner)) return { $number: String(inner) };
    if (Object.is(inner, -0)) return { $number: "-0" };
    return inner;
  });
}

/** Reads what `wireText` wrote. */
export function readWire(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown): unknown => {
    const { $f64, $column, $number } = (inner ?? {}) as Special;
    if (typeof $number === "string") return Number($number);
    if (typeof $f64 === "string") return new Float64Array(bytesIn($f64));
    const kind = $column === undefined ? undefined : kinds[$column[0]];
    return kind === undefined ? inner : new kind(bytesIn($column![1]));
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function bytesIn(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, "base64")).buffer;
}
