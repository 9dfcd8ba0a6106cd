import fc from "fast-check";
import { expect, test } from "vitest";
import { labelled, wrapText } from "./wrap-text.ts";

test("wrapping loses nothing but spaces and no line is too long", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), (words, width) => {
      const lines = wrapText(words, width);
      expect(lines.join("").replaceAll(" ", "")).toBe(words.replaceAll(" ", ""));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }),
    { seed: 5 },
  );
});

test("a number keeps its %", () => {
  expect(wrapText("it made 14,708 % more", 14)).toEqual(["it made", "14,708 % more"]);
});

test("lines after the first stand under the text and not under the label", () => {
  expect(labelled("Note  ", "one two three", 11)).toEqual(["Note  one", "      two", "      three"]);
});
