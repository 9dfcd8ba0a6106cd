import type { Still } from "../html/figure.ts";
import { niceTicks, tickText } from "./ticks.ts";
import { escapeText } from "./time-chart.ts";
import type { TimePanel } from "./time-figure.ts";

/** One axis of a chart without time. */
export type Axis = {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly unit: TimePanel["unit"];
  /** Labels at places of the axis instead of round numbers. */
  readonly names?: readonly { readonly at: number; readonly text: string }[];
};

/** Draws the marks of a chart, given where a value stands on each axis. */
export type Marks = (x: (value: number) => number, y: (value: number) => number, plot: Plot) => string;

/** Size of the area inside the axes, in pixels. */
export type Plot = { readonly width: number; readonly height: number };

/** How much of a wide page a chart takes: text is as large as that of the page only at the right width. */
export type ChartSize = "half" | "full";

/** A chart of two number axes, for a wide page and for a telephone. */
export function xyStills(
  size: ChartSize,
  height: number,
  xAxis: Axis,
  yAxis: Axis,
  marks: Marks,
): readonly Still[] {
  return [
    { kind: "wide" as const, width: size === "half" ? 520 : 1000 },
    { kind: "narrow" as const, width: 400 },
  ].map(({ kind, width }) => ({ kind, width, height, svg: xyChart(xAxis, yAxis, { width, height }, marks) }));
}

function xyChart(xAxis: Axis, yAxis: Axis, size: Plot, marks: Marks): string {
  const left = size.width < 600 ? 48 : 64;
  const plot = { width: size.width - left - 14, height: size.height - 66 };
  const x = (value: number) => ((value - xAxis.low) / (xAxis.high - xAxis.low)) * plot.width;
  const y = (value: number) => plot.height * (1 - (value - yAxis.low) / (yAxis.high - yAxis.low));
  return (
    `<g transform="translate(${left} 22)"><text class="title" y="-8">${escapeText(yAxis.label)}</text>` +
    `<rect class="plot" width="${plot.width}" height="${plot.height}"/>` +
    yTicks(yAxis, y, plot) +
    xTicks(xAxis, x, plot) +
    `<text class="axis" x="${plot.width}" y="${plot.height + 38}" text-anchor="end">${escapeText(xAxis.label)}</text>` +
    `${marks(x, y, plot)}</g>`
  );
}

/** Letters of a name that the margin beside an axis has room for. */
const nameLettersMax = 8;

function yTicks({ low, high, unit, names }: Axis, y: (value: number) => number, plot: Plot): string {
  return (names ?? ticksOf(low, high, plot.height / 36, unit))
    .map(({ at, text }) => {
      const row = pixel(y(at));
      const line =
        names === undefined
          ? `<path class="${at === 0 ? "zero" : "grid"}" d="M0 ${row}H${plot.width}"/>`
          : "";
      const short = text.length > nameLettersMax ? `${text.slice(0, nameLettersMax - 1)}…` : text;
      return `${line}<text class="tick" x="-7" y="${row + 4}" text-anchor="end">${escapeText(short)}</text>`;
    })
    .join("");
}

function xTicks({ low, high, unit, names }: Axis, x: (value: number) => number, plot: Plot): string {
  const ticks = names ?? ticksOf(low, high, plot.width / 80, unit);
  return ticks
    .map(({ at, text }) => {
      const column = pixel(x(at));
      const line =
        names === undefined
          ? `<path class="${at === 0 ? "zero" : "grid"}" d="M${column} 0V${plot.height}"/>`
          : "";
      // A label at the very edge would be cut in half.
      const isLast = column > plot.width - 8;
      return `${line}<text class="tick" x="${isLast ? plot.width + 13 : column}" y="${plot.height + 18}" text-anchor="${isLast ? "end" : "middle"}">${escapeText(text)}</text>`;
    })
    .join("");
}

function ticksOf(
  low: number,
  high: number,
  count: number,
  unit: TimePanel["unit"],
): readonly { readonly at: number; readonly text: string }[] {
  const ticks = niceTicks(low, high, count);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : high - low;
  return ticks.map((at) => ({ at, text: tickText(at, step, unit) }));
}

/** A tenth of a pixel. */
export function pixel(value: number): number {
  return Math.round(value * 10) / 10;
}
