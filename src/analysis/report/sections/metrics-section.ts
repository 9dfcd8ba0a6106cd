import { accountDefinitions } from "../../metrics/definitions/account-definitions.ts";
import { returnDefinitions } from "../../metrics/definitions/return-definitions.ts";
import { riskDefinitions } from "../../metrics/definitions/risk-definitions.ts";
import { significanceDefinitions } from "../../metrics/definitions/significance-definitions.ts";
import { tradeDefinitions } from "../../metrics/definitions/trade-definitions.ts";
import { conventionOf, metricDefinitions, type MetricKey } from "../../metrics/metric-definitions.ts";
import { csvLink } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, type Cell } from "../html/table.ts";
import { metricText } from "../metric-text.ts";
import type { ReportContext, Section } from "./section.ts";

const groups = [
  ["Return", returnDefinitions],
  ["Risk", riskDefinitions],
  ["Significance", significanceDefinitions],
  ["Trades", tradeDefinitions],
  ["Account", accountDefinitions],
] as const;

/** Every number of the run with the formula it was computed by: the same word means different things elsewhere. */
export function metricsSection(context: ReportContext): Section {
  const { metrics } = context.input;
  const rows = metricDefinitions.map(({ key }) => [key, metrics[key], conventionOf(key, metrics)]);
  return {
    id: "metrics",
    title: "All metrics",
    short: "Metrics",
    body: html`${groups.map(([name, definitions]) =>
        groupTable(
          name,
          definitions.map(({ key }) => key),
          context,
        ),
      )}
      <div class="twin">
        ${csvLink({ fileName: "metrics.csv", header: ["metric", "value", "convention"], rows })}
      </div> `,
  };
}

function groupTable(caption: string, keys: readonly MetricKey[], { input }: ReportContext): Html {
  const { metrics } = input;
  const wanted = new Set<MetricKey>(keys);
  return tableHtml({
    caption,
    columns: [{ label: "Metric" }, { label: "Value", isNumber: true }, { label: "Convention" }],
    rows: metricDefinitions
      .filter(({ key }) => wanted.has(key))
      .map(({ key, label, unit }): Cell[] => {
        const note = key === "sqn" && !metrics.sqnReliable && metrics.sqn !== null ? ", too few trades" : "";
        const convention = html`<span class="convention">${conventionOf(key, metrics)}</span>`;
        return [label, metricText(unit, metrics[key]) + note, convention];
      }),
  });
}
