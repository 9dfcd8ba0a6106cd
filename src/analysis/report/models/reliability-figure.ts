import type { ReliabilityRow } from "../../predictions/evaluate-forecasts.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText } from "../number-text.ts";

/** What was said against what came, bin by bin: honest probabilities lie on the diagonal. */
export function reliabilityFigure(
  name: "equal width" | "equal mass",
  rows: readonly ReliabilityRow[],
  error: number | null,
): FigureParts {
  const [low, high] = reach(rows);
  const id = name.replace(" ", "-");
  return {
    id: `figure-reliability-${id}`,
    title: `Reliability, bins of ${name}`,
    summary: `Reliability diagram of ${rows.length} bins of ${name}: said and came differ by ${percentText(error)} on average.`,
    caption: `Probability that was said, across, and share of rises that came, upwards, with 95 % intervals that count overlapping outcomes once. Honest probabilities lie on the dashed line. Expected calibration error ${percentText(error)}.`,
    stills: xyStills(
      "half",
      340,
      { label: "said", low, high, unit: "percent" },
      { label: "came", low, high, unit: "percent" },
      (x, y) => {
        const inside = (value: number): number => Math.min(high, Math.max(low, value));
        const bars = rows.map(
          (row) =>
            `M${pixel(x(row.meanProbability))} ${pixel(y(inside(row.low)))}V${pixel(y(inside(row.high)))}`,
        );
        const dots = rows.map(
          (row) =>
            `<circle class="point own" cx="${pixel(x(row.meanProbability))}" cy="${pixel(y(inside(row.frequency)))}" r="4"/>`,
        );
        return (
          `<path class="line benchmark" d="M${pixel(x(low))} ${pixel(y(low))}L${pixel(x(high))} ${pixel(y(high))}"/>` +
          `<path class="line strategy" d="${bars.join("")}"/>${dots.join("")}`
        );
      },
    ),
    twin: {
      caption: `Bins of ${name}`,
      columns: ["Said", "Rows", "Came", "From", "To"].map((label) => ({ label, isNumber: true })),
      rows: rows.map((row) => [
        percentText(row.meanProbability),
        countText(row.count),
        percentText(row.frequency),
        percentText(row.low),
        percentText(row.high),
      ]),
    },
    csv: {
      fileName: `reliability-${id}.csv`,
      header: ["said", "rows", "came", "low", "high"],
      rows: rows.map((row) => [row.meanProbability, row.count, row.frequency, row.low, row.high]),
    },
  };
}

/** The part of 0 to 1 that there is something in, the same on both axes, with one half in it. */
function reach(rows: readonly ReliabilityRow[]): readonly [number, number] {
  const all = rows.flatMap(({ meanProbability, low, high }) => [meanProbability, low, high]);
  return [
    Math.max(0, Math.min(0.45, ...all.map((value) => value - 0.02))),
    Math.min(1, Math.max(0.55, ...all.map((value) => value + 0.02))),
  ];
}
