import { expect, test } from "vitest";
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
