import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { percentText, ratioText } from "../number-text.ts";
import type { CapacityPoint } from "../report-input.ts";

/** An amount of money as an axis has room for it: 10k, 1M. */
function compactText(amount: number): string {
  const [scale, unit] =
    amount >= 1e9 ? [1e9, "bn"] : amount >= 1e6 ? [1e6, "M"] : amount >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((amount / scale).toPrecision(3))}${unit}`;
}

type Known = CapacityPoint & { readonly totalReturn: number };

/** The return of the same run with other accounts, whose orders move the price. Needs two points with a return. */
export function capacityFigure(points: readonly CapacityPoint[], currency: string): FigureParts {
  const known = points.filter((point): point is Known => point.totalReturn !== null);
  const returns = known.map((point) => point.totalReturn);
  const low = Math.min(0, ...returns);
  const high = Math.max(0, ...returns);
  const room = (high - low || 1) * 0.12;
  const placeOf = (point: CapacityPoint): number => Math.log10(point.cash);
  const first = placeOf(known[0]!);
  const last = placeOf(known.at(-1)!);
  const margin = (last - first) * 0.06;
  return {
    id: "figure-capacity",
    title: "If the account were larger",
    summary: `Return by size of the account: ${known.map((point) => `${compactText(point.cash)} ${percentText(point.totalReturn, { signed: true })}`).join(", ")}.`,
    caption:
      "The whole run again with more money, where the price gives way to every order: by the standard deviation of a bar " +
      "times the root of the order's share of the mean volume of the twenty bars before (square-root law), on top of " +
      "what was assumed. It is an estimate from volumes; nobody measured it on these orders.",
    stills: xyStills(
      "half",
      280,
      {
        label: `account, ${currency}`,
        low: first - margin,
        high: last + margin,
        unit: "ratio",
        names: known.map((point) => ({ at: placeOf(point), text: compactText(point.cash) })),
      },
      { label: "return", low: low - room * (low < 0 ? 1 : 0), high: high + room, unit: "percent" },
      (x, y) => {
        const at = known.map((point) => [pixel(x(placeOf(point))), pixel(y(point.totalReturn))] as const);
        const dots = at.map(
          ([left, top], k) =>
            `<circle class="point${k === 0 ? " own" : ""}" cx="${left}" cy="${top}" r="4"/>`,
        );
        return `<path class="line strategy" d="M${at.map((place) => place.join(" ")).join("L")}"/>${dots.join("")}`;
      },
    ),
    twin: {
      caption: "Return, Sharpe ratio and slippage by size of the account",
      columns: [
        { label: "Account" },
        { label: "Return", isNumber: true },
        { label: "Sharpe", isNumber: true },
        { label: "Slippage", isNumber: true },
      ],
      rows: points.map((point) => [
        `${compactText(point.cash)} ${currency}`,
        percentText(point.totalReturn, { signed: true }),
        ratioText(point.sharpe),
        percentText(point.slippageShare),
      ]),
    },
    csv: {
      fileName: "capacity.csv",
      header: ["cash", "total_return", "sharpe", "slippage_share"],
      rows: points.map((point) => [point.cash, point.totalReturn, point.sharpe, point.slippageShare]),
    },
  };
}
