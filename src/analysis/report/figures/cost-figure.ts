import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { typeset } from "../html/table.ts";
import { percentText, ratioText } from "../number-text.ts";
import type { CostPoint } from "../report-input.ts";

type Known = CostPoint & { readonly totalReturn: number };

/** The return of the same run at multiples of its costs. Needs two points with a return. */
export function costFigure(points: readonly CostPoint[]): FigureParts {
  const known = points
    .filter((point): point is Known => point.totalReturn !== null)
    .toSorted((a, b) => a.costMultiple - b.costMultiple);
  const returns = known.map((point) => point.totalReturn);
  const low = Math.min(0, ...returns);
  const high = Math.max(0, ...returns);
  const room = (high - low || 1) * 0.12;
  const last = known.at(-1)!.costMultiple;
  return {
    id: "figure-costs",
    title: "If trading cost more, or less",
    summary: `Return by cost: ${known.map((point) => `${point.costMultiple} times ${percentText(point.totalReturn, { signed: true })}`).join(", ")}.`,
    caption:
      "The whole run again, with every commission, spread and slippage at a multiple of what was assumed. 1 is this run.",
    stills: xyStills(
      "half",
      280,
      { label: "costs, as a multiple", low: 0, high: last * 1.04, unit: "ratio" },
      { label: "return", low: low - room * (low < 0 ? 1 : 0), high: high + room, unit: "percent" },
      (x, y) => curveOf(known, x, y),
    ),
    twin: {
      caption: "Return and Sharpe ratio by cost",
      columns: [{ label: "Costs" }, { label: "Return", isNumber: true }, { label: "Sharpe", isNumber: true }],
      rows: points.map((point) => [
        `${point.costMultiple} x`,
        percentText(point.totalReturn, { signed: true }),
        ratioText(point.sharpe),
      ]),
    },
    csv: {
      fileName: "cost-sensitivity.csv",
      header: ["cost_multiple", "total_return", "sharpe"],
      rows: points.map((point) => [point.costMultiple, point.totalReturn, point.sharpe]),
    },
  };
}

/** Pixels that a label may take. */
const labelRoom = 74;

function curveOf(
  known: readonly Known[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const at = known.map((point) => `${pixel(x(point.costMultiple))} ${pixel(y(point.totalReturn))}`);
  let labelled: readonly [number, number] | null = null;
  const dots = known.map((point, k) => {
    const isRun = point.costMultiple === 1;
    const [left, top] = at[k]!.split(" ").map(Number) as [number, number];
    const isLast = k === known.length - 1;
    const circle = `<circle class="point${isRun ? " own" : ""}" cx="${left}" cy="${top}" r="${isRun ? 6 : 4}"/>`;
    // The table beside says every number: one that would stand on the one before is left out.
    const isCrowded =
      labelled !== null &&
      left - labelled[0] < labelRoom * (isLast ? 2 : 1) &&
      Math.abs(top - labelled[1]) < 14;
    if (isCrowded) return circle;
    labelled = [left, top];
    return (
      circle +
      `<text class="value" x="${isLast ? left + 4 : left + 7}" y="${top - 9}" text-anchor="${isLast ? "end" : "start"}">${typeset(percentText(point.totalReturn, { signed: true }))}</text>`
    );
  });
  return `<path class="line strategy" d="M${at.join("L")}"/>${dots.join("")}`;
}
