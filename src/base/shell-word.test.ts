import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test("a plain path is typed as it is, in any language", () => {
  expect(shellWord("/data/Größe/BTC-1h.csv.gz")).toBe("/data/Größe/BTC-1h.csv.gz");
});

test("a path with a space is in quotes", () => {
  expect(shellWord("/my prices/X.csv")).toBe("'/my prices/X.csv'");
});

test.skipIf(process.platform === "win32")("a shell reads back any text as one word", () => {
  const texts = fc.array(
    fc.string({ unit: fc.constantFrom(...Array.from("ab/ '\"$`;&|<>(){}[]*?!#~\\\n\tü")), minLength: 1 }),
    { minLength: 50, maxLength: 50 },
  );
  fc.assert(
    fc.property(texts, (words) => {
      const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${words.map(shellWord).join(" ")}`]);
      expect(stdout.toString().split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 5, seed: 148 },
  );
});
