import type { ForecastGroup } from "../../analysis/predictions/forecast-groups.ts";
import { figureHtml } from "../../analysis/report/html/figure.ts";
import { html, type Html } from "../../analysis/report/html/html.ts";
import { tableHtml } from "../../analysis/report/html/table.ts";
import { moneyFigure } from "../../analysis/report/models/money-figure.ts";
import { reliabilityFigure } from "../../analysis/report/models/reliability-figure.ts";
import { rocFigure } from "../../analysis/report/models/roc-figure.ts";
import { countText, percentText, ratioText } from "../../analysis/report/number-text.ts";
import { plainPage } from "../../analysis/report/search/plain-page.ts";
import type { PeriodGroup } from "../../analysis/validation/period-groups.ts";
import { formatTime } from "../../base/time.ts";
import type { Estimate } from "../../domain/predictor-artifact.ts";
import type { ModelEvaluation } from "./model-evaluation.ts";

type Row = readonly [string, ...string[]];

/** The judgement of a model as one page. */
export function evaluationHtml(evaluation: ModelEvaluation): string {
  const { model, method, dataKind, verdict, level, findings, warnings, command } = evaluation;
  const { scores } = evaluation.forecasts;
  const how =
    method.kind === "walk-forward"
      ? `models made like version ${model.version}, walking forward in ${method.folds} turns`
      : `${model.version === null ? "as a run reads it," : `version ${model.version}`} after its training`;
  return plainPage({
    title: `${model.name}: what its calls are worth`,
    about: `${model.symbol} · ${model.timeframe} · ${model.family}, ${model.label.horizonBars} bars ahead · ${how} · ${formatTime(scores.fromMs).slice(0, 10)} to ${formatTime(scores.throughMs).slice(0, 10)} · ${command}`,
    isSynthetic: dataKind === "synthetic",
    brand: "KIWI MODEL",
    verdict,
    level,
    reasons: findings,
    warnings,
    sections: [
      { id: "calls", title: "Calls", body: calls(evaluation) },
      { id: "probabilities", title: "Probabilities", body: probabilities(evaluation) },
      { id: "money", title: "After costs", body: money(evaluation) },
      { id: "when", title: "When", body: when(evaluation) },
    ],
  });
}

function rowsTable(caption: string, labels: readonly string[], rows: readonly Row[]): Html {
  return tableHtml({ caption, columns: labels.map((label, k) => ({ label, isNumber: k > 0 })), rows });
}

function between(estimate: Estimate | null, text: (value: number) => string): readonly string[] {
  if (estimate === null) return ["n/a", "n/a", "n/a"];
  return [estimate.value, estimate.low, estimate.high].map(text);
}

function calls({ forecasts }: ModelEvaluation): Html {
  const { scores, auc, coinGain, brierSkill, effectiveRows } = forecasts;
  const small = (value: number): string => value.toFixed(5);
  const plain = (label: string, value: string): Row => [label, value];
  return html`<div class="pair">
    ${rowsTable(
      "With 95 % intervals",
      ["Number", "Value", "From", "To"],
      [
        ["Accuracy", ...between(scores.accuracy, percentText)],
        ["Area under the curve", ...between(auc, (value) => value.toFixed(3))],
        ["Log loss under a coin's", ...between(coinGain, small)],
        ["Brier skill", ...between(brierSkill, small)],
      ],
    )}${rowsTable(
      "Held against",
      ["Number", "Value"],
      [
        plain("Always the same", percentText(scores.baseRate)),
        plain("The last outcome again", percentText(scores.persistence)),
        plain("As good without skill (shifts)", scores.skillP.toFixed(3)),
        plain("Precision of rises", ratioText(scores.precision)),
        plain("Recall of rises", ratioText(scores.recall)),
        plain("F1 of rises", ratioText(scores.f1)),
        plain("Rows", countText(scores.rows)),
        plain("Tell as much as", countText(Math.round(effectiveRows))),
      ],
    )}
  </div>`;
}

function probabilities({ forecasts }: ModelEvaluation): Html {
  const { scores, reliability, roc, sets } = forecasts;
  const { brier, uncertainty, resolution } = scores;
  const within = brier - scores.reliability + resolution - uncertainty;
  const numbers: readonly Row[] = [
    ["Log loss", scores.logLoss.toFixed(4)],
    ["Brier score", brier.toFixed(4)],
    ["of it reliability", scores.reliability.toFixed(5)],
    ["less resolution", resolution.toFixed(5)],
    ["uncertainty", uncertainty.toFixed(5)],
    ["within bins", within.toFixed(5)],
  ];
  const errors: readonly Row[] = [
    ["Expected calibration error, equal width", percentText(scores.eceWidth)],
    ["Expected calibration error, equal mass", percentText(scores.eceMass)],
    ["Maximum calibration error, equal width", percentText(scores.mceWidth)],
    ["Maximum calibration error, equal mass", percentText(scores.mceMass)],
    ["90 % sets hold", percentText(scores.coverage)],
    ["of them with one outcome", percentText(sets.one)],
    ["with both", percentText(sets.both)],
  ];
  return html`<div class="pair">
      ${figureHtml(reliabilityFigure("equal mass", reliability["equal-mass"], scores.eceMass))}${figureHtml(
        reliabilityFigure("equal width", reliability["equal-width"], scores.eceWidth),
      )}
    </div>
    <div class="pair">
      ${rowsTable("Proper scores", ["Number", "Value"], numbers)}${rowsTable("Calibration", ["Number", "Value"], errors)}
      ${roc.length > 0 && figureHtml(rocFigure(roc, scores.auc))}
    </div>`;
}

function money({ trading, costs }: ModelEvaluation): Html {
  const rows = trading.map(
    ({ strategy, totalReturn, sharpe, maxDrawdown, trades, exposure, costShare }): Row => [
      strategy,
      percentText(totalReturn, { signed: true }),
      ...between(sharpe, ratioText),
      percentText(maxDrawdown),
      countText(trades),
      percentText(exposure),
      percentText(costShare),
    ],
  );
  const labels = [
    "Strategy",
    "Return",
    "Sharpe",
    "From",
    "To",
    "Deepest fall",
    "Closed trades",
    "Held",
    "Costs",
  ];
  return html`<p>Run through the engine: ${costs}.</p>
    ${rowsTable("What trading came to", labels, rows)}
    ${figureHtml(moneyFigure(trading.map(({ strategy, path }) => ({ name: strategy, path }))))}`;
}

function when({ forecasts: { years, regimes }, trading }: ModelEvaluation): Html {
  const calls = trading[0];
  return html`${groupsTable("By year", "Year", years, calls?.years)}
  ${groupsTable("By what the market had done over some horizons before", "Market", regimes)}
  ${
    calls !== undefined &&
    rowsTable(
      "Every call, by what the market had done over 20 days before",
      ["Market", "Days", "Return", "Sharpe"],
      calls.regimes.map((one) => [
        one.name,
        countText(one.periods),
        percentText(one.totalReturn, { signed: true }),
        ratioText(one.sharpe),
      ]),
    )
  }`;
}

function groupsTable(
  caption: string,
  title: string,
  groups: readonly ForecastGroup[],
  traded?: readonly PeriodGroup[],
): Html {
  const labels = [title, "Rows", "Accuracy", "From", "To", "Always the same", "Brier", "Too hopeful by"];
  const moneyLabels = traded === undefined ? [] : ["Every call", "Sharpe"];
  const rows = groups.map((group): Row => {
    const found = traded?.find(({ name }) => name === group.name);
    return [
      group.name,
      countText(group.rows),
      ...between(group.accuracy, percentText),
      percentText(group.baseRate),
      group.brier.toFixed(4),
      percentText(group.bias, { signed: true }),
      ...(traded === undefined
        ? []
        : [percentText(found?.totalReturn, { signed: true }), ratioText(found?.sharpe)]),
    ];
  });
  return rowsTable(caption, [...labels, ...moneyLabels], rows);
}
