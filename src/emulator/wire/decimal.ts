/** A number as text, the way venues write it: no exponent, no zeros at the end, at most `digits` places. */
export function decimal(value: number, digits = 9): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(value) : value.toFixed(0);
  const text = value.toFixed(digits).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}
