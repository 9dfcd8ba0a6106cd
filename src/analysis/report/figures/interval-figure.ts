import { typeset } from "../html/table.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { BootstrapInterval } from "../../statistics/bootstrap.ts";
import type { FigureParts } from "../html/figure.ts";
import { ratioText } from "../number-text.ts";

/** A Sharpe ratio with its interval, under the name of what it belongs to. */
export type NamedInterval = {
  readonly name: string;
  readonly look: string;
  readonly interval: BootstrapInterval;
};

/** Sharpe ratios and what chance could make of them, on one axis with zero. */
export function intervalFigure(intervals: readonly NamedInterval[]): FigureParts {
  const low = Math.min(0, ...intervals.map(({ interval }) => interval.low));
  const high = Math.max(0, ...intervals.map(({ interval }) => interval.high));
  const room = (high - low) * 0.06;
  const texts = intervals.map(
    ({ name, interval }) =>
      `${name} ${ratioText(interval.estimate)} (${ratioText(interval.low)} to ${ratioText(interval.high)})`,
  );
  const { samples, blockLength } = intervals[0]!.interval;
  return {
    id: "figure-intervals",
    title: "Sharpe ratio and its 95 % interval",
    summary: `Sharpe ratios with 95 % intervals: ${texts.join("; ")}.`,
    caption: `Stationary block bootstrap of returns, ${samples} samples, blocks of ${blockLength} returns on average. An interval that crosses zero may be luck.`,
    stills: xyStills(
      "half",
      76 + intervals.length * 44,
      { label: "Sharpe ratio", low: low - room, high: high + room, unit: "ratio" },
      { label: "", low: 0, high: 0, unit: "ratio" },
      (x, _y, plot) =>
        intervals.map((each, k) => bandOf(each, (k + 0.5) * (plot.height / intervals.length), x)).join(""),
    ),
    twin: {
      caption: "Sharpe ratio with its 95 % interval",
      columns: [
        { label: "" },
        { label: "Sharpe", isNumber: true },
        { label: "Low", isNumber: true },
        { label: "High", isNumber: true },
      ],
      rows: intervals.map(({ name, interval }) => [
        name,
        ratioText(interval.estimate),
        ratioText(interval.low),
        ratioText(interval.high),
      ]),
    },
    csv: {
      fileName: "sharpe-intervals.csv",
      header: ["name", "sharpe", "low", "high"],
      rows: intervals.map(({ name, interval }) => [name, interval.estimate, interval.low, interval.high]),
    },
  };
}

function bandOf({ name, look, interval }: NamedInterval, y: number, x: (value: number) => number): string {
  const [low, high, at] = [interval.low, interval.high, interval.estimate].map((value) =>
    pixel(x(value)),
  ) as [number, number, number];
  return (
    `<path class="line ${look}" d="M${low} ${y}H${high}M${low} ${y - 6}V${y + 6}M${high} ${y - 6}V${y + 6}"/>` +
    `<circle class="point own" cx="${at}" cy="${y}" r="5.5"/>` +
    `<text class="value" x="${at}" y="${y - 12}" text-anchor="middle">${name} ${typeset(ratioText(interval.estimate))}</text>`
  );
}
