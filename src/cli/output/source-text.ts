import type { InspectedSource } from "../../app/bars/inspect-data.ts";
import { formatTime } from "../../base/time.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import type { Finding } from "../../data/validation/bar-report.ts";
import { pairs } from "./table.ts";

/** A data file as a person wants to see it: how it was read, what was left out, what looks wrong. */
export function sourceText({ source, report }: InspectedSource): string {
  const { path, detected, quarantine, rowsRead } = source;
  const { symbol, timeframe, calendarName, rows, fromMs, toMs, findings } = report;
  const lines = [
    path,
    pairs([
      [
        "  symbol",
        `${symbol}, ${timeframe}${detected === null ? "" : ` (from the ${detected.timeframeSource})`}`,
      ],
      ["  calendar", calendarName],
      [
        "  bars",
        `${rows} of ${rowsRead} rows, closes ${formatTime(fromMs ?? Number.NaN)} to ${formatTime(toMs ?? Number.NaN)}`,
      ],
      ...readingPairs(source),
    ]),
  ];
  for (const note of detected?.notes ?? []) lines.push(`  note      ${note}`);
  for (const { kind, fate, count, examples } of quarantine?.entries ?? []) {
    lines.push(
      `  ${fate === "quarantined" ? "not used" : fate.padEnd(8)}  ${countOf(count, "row")} (${kind})`,
    );
    for (const { line, reason } of examples.slice(0, 3)) lines.push(`              line ${line}: ${reason}`);
  }
  lines.push(...findingLines(findings));
  if (findings.every(({ severity }) => severity === "info") && (quarantine?.quarantined ?? 0) === 0)
    lines.push("  PASS      nothing wrong was found");
  return lines.join("\n");
}

/** Findings, one line each, with a few examples of those that matter. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ severity, message, examples }) => [
    `  ${severity.padEnd(8)}  ${message}`,
    ...(severity === "info" ? [] : examples.slice(0, 3)).map(
      ({ closeTimeMs, text }) => `              ${formatTime(closeTimeMs)}  ${text}`,
    ),
  ]);
}

function readingPairs({ detected }: InspectedSource["source"]): readonly (readonly [string, string])[] {
  if (detected === null) return [];
  const { columns, delimiter, decimal, dateFormat, timeZone, stamp } = detected;
  const shown = delimiter === "\t" ? "tab" : delimiter;
  return [
    [
      "  columns",
      Object.entries(columns)
        .map(([name, field]) => (name === field ? name : `${name} as ${field}`))
        .join(", "),
    ],
    ["  format", `separator "${shown}", decimal "${decimal}"`],
    ["  time", `${dateFormat}, ${timeZone}, stamps name the ${stamp} of a bar`],
  ];
}
