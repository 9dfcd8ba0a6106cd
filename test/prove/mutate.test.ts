import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { harmless } from "./harmless.ts";
import { mutantsOf } from "./mutate.ts";

test("faults are planted in code and not in comments, types or texts", () => {
  const source = [
    'import { a } from "./a - b.ts";',
    "// a < b",
    "export type T = { readonly n: 0 };",
    "function side(sign: 1 | -1): boolean {",
    'const reason = "1 < 2";',
    "if (a < b) return a + 1;",
    "  this.book(fill);",
  ].join("\n");
  expect(mutantsOf("x.ts", source).map(({ line, after }) => `${line} ${after}`)).toEqual([
    "6 if (a <= b) return a + 1;",
    "6 if (a < b) return a - 1;",
    "6 if (a < b) return a + 0;",
    "6 if (false) return a + 1;",
    "7 ",
  ]);
});

test("where equal values take the same way, a comparison that lets them in is no fault", () => {
  const source = [
    "if (bars.low[row]! < low) low = bars.low[row]!;",
    "if (best >= price) price = best;",
    "if (a < b) c = a;",
  ].join("\n");
  expect(mutantsOf("x.ts", source).map(({ line, after }) => `${line} ${after}`)).toEqual([
    "1 if (false) low = bars.low[row]!;",
    "2 if (false) price = best;",
    "3 if (a <= b) c = a;",
    "3 if (false) c = a;",
  ]);
});

test("every fault that is known to change nothing can still be planted", () => {
  const gone = harmless.flatMap(({ path, before, after }) => {
    const planted = mutantsOf(path, readFileSync(path, "utf8"));
    return after
      .filter((line) => !planted.some((one) => one.before === before && one.after === line))
      .map((line) => `${path}: ${line}`);
  });
  expect(gone).toEqual([]);
});
