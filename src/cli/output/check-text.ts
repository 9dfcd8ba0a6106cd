import type { CheckResult } from "../../analysis/checks/check-result.ts";

/** More findings of one check than this are counted. */
const findingsMax = 10;

/** What a check found, for people. */
export function checkText(result: CheckResult): string {
  const { id, pass, findings, notes, strategyName, barsGiven, barsCompared, columnsCompared } = result;
  const bars = barsCompared === barsGiven ? `${barsGiven} bars` : `${barsCompared} of ${barsGiven} bars`;
  const more = findings.length - findingsMax;
  return [
    `${pass === null ? "N/A " : pass ? "PASS" : "FAIL"}  ${id}  ${strategyName}  (${bars}, ${columnsCompared} series)`,
    ...findings.slice(0, findingsMax).map(({ sentence }) => `  - ${sentence}`),
    ...(more > 0 ? [`  - and ${more} more (--json lists all)`] : []),
    ...factLines(result),
    ...notes.map((note) => `  note: ${note}`),
  ].join("\n");
}

/** What only this kind of check measures. */
function factLines(result: CheckResult): readonly string[] {
  if (!("measuredBars" in result)) return [];
  if (result.pass === null) return [];
  const { measuredBars, declaredBars } = result as CheckResult & {
    measuredBars: number | null;
    declaredBars: number;
  };
  const measured = measuredBars === null ? "more bars than could be tried" : `${measuredBars} bars`;
  return [`  decisions need ${measured} of history; the engine waits for ${declaredBars}`];
}
