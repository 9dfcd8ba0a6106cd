import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";
import { readNumber } from "./read-number.ts";

const point = new ByteReader({ delimiter: ",", decimal: ".", dateOrder: null, isCompact: false });
const comma = new ByteReader({ delimiter: ";", decimal: ",", dateOrder: null, isCompact: false });
const seed = 20240131;

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.nat({ max: 9 }).map(String), maxLength });

/** Decimal numbers as files write them: any number of digits on both sides, with and without an exponent. */
const numberText = fc
  .record({
    sign: fc.constantFrom("", "-", "+"),
    whole: digits(25),
    fraction: fc.option(digits(30)),
    exponent: fc.option(fc.integer({ min: -400, max: 400 }), { freq: 3 }),
  })
  .filter(({ whole, fraction }) => whole !== "" || (fraction ?? "") !== "")
  .map(({ sign, whole, fraction, exponent }) => {
    const mantissa = fraction === null ? whole : `${whole}.${fraction}`;
    return `${sign}${mantissa}${exponent === null ? "" : `e${exponent}`}`;
  });

test("every number has the very bits of Number(text)", () => {
  const property = fc.property(numberText, (text) => {
    expect(readNumber(point.readText(text))).toBe(Number(text));
    expect(point.atEnd).toBe(true);
    expect(readNumber(comma.readText(text.replace(".", ",")))).toBe(Number(text));
  });
  fc.assert(property, { seed, numRuns: 5000 });
});

test("every double survives being written and read", () => {
  const property = fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    expect(readNumber(point.readText(String(value)))).toBe(Number(String(value)));
  });
  fc.assert(property, { seed, numRuns: 5000 });
});

test("numbers that a naive parser rounds twice are right", () => {
  // 2^53 + 1 lies between two doubles; the others are hard cases of Clinger 1990 and of the strtod literature.
  for (const text of [
    "9007199254740993",
    "0.1",
    "1.1125369292536007e-308",
    "123456789012345678.9",
    "8.41e21",
  ]) {
    expect(readNumber(point.readText(text))).toBe(Number(text));
  }
});

test("the reader stops behind the number", () => {
  const reader = point.readText("1.25,7");
  expect(readNumber(reader)).toBe(1.25);
  expect(reader.position).toBe(4);
});

test("what is no decimal number is NaN", () => {
  for (const text of ["", "-", ".", "x", "--1", "1e", "e5", "1.5e+", "NaN", "Infinity"]) {
    expect(readNumber(point.readText(text))).toBeNaN();
  }
});
