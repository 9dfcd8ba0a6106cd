import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { clamp } from "../../../base/numbers.ts";
import { fences } from "../../statistics/quantile.ts";
import { countText, ratioText } from "../number-text.ts";

/** What was seen when choosing, and what came after. */
export type SeenAndAfter = { readonly inSample: number; readonly outOfSample: number };

const rowsMax = 1_000;

/** Numbers in sample against numbers out of it: skill lies along the diagonal, luck in a cloud or below it. */
export function scatterFigure(points: readonly SeenAndAfter[], of: string): FigureParts {
  const reach = (values: readonly number[]): readonly [number, number] => {
    const [least, most] = fences(values, 3);
    const [low, high] = [Math.min(0, least), Math.max(0, most)];
    const room = (high - low || 1) * 0.06;
    return [low - room, high + room];
  };
  const [xLow, xHigh] = reach(points.map(({ inSample }) => inSample));
  const [yLow, yHigh] = reach(points.map(({ outOfSample }) => outOfSample));
  const worse = points.filter(({ inSample, outOfSample }) => outOfSample < inSample).length;
  const isFar = ({ inSample: x, outOfSample: y }: SeenAndAfter): boolean =>
    x < xLow || x > xHigh || y < yLow || y > yHigh;
  const far = points.filter(isFar).length;
  const atEdge = far === 0 ? "" : ` ${countText(far)} far from all others stand at the edge, hollow.`;
  const dots = (
    shown: readonly SeenAndAfter[],
    x: (value: number) => number,
    y: (value: number) => number,
  ): string =>
    shown
      .map((one) => dot(x(clamp(one.inSample, xLow, xHigh)), y(clamp(one.outOfSample, yLow, yHigh))))
      .join("");
  const dot = (x: number, y: number): string => `M${pixel(x - 3)} ${pixel(y)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`;
  return {
    id: "figure-scatter",
    title: "In sample and out of sample",
    summary: `Scatter of ${countText(points.length)} ${of}: ${countText(worse)} did worse where nobody had looked.`,
    caption: `Sharpe ratios of ${of}: across where it was chosen, upwards where it was judged. Skill lies along a rising line.${atEdge}`,
    stills: xyStills(
      "half",
      340,
      { label: "in sample", low: xLow, high: xHigh, unit: "ratio" },
      { label: "out of sample", low: yLow, high: yHigh, unit: "ratio" },
      (x, y) =>
        `<path class="dot won" d="${dots(
          points.filter((one) => !isFar(one)),
          x,
          y,
        )}"/><path class="dot lost" d="${dots(points.filter(isFar), x, y)}"/>`,
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
