import { metricDefinitions } from "../metrics/metric-definitions.ts";
import { metricText } from "./metric-text.ts";
import type { ReportInput } from "./report-input.ts";
import { toResultJson } from "./result-json.ts";
import { renderTerminal } from "./terminal/render-terminal.ts";

/** A width that a page of a repository shows without breaking lines. */
const width = 100;

/** The report as Markdown, for notes and pull requests: what a terminal shows, and every number with its convention. */
export function renderMarkdown(input: ReportInput): string {
  const { metrics, conventions } = toResultJson(input);
  const rows = metricDefinitions.map(
    ({ key, label, unit }) =>
      `| ${label} | ${metricText(unit, metrics[key] ?? null)} | ${plain(conventions[key] ?? "")} |`,
  );
  return (
    [
      `# ${plain(input.meta.runId)}`,
      `\`\`\`text\n${renderTerminal(input, { width, color: false }).trimEnd()}\n\`\`\``,
      ["| metric | value | convention |", "|---|---:|---|", ...rows].join("\n"),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

/** A bar would end the cell. */
function plain(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}
