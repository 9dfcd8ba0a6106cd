const blocks = "▁▂▃▄▅▆▇█";

/**
 * A curve in one line of `width` Unicode blocks, each the last value of its part of rows 0 to `length - 1`, between
 * `low` and `high`; a space where the value is missing.
 */
export function sparkline(
  values: Float64Array,
  length: number,
  width: number,
  low: number,
  high: number,
): string {
  const columns = Math.min(width, length);
  let line = "";
  for (let column = 0; column < columns; column++) {
    const value = values[Math.floor(((column + 1) * length) / columns) - 1]!;
    line += Number.isFinite(value) ? blockOf((value - low) / (high - low)) : " ";
  }
  return line;
}

function blockOf(share: number): string {
  // A flat curve has no range: it runs along the bottom.
  const level = Number.isFinite(share) ? Math.floor(share * blocks.length) : 0;
  return blocks[Math.min(blocks.length - 1, Math.max(0, level))]!;
}
