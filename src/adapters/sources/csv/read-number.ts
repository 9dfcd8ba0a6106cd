import type { ByteReader } from "./byte-reader.ts";

/** Powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads a decimal number and stops behind it; NaN (and an undefined position) when there is none.
 * The result has the very bits of `Number(text)`: a mantissa below 2^53 divided by a power of ten up to 10^22 is
 * one correctly rounded operation (Clinger, How to Read Floating Point Numbers Accurately, 1990), and everything
 * else goes through `Number` itself.
 */
export function readNumber(reader: ByteReader): number {
  const { bytes, decimal } = reader;
  const start = reader.position;
  let position = start;
  let byte = bytes[position]!;
  const negative = byte === 45;
  if (negative) byte = bytes[++position]!;
  const digitsFrom = position;
  let mantissa = 0;
  // "0" to "9" are 48 to 57: the exclusive or is the digit, and above 9 for every other byte.
  for (let digit = byte ^ 48; digit <= 9; digit = byte ^ 48) {
    mantissa = mantissa * 10 + digit;
    byte = bytes[++position]!;
  }
  let digits = position - digitsFrom;
  let scale = 0;
  if (byte === decimal) {
    const point = position;
    byte = bytes[++position]!;
    for (let digit = byte ^ 48; digit <= 9; digit = byte ^ 48) {
      mantissa = mantissa * 10 + digit;
      byte = bytes[++position]!;
    }
    scale = position - point - 1;
    digits += scale;
  }
  reader.position = position;
  if (digits === 0 || mantissa > Number.MAX_SAFE_INTEGER || scale > 22 || (byte | 32) === 101) {
    return readExactly(reader, start);
  }
  const value = scale === 0 ? mantissa : mantissa / powersOfTen[scale]!;
  return negative ? -value : value;
}

/** The slow and sure way: everything that can belong to a number goes to `Number`. */
function readExactly(reader: ByteReader, start: number): number {
  const { bytes, decimal } = reader;
  let text = "";
  let position = start;
  for (; ; position++) {
    const byte = bytes[position]!;
    if (byte === decimal) text += ".";
    else if ((byte ^ 48) <= 9 || byte === 43 || byte === 45 || (byte | 32) === 101) {
      text += String.fromCharCode(byte);
    } else break;
  }
  reader.position = position;
  return decimalNumber.test(text) ? Number(text) : Number.NaN;
}
