import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../../test/parse-csv.ts";
import { csvText } from "./csv-text.ts";

test("any text survives the way through a CSV file", () => {
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.array(
      fc.array(
        fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é", "=", "+", "-", "@") }),
        {
          minLength: width,
          maxLength: width,
        },
      ),
    ),
  );
  fc.assert(
    fc.property(table, (rows) => {
      const header = ["x"];
      // What begins a formula for a spreadsheet is the one thing that is changed.
      const kept = rows.map((row) => row.map((text) => (/^[=+\-@\r]/.test(text) ? `'${text}` : text)));
      expect(parseCsv(csvText(header, rows))).toEqual([header, ...kept]);
    }),
    { seed: 11 },
  );
});

test("a number is never taken for a formula", () => {
  expect(csvText(["a", "b"], [[-1.5, "-1.5"]])).toBe("a,b\r\n-1.5,'-1.5\r\n");
});

test("a number that does not exist is an empty field", () => {
  expect(csvText(["a", "b", "c"], [[1.5, Number.NaN, null]])).toBe("a,b,c\r\n1.5,,\r\n");
});
