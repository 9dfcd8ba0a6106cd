import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, ratioText } from "../number-text.ts";

/** What was seen when choosing, and what came after. */
export type SeenAndAfter = { readonly inSample: number; readonly outOfSample: number };

const rowsMax = 1_000;

/** Numbers in sample against numbers out of it: skill lies along the diagonal, luck in a cloud or below it. */
export function scatterFigure(points: readonly SeenAndAfter[], of: string): FigureParts {
  const reach = (values: readonly number[]): readonly [number, number] => {
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const room = (high - low || 1) * 0.06;
    return [low - room, high + room];
  };
  const [xLow, xHigh] = reach(points.map(({ inSample }) => inSample));
  const [yLow, yHigh] = reach(points.map(({ outOfSample }) => outOfSample));
  const worse = points.filter(({ inSample, outOfSample }) => outOfSample < inSample).length;
  const dot = (x: number, y: number): string => `M${pixel(x - 3)} ${pixel(y)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`;
  return {
    id: "figure-scatter",
    title: "In sample and out of sample",
    summary: `Scatter of ${countText(points.length)} ${of}: ${countText(worse)} did worse where nobody had looked.`,
    caption: `Sharpe ratios of ${of}: across where it was chosen, upwards where it was judged. Skill lies along a rising line.`,
    stills: xyStills(
      "half",
      340,
      { label: "in sample", low: xLow, high: xHigh, unit: "ratio" },
      { label: "out of sample", low: yLow, high: yHigh, unit: "ratio" },
      (x, y) =>
        `<path class="dot won" d="${points.map(({ inSample, outOfSample }) => dot(x(inSample), y(outOfSample))).join("")}"/>`,
    ),
    twin: {
      caption: "In sample and out of sample",
      columns: [
        { label: "In sample", isNumber: true },
        { label: "Out of sample", isNumber: true },
      ],
      rows: points
        .slice(0, rowsMax)
        .map(({ inSample, outOfSample }) => [ratioText(inSample), ratioText(outOfSample)]),
    },
    csv: {
      fileName: "scatter.csv",
      header: ["in_sample", "out_of_sample"],
      rows: points.map(({ inSample, outOfSample }) => [inSample, outOfSample]),
    },
  };
}
