/** What JSON cannot say: columns of numbers as their bytes, numbers that are not finite, and the zero below zero. */
type Special = { readonly $f64?: string; readonly $number?: string };

/** Plain data as text. The same data give the same text, and come back to the last bit. */
export function wireText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown): unknown => {
    if (inner instanceof Float64Array)
      return { $f64: Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).toString("base64") };
    if (typeof inner === "number" && !Number.isFinite(inner)) return { $number: String(inner) };
    if (Object.is(inner, -0)) return { $number: "-0" };
    return inner;
  });
}

/** Reads what `wireText` wrote. */
export function readWire(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown): unknown => {
    const { $f64, $number } = (inner ?? {}) as Special;
    if (typeof $number === "string") return Number($number);
    if (typeof $f64 !== "string") return inner;
    const bytes = Uint8Array.from(Buffer.from($f64, "base64"));
    return new Float64Array(bytes.buffer);
  });
}
