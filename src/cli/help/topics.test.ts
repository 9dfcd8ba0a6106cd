import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { topics } from "./topics.ts";

const source = join(import.meta.dirname, "..", "..");
const text = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(source, path), "utf8"))
  .join("\n");

test("every topic that an error names has a text", () => {
  const named = [...text.matchAll(/\btopic(?::| =) "([\w-]+)"/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(20);
  const known = new Set(topics.map(({ name }) => name));
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

test("every topic that a text sends people to exists", () => {
  const known = new Set(topics.map(({ name }) => name));
  const commands = new Set(["backtest", "lists"]);
  const named = [...text.matchAll(/kiwi help ([a-z][\w-]+)/g)].map((match) => match[1]!);
  expect(named.filter((name) => !known.has(name) && !commands.has(name))).toEqual([]);
});

test("topics have different names, and none is wider than a wide terminal", () => {
  expect(new Set(topics.map(({ name }) => name)).size).toBe(topics.length);
  expect(topics.flatMap(({ lines }) => lines).filter((line) => line.length > 120)).toEqual([]);
});
