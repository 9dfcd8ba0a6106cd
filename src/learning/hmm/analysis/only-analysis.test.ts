import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "..", "..", "..");

test("what looks at later rows is imported by analysis alone", () => {
  const shipped = readdirSync(source, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
  const later = /(?:from|import)\s*\(?\s*"[^"]*(?:hmm\/analysis\/|\/smooth-states|\/viterbi|\/raw-rows)/;
  const importers = shipped.filter((path) => later.test(readFileSync(join(source, path), "utf8")));
  expect(importers.filter((path) => !/^analysis\/|^learning\/hmm\/analysis\//.test(path))).toEqual([]);
  // The pattern does find what it looks for.
  expect(importers).toContain("learning/hmm/analysis/viterbi.ts");
});
