import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { fences } from "../../statistics/quantile.ts";
import { ratioText } from "../number-text.ts";

/** A trial on the plane of two dimensions: places of its values, and what it is ranked by. */
export type HeatCell = { readonly x: number; readonly y: number; readonly value: number | null };

/** The two dimensions of a plane, with the texts of their values. */
export type HeatPlane = {
  readonly xName: string;
  readonly yName: string;
  readonly xTexts: readonly string[];
  readonly yTexts: readonly string[];
  readonly cells: readonly HeatCell[];
  readonly best: HeatCell;
};

const labelsMax = 8;
const tableRowsMax = 400;

/**
 * The best trial at each place of a plane: a plateau is a wide dark field, luck a lonely dot. Other dimensions are not seen;
 * of trials at one place the best is drawn.
 */
export function heatmapFigure({ xName, yName, xTexts, yTexts, cells, best }: HeatPlane): FigureParts {
  const known = cells.filter((cell): cell is HeatCell & { value: number } => cell.value !== null);
  const low = Math.min(...known.map(({ value }) => value));
  const high = Math.max(...known.map(({ value }) => value));
  const [palest] = fences(
    known.map(({ value }) => value),
    1.5,
  );
  const shade = (value: number): number =>
    high === palest ? 1 : Math.max(0, value - palest) / (high - palest);
  const names = (texts: readonly string[]) =>
    texts.flatMap((text, k) =>
      k % Math.ceil(texts.length / labelsMax) === 0 ? [{ at: k + 0.5, text }] : [],
    );
  return {
    id: "figure-heatmap",
    title: `${yName} and ${xName}`,
    summary: `Heat map of ${known.length} places: from ${ratioText(low)} to ${ratioText(high)}, the best at ${xName} ${xTexts[best.x]}, ${yName} ${yTexts[best.y]}.`,
    caption:
      "Darker is better; what is far below all others is as pale as the worst of them. The ring is the best: on a plateau its neighbours are dark as well. Hollow squares could not be ranked.",
    stills: xyStills(
      "full",
      Math.min(520, 140 + 26 * yTexts.length),
      { label: xName, low: 0, high: xTexts.length, unit: "ratio", names: names(xTexts) },
      { label: yName, low: 0, high: yTexts.length, unit: "ratio", names: names(yTexts) },
      (x, y) => cells.map((cell) => square(cell, x, y, shade)).join("") + ring(best, x, y),
    ),
    twin: {
      caption: "The value at each place, the best first",
      columns: [{ label: xName }, { label: yName, isNumber: true }, { label: "Value", isNumber: true }],
      rows: known
        .toSorted((a, b) => b.value - a.value)
        .slice(0, tableRowsMax)
        .map(({ x, y, value }) => [xTexts[x]!, yTexts[y]!, ratioText(value)]),
    },
    csv: {
      fileName: "heatmap.csv",
      header: [xName, yName, "value"],
      rows: cells.map(({ x, y, value }) => [xTexts[x]!, yTexts[y]!, value]),
    },
  };
}

type Scale = (value: number) => number;

function square({ x, y, value }: HeatCell, xOf: Scale, yOf: Scale, shade: Scale): string {
  const [left, right, top, bottom] = [xOf(x) + 0.5, xOf(x + 1) - 0.5, yOf(y + 1) + 0.5, yOf(y) - 0.5].map(
    pixel,
  ) as [number, number, number, number];
  const path = `M${left} ${top}H${right}V${bottom}H${left}Z`;
  if (value === null) return `<path class="plot" d="${path}"/>`;
  const opacity = Math.round((0.06 + 0.94 * shade(value)) * 100) / 100;
  return `<path class="look-blue" opacity="${opacity}" d="${path}"><title>${ratioText(value)}</title></path>`;
}

function ring({ x, y }: HeatCell, xOf: Scale, yOf: Scale): string {
  return `<circle class="point" cx="${pixel(xOf(x + 0.5))}" cy="${pixel(yOf(y + 0.5))}" r="6"/>`;
}
