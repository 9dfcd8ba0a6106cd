import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRoadmap } from "../bench/roadmap.ts";

const root = join(import.meta.dirname, "..");
const rows = readRoadmap(root);

test("the roadmap names every requirement once, from R1 to R161", () => {
  const named = rows.flatMap(({ requirements }) => requirements).toSorted((a, b) => a - b);
  expect(named).toEqual(Array.from({ length: 161 }, (_, k) => k + 1));
});

test("every test that the roadmap shows as proof exists", () => {
  expect(rows.flatMap(({ tests }) => tests).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("what no test shows is called open", () => {
  expect(rows.filter(({ tests, open }) => tests.length === 0 && !open.startsWith("open"))).toEqual([]);
});
