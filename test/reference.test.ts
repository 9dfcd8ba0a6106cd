import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillPage, generatedPages } from "../bench/reference/fill-page.ts";
import { root } from "../bench/reference/markdown.ts";
import { indicators } from "../src/app/plugins/indicator-registry.ts";
import { plugins } from "../src/app/plugins/registry.ts";
import { metricDefinitions } from "../src/analysis/metrics/metric-definitions.ts";
import { kiwiConfigSchema } from "../src/app/config/config-schema.ts";

const pageOf = (page: string): string => readFileSync(join(root, "docs", "reference", page), "utf8");

test.each(generatedPages)("%s says what the code says now (else: npm run docs)", (page) => {
  const text = pageOf(page);
  expect(text).toContain("<!-- from the code: ");
  expect(fillPage(text)).toBe(text);
});

test("what has gone wrong in a page between its marks is put right, and nothing outside them", () => {
  const marked = "before\n<!-- from the code: metrics -->\nWRONG\n<!-- end -->\nafter\n";
  const filled = fillPage(marked);
  expect(filled).not.toContain("WRONG");
  expect(filled).toMatch(/^before\n<!-- from the code: metrics -->\n\| metric[\s\S]*<!-- end -->\nafter\n$/);
  expect(() => fillPage("<!-- from the code: nonsense -->\n<!-- end -->")).toThrow("nonsense");
});

test("no indicator, metric, plug-in or section of the configuration is missing", () => {
  const listed = pageOf("indicators.md");
  expect(listed.match(/^## /gm)).toHaveLength(indicators.length);
  const metrics = pageOf("metrics-of-runs.md");
  expect(metricDefinitions.filter(({ key }) => !metrics.includes(`\`${key}\``))).toEqual([]);
  const configuration = pageOf("configuration.md");
  expect(
    plugins.filter(({ name }) => !configuration.includes(`#### ${name}\n`)).map(({ name }) => name),
  ).toEqual([]);
  const keys = Object.keys(kiwiConfigSchema.shape);
  expect(keys.filter((key) => !configuration.includes(`\`${key}`))).toEqual([]);
});
