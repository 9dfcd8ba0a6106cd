import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { metricDefinitions } from "../metrics/metric-definitions.ts";
import { renderMarkdown } from "./render-markdown.ts";
import type { ReportInput } from "./report-input.ts";
import { renderTerminal } from "./terminal/render-terminal.ts";

const cellsOf = (line: string): number => line.split(/(?<!\\)\|/).length;

test.each<readonly [string, () => ReportInput]>([
  ["a run", () => reportRun()],
  ["a run in which nothing could be bought", () => refusedRun()],
])("the Markdown of %s has what a terminal shows, and every number in a row of three cells", (_, make) => {
  const input = make();
  const text = renderMarkdown(input);
  expect(text).toContain(renderTerminal(input, { width: 100, color: false }).trimEnd());
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  expect(rows).toHaveLength(metricDefinitions.length + 1);
  expect(rows.filter((row) => cellsOf(row) !== 5)).toEqual([]);
  expect(text.match(/^```/gm)).toHaveLength(2);
});
