import { conventionOf } from "../../metrics/metric-definitions.ts";
import { intervalFigure, type NamedInterval } from "../figures/interval-figure.ts";
import { benchmarkName, benchmarkTitle } from "../benchmark-name.ts";
import { headlineRows, type HeadlineRow } from "../headline.ts";
import { figureHtml } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, typeset, type Cell } from "../html/table.ts";
import { percentText, ratioText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { intervalPeriodsMin } from "../run-analysis.ts";
import { conventionsText } from "../run-facts.ts";
import type { ReportContext, Section } from "./section.ts";

/** The strategy beside what was held, with what chance could make of both. */
export function headlineSection(context: ReportContext): Section {
  const { input, analysis } = context;
  const rows = headlineRows(input);
  const named: NamedInterval[] = [];
  if (analysis.intervals.sharpe !== null)
    named.push({ name: "strategy", look: "strategy", interval: analysis.intervals.sharpe });
  if (analysis.benchmark?.intervals.sharpe)
    named.push({
      name: benchmarkName(input),
      look: "benchmark",
      interval: analysis.benchmark.intervals.sharpe,
    });
  const body = html`${cards(rows, input)}
    ${
      named.length === 0
        ? comparison(rows, context)
        : html`<div class="beside">
            <div>${comparison(rows, context)}</div>
            <div>${figureHtml(intervalFigure(named))}</div>
          </div>`
    }
    <p class="aside">
      Computed from ${conventionsText(input)}. Intervals: 95 %, stationary block bootstrap of these returns
      seeded by the run, none below ${intervalPeriodsMin} of them.
    </p> `;
  return { id: "headline", title: `Strategy against ${benchmarkName(input)}`, short: "Result", body };
}

function cards(rows: readonly HeadlineRow[], input: ReportInput): Html {
  const { metrics } = input;
  const name = benchmarkName(input);
  const row = (key: string) => rows.find((each) => each.key === key)!;
  const usual = (key: string) => {
    const { label, strategy, strategyInterval, benchmark } = row(key);
    return cardHtml(label, strategy, [
      strategyInterval !== "" && `95 %: ${strategyInterval}`,
      benchmark !== "" && `${name} ${benchmark}`,
    ]);
  };
  return html`<div class="cards">
    ${["totalReturn", "maxDrawdown", "sharpe"].map(usual)}${cardHtml("Trades", row("trades").strategy, [
      `win rate ${percentText(metrics.winRate)}`,
      `profit factor ${ratioText(metrics.profitFactor)}`,
    ])}
  </div>`;
}

function cardHtml(name: string, value: string, notes: readonly (string | false)[]): Html {
  return html`<div class="card">
    <p class="name">${name}</p>
    <p class="big">${typeset(value)}</p>
    ${notes.map((note) => note !== false && html`<p class="small">${typeset(note)}</p>`)}
  </div> `;
}

function comparison(rows: readonly HeadlineRow[], { input }: ReportContext): Html {
  return tableHtml({
    caption: `Strategy and ${benchmarkName(input)}`,
    isCaptionHidden: true,
    columns: [
      { label: "" },
      { label: "Strategy", isNumber: true },
      { label: benchmarkTitle(input), isNumber: true },
    ],
    rows: rows.map((row): Cell[] => [
      html`<span title="${conventionOf(row.key, input.metrics)}">${row.label.trim()}</span>`,
      valueHtml(row.strategy, row.strategyInterval),
      valueHtml(row.benchmark, row.benchmarkInterval),
    ]),
  });
}

function valueHtml(value: string, interval: string): Html {
  return html`${typeset(value)}${interval !== "" && html`<span class="interval">95 %: ${typeset(interval)}</span>`}`;
}
