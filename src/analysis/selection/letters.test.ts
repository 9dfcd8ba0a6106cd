import { expect, test } from "vitest";
import { strategyLetter } from "./letters.ts";

test("no two strategies share a letter, however many there are", () => {
  const letters = Array.from({ length: 200 }, (_, k) => strategyLetter(k - 1));
  expect(letters.slice(0, 3)).toEqual(["-", "A", "B"]);
  expect(new Set(letters).size).toBe(200);
});
