import { formatDuration } from "../../../base/time.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml } from "../html/table.ts";
import { countText, notAvailable } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { paramsText } from "../run-facts.ts";
import type { ReportContext, Section } from "./section.ts";

/** What one needs to get the same numbers again, and to see that they are the same. */
export function reproduceSection({ input }: ReportContext): Section {
  const { meta } = input;
  return {
    id: "reproduce",
    title: "Reproduce",
    short: "Reproduce",
    body: html`<pre class="command">${meta.command}</pre>
      <p class="aside">
        The same command on the same data, code and configuration gives the same decisions hash, on any
        machine.
      </p>
      ${identity(input)}
      <h3>What differs from the default configuration</h3>
      ${meta.configDiff.length === 0 ? html`<p>Nothing.</p>` : html`<pre>${meta.configDiff.join("\n")}</pre>`}
      ${sources(input)} `,
  };
}

function identity({ meta, decisionsHash }: ReportInput): Html {
  const code = (text: string) => html`<code>${text}</code>`;
  return tableHtml({
    caption: "Identity of the run",
    columns: [{ label: "" }, { label: "" }],
    rows: [
      ["Run", code(meta.runId)],
      ["Strategy", `${meta.strategyName}: ${meta.strategySummary}`],
      ["Parameters", paramsText(meta.params)],
      ["Seed", code(String(meta.seed))],
      ["Decisions SHA-256", code(decisionsHash)],
      ["Data SHA-256", code(meta.dataHash)],
      ["Configuration SHA-256", code(meta.configHash)],
      ["Code SHA-256", code(meta.codeHash)],
      ["Versions", `Kiwi ${meta.kiwiVersion}, Node ${meta.nodeVersion}`],
      ["Time taken", formatDuration(meta.wallMs)],
    ],
  });
}

function sources({ meta }: ReportInput): Html {
  return tableHtml({
    caption: "Data",
    isDense: meta.sources.length > 25,
    columns: [
      { label: "Source" },
      { label: "Symbol" },
      { label: "Bars", isNumber: true },
      { label: "Rows not used", isNumber: true },
      { label: "Bars missing", isNumber: true },
    ],
    rows: meta.sources.map(({ name, symbol, rows, quarantined, gaps }) => [
      name,
      symbol,
      countText(rows),
      countText(quarantined),
      gaps === null ? notAvailable : countText(gaps),
    ]),
  });
}
