import type { Compared } from "../../../analysis/predictions/compare-predictions.ts";
import type { ModelDrift } from "../../../analysis/predictions/model-drift.ts";
import { percentText } from "../../../analysis/report/number-text.ts";
import { formatTime } from "../../../base/time.ts";
import type { Estimate } from "../../../domain/predictor-artifact.ts";
import { pairs, table } from "../table.ts";

const right = (title: string) => ({ title, align: "right" as const });
const featuresShown = 8;

/** A model as it is spoken of. */
type Named = { readonly name: string; readonly version: number; readonly trainedThroughMs: number };

/** How far a model has been left behind, for a terminal. */
export function driftText({ name, version, trainedThroughMs }: Named, drift: ModelDrift): string {
  const { rows, fromMs, throughMs, features, prediction, calibration, level, reasons } = drift;
  const words = { none: "no drift", watch: "worth a look", drifted: "DRIFTED" };
  const { meanGap, gap, spread } = calibration;
  const head = pairs([
    [
      "looked at",
      `${rows} bars from ${formatTime(fromMs)} to ${formatTime(throughMs)}; it learned through ${formatTime(trainedThroughMs)}`,
    ],
    ["what it says", prediction === null ? "n/a: trained before that was kept" : stabilityText(prediction)],
    [
      "what came",
      `${percentText(meanGap, { signed: true })} against what it said over ${calibration.rows} outcomes; ${gap.toFixed(1)} standard errors, of its sureness ${spread.toFixed(1)}`,
    ],
  ]);
  const moved = features.slice(0, featuresShown).map((one) => [one.name, stabilityText(one.stability)]);
  return [
    `${name} version ${version}: ${words[level]}`,
    ...reasons.map((reason) => `  ${reason}`),
    "",
    head,
    ...(moved.length === 0 ? [] : ["", table([{ title: "feature" }, { title: "stability index" }], moved)]),
  ].join("\n");
}

function stabilityText(value: number): string {
  return `${value.toFixed(3)}${value >= 0.25 ? "  moved" : value >= 0.1 ? "  a little" : ""}`;
}

/** Two models held against each other, for a terminal. */
export function comparedText(champion: Named, challenger: Named, compared: Compared): string {
  const { rows, fromMs, throughMs, accuracy, logLoss, brier, gain, better } = compared;
  const nameOf = ({ name, version }: Named): string => `${name}@${version}`;
  const verdict = {
    first: `${nameOf(champion)} is better`,
    second: `${nameOf(challenger)} is better: kiwi model promote ${challenger.name} ${challenger.version}`,
    neither: "neither can be told from the other",
  };
  return [
    table(
      [{ title: "model" }, right("accuracy, 95 %"), right("log loss"), right("Brier")],
      [champion, challenger].map((model, k) => [
        nameOf(model),
        shareText(accuracy[k]!),
        logLoss[k]!.toFixed(4),
        brier[k]!.toFixed(4),
      ]),
    ),
    "",
    pairs([
      ["on", `${rows} rows that neither had seen, ${formatTime(fromMs)} to ${formatTime(throughMs)}`],
      [
        "gain",
        gain === null
          ? "n/a"
          : `log loss falls by ${gain.value.toFixed(5)} a row with the second (95 %: ${gain.low.toFixed(5)} to ${gain.high.toFixed(5)})`,
      ],
      ["verdict", verdict[better]],
    ]),
  ].join("\n");
}

function shareText({ value, low, high }: Estimate): string {
  return `${percentText(value)} (${percentText(low)} to ${percentText(high)})`;
}
