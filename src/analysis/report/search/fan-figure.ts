import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { percentText } from "../number-text.ts";
import type { TradeOrder } from "../../validation/trade-chance.ts";

/** Equity after the same trades in other orders: what the order alone decides. */
export function fanFigure({ fan, samples, drawdown, drawdown95 }: TradeOrder): FigureParts {
  const points = fan[0]!.path.length - 1;
  const all = fan.flatMap(({ path }) => path);
  const [low, high] = [Math.min(1, ...all), Math.max(1, ...all)];
  const room = (high - low || 1) * 0.06;
  const text = (probability: number): string => percentText(probability);
  return {
    id: "figure-fan",
    title: "The same trades in other orders",
    summary: `Fan of ${samples} orders of the same trades: the deepest fall was ${percentText(drawdown)}, and one order in twenty falls by ${percentText(drawdown95)}.`,
    caption: `Equity in multiples of the start; lines are the ${fan.map(({ probability }) => text(probability)).join(", ")} quantiles of ${samples} orders.`,
    stills: xyStills(
      "half",
      320,
      { label: "share of the trades", low: 0, high: 1, unit: "percent" },
      { label: "equity", low: low - room, high: high + room, unit: "ratio" },
      (x, y) =>
        fan
          .map(
            ({ probability, path }) =>
              `<path class="line ${probability === 0.5 ? "strategy" : "benchmark"}" d="${path
                .map((value, k) => `${k === 0 ? "M" : "L"}${pixel(x(k / points))} ${pixel(y(value))}`)
                .join("")}"/>`,
          )
          .join(""),
    ),
    twin: {
      caption: "Equity at the end",
      columns: [{ label: "Quantile" }, { label: "Equity", isNumber: true }],
      rows: fan.map(({ probability, path }) => [text(probability), path.at(-1)!.toFixed(3)]),
    },
    csv: {
      fileName: "trade-orders.csv",
      header: ["point", ...fan.map(({ probability }) => `q${probability}`)],
      rows: fan[0]!.path.map((_, k) => [k, ...fan.map(({ path }) => path[k]!)]),
    },
  };
}
