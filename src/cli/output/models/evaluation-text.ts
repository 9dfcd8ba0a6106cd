import type { ForecastGroup } from "../../../analysis/predictions/forecast-groups.ts";
import { percentText, ratioText } from "../../../analysis/report/number-text.ts";
import type { ModelEvaluation } from "../../../app/evaluation/model-evaluation.ts";
import { formatTime } from "../../../base/time.ts";
import type { Estimate } from "../../../domain/predictor-artifact.ts";
import { scoreRows } from "../predictor-text.ts";
import { pairs, table } from "../table.ts";

const right = (title: string) => ({ title, align: "right" as const });

/** What a model is worth, for a terminal. */
export function evaluationText(evaluation: ModelEvaluation): string {
  const { model, method, dataKind, forecasts, trading, costs, verdict, findings } = evaluation;
  const { scores, effectiveRows, auc, coinGain, brierSkill, sets } = forecasts;
  const kind =
    dataKind === "synthetic" ? "SYNTHETIC DATA: this says nothing about any real market" : "real data";
  const how =
    method.kind === "walk-forward"
      ? `models made like it, walking forward in ${method.folds} turns`
      : `the model itself, after its training through ${formatTime(model.trainedThroughMs)}`;
  const head = `${model.name}${model.version === null ? "" : ` version ${model.version}`} · ${model.symbol} ${model.timeframe} · ${model.family}, ${model.label.horizonBars} bars ahead · ${kind}`;
  return [
    head,
    pairs([
      ["judged", how],
      [
        "rows",
        `${scores.rows} from ${formatTime(scores.fromMs)} to ${formatTime(scores.throughMs)}; they tell as much as ${effectiveRows.toFixed(0)}`,
      ],
      ...scoreRows(scores),
      [
        "95 %",
        `AUC ${range(auc)}; log loss under a coin's ${range(coinGain, 5)}; Brier skill ${range(brierSkill, 5)}`,
      ],
      [
        "90 % sets",
        `one outcome ${percentText(sets.one)}, both ${percentText(sets.both)}, none ${percentText(sets.none)}`,
      ],
    ]),
    reliabilityText(evaluation),
    `After costs: ${costs}\n${tradingText(trading)}`,
    groupsText("year", forecasts.years, trading[0]?.years),
    groupsText("market before", forecasts.regimes),
    [`VERDICT  ${verdict}`, ...findings.map((text) => `         ${text}`)].join("\n"),
  ].join("\n\n");
}

function reliabilityText({ forecasts: { reliability } }: ModelEvaluation): string {
  return table(
    [{ title: "says (equal mass)" }, right("rows"), right("came"), right("95 %")],
    reliability["equal-mass"].map(({ meanProbability, count, frequency, low, high }) => [
      percentText(meanProbability),
      String(count),
      percentText(frequency),
      `${percentText(low)} to ${percentText(high)}`,
    ]),
  );
}

function tradingText(trading: ModelEvaluation["trading"]): string {
  return table(
    [
      { title: "strategy" },
      right("return"),
      right("Sharpe, 95 %"),
      right("deepest fall"),
      right("closed trades"),
      right("held"),
      right("costs"),
    ],
    trading.map(({ strategy, totalReturn, sharpe, maxDrawdown, trades, exposure, costShare }) => [
      strategy,
      percentText(totalReturn, { signed: true }),
      range(sharpe, 2),
      percentText(maxDrawdown),
      String(trades),
      percentText(exposure),
      percentText(costShare),
    ]),
  );
}

function groupsText(
  title: string,
  groups: readonly ForecastGroup[],
  traded?: ModelEvaluation["trading"][number]["years"],
): string {
  return table(
    [
      { title },
      right("rows"),
      right("accuracy, 95 %"),
      right("always the same"),
      right("Brier"),
      right("too hopeful by"),
      ...(traded === undefined ? [] : [right("every call"), right("Sharpe")]),
    ],
    groups.map(({ name, rows, accuracy, baseRate, brier, bias }) => {
      const money = traded?.find((one) => one.name === name);
      return [
        name,
        String(rows),
        `${percentText(accuracy.value)} (${percentText(accuracy.low)} to ${percentText(accuracy.high)})`,
        percentText(baseRate),
        brier.toFixed(4),
        percentText(bias, { signed: true }),
        ...(traded === undefined
          ? []
          : [percentText(money?.totalReturn, { signed: true }), ratioText(money?.sharpe)]),
      ];
    }),
  );
}

function range(estimate: Estimate | null, digits = 3): string {
  if (estimate === null) return "n/a";
  const { value, low, high } = estimate;
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
