import { metricDefinitions } from "../../analysis/metrics/metric-definitions.ts";
import { figureHtml } from "../../analysis/report/html/figure.ts";
import { html, type Html } from "../../analysis/report/html/html.ts";
import { tableHtml } from "../../analysis/report/html/table.ts";
import { countText, percentText, ratioText } from "../../analysis/report/number-text.ts";
import { fanFigure } from "../../analysis/report/search/fan-figure.ts";
import { logitFigure } from "../../analysis/report/search/logit-figure.ts";
import { plainPage, type PlainPage } from "../../analysis/report/search/plain-page.ts";
import { scatterFigure } from "../../analysis/report/search/scatter-figure.ts";
import { validationNames, type ValidationDocument } from "./validation-document.ts";

type Row = readonly [string, ...string[]];

/** The report of a validation as one page. */
export function validationHtml(document: ValidationDocument): string {
  const { strategy, params, symbols, timeframe, findings, verdict, level, warnings, command } = document;
  const shown = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  return plainPage({
    title: `${strategy}: how much is luck`,
    about: `${shown.join(" ")} · ${symbols.slice(0, 3).join(", ")} · ${timeframe} · ${command}`,
    isSynthetic: document.dataKind === "synthetic",
    brand: "KIWI VALIDATION",
    verdict,
    level,
    reasons: findings,
    warnings,
    sections: [
      { id: "tests", title: "Tests", body: tests(document) },
      { id: "pictures", title: "Pictures", body: pictures(document) },
      { id: "stress", title: "Stress", body: stress(document) },
      { id: "when", title: "When", body: when(document) },
    ] satisfies PlainPage["sections"],
  });
}

function rowsTable(caption: string, labels: readonly string[], rows: readonly Row[]): Html {
  return tableHtml({ caption, columns: labels.map((label, k) => ({ label, isNumber: k > 0 })), rows });
}

/** As the terminal writes it: shares of the whole in per cent, ratios and p values as they are. */
function conditionText(name: (typeof validationNames)[number], value: number | null): string {
  if (name === "pbo") return percentText(value);
  if (name === "doubleCostReturn") return percentText(value, { signed: true });
  return ratioText(value);
}

/** What a condition of `--fail-if` says, in words; its name stands behind it. */
const conditionTexts: Readonly<Record<(typeof validationNames)[number], string>> = {
  pbo: "Probability that the choice is overfitted",
  spaP: "Chance has a best as good (SPA)",
  realityCheckP: "Chance has a best as good (reality check)",
  permutationP: "As good on bars in another order",
  randomEntryP: "As good with random entries",
  walkForwardSharpe: "Sharpe ratio walking forward",
  cpcvSharpe: "Sharpe ratio of the median path",
  doubleCostReturn: "Return at twice the costs",
};

function tests({ metrics, conditions, validation }: ValidationDocument): Html {
  const isRatio = new Set(["sharpe", "sortino"]);
  const intervals = Object.entries(validation.intervals).map(([name, interval]): Row => {
    const text = isRatio.has(name) ? ratioText : percentText;
    return [
      metricDefinitions.find(({ key }) => key === name)?.label ?? name,
      text(interval?.estimate ?? null),
      text(interval?.low ?? null),
      text(interval?.high ?? null),
    ];
  });
  const numbers: readonly Row[] = [
    ["PSR", percentText(metrics.psr)],
    ["Deflated Sharpe ratio", percentText(metrics.dsr)],
    ["Trials ever on these bars", countText(metrics.trialCount)],
    [
      "Minimum track record",
      countText(metrics.minTrackRecordLength === null ? null : Math.ceil(metrics.minTrackRecordLength)),
    ],
    ["Returns seen", countText(metrics.periods)],
    ...validationNames.map((name): Row => [
      `${conditionTexts[name]}: ${name}`,
      conditionText(name, conditions[name]),
    ]),
  ];
  return html`<div class="pair">
    ${rowsTable("One number each", ["Test", "Value"], numbers)}${rowsTable("95 % intervals by block bootstrap", ["Metric", "Value", "From", "To"], intervals)}
  </div>`;
}

function pictures({ scatter, validation: { logits, pbo, tradeOrder } }: ValidationDocument): Html {
  const figures = [
    ...(scatter.length < 2 ? [] : [figureHtml(scatterFigure(scatter, "splits"))]),
    ...(pbo === null ? [] : [figureHtml(logitFigure(logits, pbo))]),
    ...(tradeOrder === null ? [] : [figureHtml(fanFigure(tradeOrder))]),
  ];
  return figures.length === 0
    ? html`<p class="none">Too few returns and trades for pictures.</p>`
    : html`<div class="pair">${figures}</div>`;
}

function stress({ neighbours, validation: { costs, delays } }: ValidationDocument): Html {
  const near = neighbours.map(({ name, value, ...rest }) => ({ name: `${name} ${value}`, ...rest }));
  const rowsOf = (points: typeof costs): readonly Row[] =>
    points.map(({ name, totalReturn, sharpe }) => [
      name,
      percentText(totalReturn, { signed: true }),
      ratioText(sharpe),
    ]);
  return html`<div class="pair">
    ${rowsTable("At other costs", ["Costs", "Return", "Sharpe"], rowsOf(costs))}${rowsTable("Orders that arrive later", ["Later by", "Return", "Sharpe"], rowsOf(delays))}${rowsTable("Parameters one step away", ["Parameter", "Return", "Sharpe"], rowsOf(near))}
  </div>`;
}

function when({ validation: { years, regimes } }: ValidationDocument): Html {
  const rowsOf = (groups: typeof years): readonly Row[] =>
    groups.map(({ name, periods, totalReturn, sharpe }) => [
      name,
      countText(periods),
      percentText(totalReturn, { signed: true }),
      ratioText(sharpe),
    ]);
  const labels = ["Returns", "Return", "Sharpe"];
  return html`<div class="pair">
    ${rowsTable("By year", ["Year", ...labels], rowsOf(years))}${rowsTable("By what the market did before", ["Market", ...labels], rowsOf(regimes))}
  </div>`;
}
