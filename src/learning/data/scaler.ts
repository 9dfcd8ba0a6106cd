import type { Matrix } from "../trees/feature-bins.ts";

/** Centre and width of every feature where a model learned; frozen with it. */
export type Scaler = { readonly centres: readonly number[]; readonly scales: readonly number[] };

/** Values further out than this many widths are moved to there: one wild bar must not rule a network. */
const widthsMax = 8;
/** Width of a normal distribution between its quartiles, in standard deviations. */
const quartileWidth = 1.349;

/** Median and quartile width of the rows of a part. A feature that never changes there has width 1, and so becomes 0. */
export function fitScaler({ values, width }: Matrix, from: number, to: number): Scaler {
  const centres: number[] = [];
  const scales: number[] = [];
  for (let feature = 0; feature < width; feature++) {
    const column = new Float32Array(to - from);
    let count = 0;
    for (let row = from; row < to; row++) {
      const value = values[row * width + feature]!;
      if (!Number.isNaN(value)) column[count++] = value;
    }
    const sorted = column.subarray(0, count).sort();
    const at = (share: number) => sorted[Math.min(count - 1, Math.floor(share * count))] ?? 0;
    const spread = (at(0.75) - at(0.25)) / quartileWidth;
    centres.push(at(0.5));
    scales.push(spread > 0 ? spread : deviation(sorted));
  }
  return { centres, scales };
}

/** Of a feature that is nearly always the same, but not always. */
function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return square > 0 ? Math.sqrt(square) : 1;
}

/** Scales rows `from` to before `to` into `out`, row-major from its beginning on; what is missing becomes the centre, 0. */
export function scaleRows(
  { centres, scales }: Scaler,
  values: ArrayLike<number>,
  from: number,
  to: number,
  out: Float32Array,
): void {
  const width = centres.length;
  for (let row = from; row < to; row++) {
    for (let feature = 0; feature < width; feature++) {
      const scaled = (values[row * width + feature]! - centres[feature]!) / scales[feature]!;
      const at = (row - from) * width + feature;
      out[at] = Number.isNaN(scaled) ? 0 : Math.min(widthsMax, Math.max(-widthsMax, scaled));
    }
  }
}
