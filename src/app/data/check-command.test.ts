import { expect, test } from "vitest";
import { checkCommand } from "./check-command.ts";

test("few files are checked by their names, many by their folders", () => {
  const named = (...paths: string[]): string => checkCommand(paths.map((path) => ({ path })));
  expect(named("a/X-1d.csv", "my b/Y-1d.csv")).toBe("kiwi data check a/X-1d.csv 'my b/Y-1d.csv'");
  expect(named("a/1.csv", "a/2.csv", "b/3.csv", "a/4.csv")).toBe("kiwi data check a b");
});

test("downloaded bars are checked without a word", () => {
  expect(checkCommand([{ path: ".kiwi/data", stored: {} }])).toBe("kiwi data check");
});
