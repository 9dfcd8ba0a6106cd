import { expect, test } from "vitest";
import { reportRun } from "../../../test/report-run.ts";
import { renderHtml } from "./render-html.ts";
import { toResultJson } from "./result-json.ts";
import { renderTerminal } from "./terminal/render-terminal.ts";

test("how many fills were assumed stands in the verdict, the terminal, the page and the result", () => {
  // A fifth of the average range away on either side: many bars reach both.
  const run = reportRun({ config: { protection: { stopAtr: 0.2, takeProfitAtr: 0.2 } } });
  const { assumedFills, fills } = run.funnel;
  expect(assumedFills).toBeGreaterThan(2);
  expect(assumedFills).toBeLessThanOrEqual(fills / 2);
  const text = `The path inside the bar was assumed for ${assumedFills} of ${fills} fills: --detail 5m leaves less to assume.`;
  const result = toResultJson(run);
  expect(result.verdict.reasons).toContain(text);
  expect(result.funnel.assumedFills).toBe(assumedFills);
  expect(renderTerminal(run, { width: 100 }).replaceAll(/\s+/g, " ")).toContain(text);
  expect(renderHtml(run)).toContain(`assumed for ${assumedFills} of ${fills} fills`);
});

test("a run that assumed nothing says nothing of it", () => {
  const run = reportRun();
  expect(run.funnel.assumedFills).toBe(0);
  expect(toResultJson(run).verdict.reasons.join()).not.toMatch(/assumed/);
});
