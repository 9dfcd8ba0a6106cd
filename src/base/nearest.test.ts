import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

test.each([
  ["BTCUSTD", ["BTCUSDT", "ETHUSDT"], "BTCUSDT"],
  ["smacros", ["sma-cross", "meta"], "sma-cross"],
  ["boll", ["bollinger", "atr"], "bollinger"],
  ["Fast", ["fast", "slow"], "fast"],
  ["a", ["b"], "b"],
  ["dorp", ["delay", "drop"], "drop"],
  ["csah", ["kind", "cash"], "cash"],
])("%s may mean one of %j", (given, known, meant) => {
  expect(nearest(given, known)).toBe(meant);
});

test.each([
  ["BTCUSDT", ["SYN1"]],
  ["xyz", ["sma-cross", "meta"]],
  ["anything", []],
])("%s means none of %j", (given, known) => {
  expect(nearest(given, known)).toBe(null);
});

test("the way out is the name that was meant, and never a guess", () => {
  const write = (name: string): string => `--format ${name}`;
  expect(didYouMean("htm", ["html", "csv"], write)).toBe("did you mean --format html?");
  expect(didYouMean("docx", ["html", "csv"], write)).toBe("use one of them, for example --format html");
  expect(didYouMean("docx", [], write)).toBe("leave it out");
  expect(didYouMean("htm", ["html"], write, "kiwi help runs")).toBe(
    "did you mean --format html?   (kiwi help runs)",
  );
  expect(didYouMean("docx", ["html"], write, "kiwi help runs")).toBe("kiwi help runs");
});

test("one helper serves all: nobody else measures how near a name is", () => {
  const folder = join(import.meta.dirname, "..");
  const others = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("nearest"))
    .filter((path) => readFileSync(join(folder, path), "utf8").includes('"fastest-levenshtein"'));
  expect(others).toEqual([]);
});
