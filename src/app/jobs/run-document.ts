import type { ReportInput } from "../../analysis/report/report-input.ts";
import { toResultJson } from "../../analysis/report/result-json.ts";
import { checksumOf } from "../../base/hash.ts";
import type { FailOutcome } from "../runs/fail-conditions.ts";

/** Names of the files of a run, by what they hold. */
export const artifactFiles = {
  manifest: "manifest.json",
  json: "result.json",
  csv: "trades.csv",
  fills: "fills.csv",
  lots: "lots.csv",
  html: "report.html",
  md: "report.md",
} as const;

/** A run for programs: what `--json` prints and `result.json` holds. The schema only ever gains fields. */
export type RunDocument = ReturnType<typeof runDocument>;

/** Makes the document of a run. `artifacts` are the paths of its files. */
export function runDocument(
  input: ReportInput,
  outcomes: readonly FailOutcome[],
  artifacts: Readonly<Record<string, string>>,
) {
  const result = toResultJson(input);
  const { metrics } = result;
  const document = {
    ...result,
    ok: outcomes.every(({ failed }) => !failed),
    conventions: {
      periodsPerYear: metrics.periodsPerYear,
      calendar: result.calendars[0] ?? null,
      riskFreeRate: metrics.riskFreeRate,
      costs: result.costs,
      metrics: result.conventions,
    },
    failIf: outcomes,
    artifacts,
  };
  return { ...document, sha256: checksumOf(document) };
}
