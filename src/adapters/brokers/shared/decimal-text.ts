import { assert } from "../../../base/assert.ts";

/**
 * A number as venues read it: plain digits, never `1e-7`, and exactly the digits that JavaScript would show. Throws for
 * what is no number.
 */
export function decimalText(value: number): string {
  assert(Number.isFinite(value), "only a number can be sent to a venue");
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}
