import { dayMs } from "../../../base/time.ts";
import type { TimePanel } from "../chart/time-figure.ts";
import { curve, timeFigure, timeStills } from "../figures/time-model.ts";
import { benchmarkName } from "../benchmark-name.ts";
import { figureHtml } from "../html/figure.ts";
import { html } from "../html/html.ts";
import { percentText, ratioText } from "../number-text.ts";
import { periodsText } from "../run-facts.ts";
import { periodsOf } from "../series/periods.ts";
import { rollingDays, rollingRisk, type RollingPoint } from "../series/rolling.ts";
import { nothingHere, type ReportContext, type Section } from "./section.ts";

/** Whether the ratio of the whole run came from everywhere or from one lucky quarter. */
export function rollingSection(context: ReportContext): Section {
  const { metrics } = context.input;
  const window = rollingDays(metrics.periodsPerYear);
  const periods = periodsText(context.input);
  const { daily, benchmark } = context.analysis;
  const held = benchmark?.daily.returns ?? null;
  const points = rollingRisk(daily, window, metrics.periodsPerYear, metrics.riskFreeRate, held);
  const frame = { id: "rolling", title: "Rolling risk", short: "Rolling" };
  if (points.length === 0)
    return {
      ...frame,
      body: nothingHere(`A window of ${window} ${periods} says something only in a run of twice as many.`),
    };
  const model = timeFigure(context.axis, panelsOf(context, points));
  const figure = figureHtml({
    id: "figure-rolling",
    title: `${held === null ? "Sharpe ratio and volatility" : "Sharpe ratio, volatility and beta"} of the last ${window} ${periods}`,
    summary: `Rolling Sharpe ratio and volatility; at the end ${ratioText(points.at(-1)!.sharpe)} and ${percentText(points.at(-1)!.volatility)}.`,
    caption: `Annualised with ${ratioText(metrics.periodsPerYear)} returns a year, as in the table of all metrics. Windows without a change of equity have no Sharpe ratio and are left out.`,
    stills: timeStills(model),
    modelName: "rolling",
    ...tablesOf(points),
  });
  return { ...frame, body: html`${figure}`, models: { rolling: model } };
}

function panelsOf({ axis, input }: ReportContext, points: readonly RollingPoint[]): readonly TimePanel[] {
  // A day's numbers are known when it has ended.
  const timeMs = points.map((point) => Math.min((point.day + 1) * dayMs, axis.originMs + axis.toS * 1000));
  const line = (name: string, pick: (point: RollingPoint) => number | null) => {
    const values = points.map((point) => pick(point) ?? Number.NaN);
    return [curve(axis, { name, look: "strategy" }, timeMs, values, values.length)];
  };
  return [
    {
      title: "Sharpe ratio per year",
      height: 140,
      unit: "ratio",
      isLog: false,
      lines: line("Sharpe ratio", (point) => point.sharpe),
    },
    {
      title: "Volatility per year",
      height: 110,
      unit: "percent",
      isLog: false,
      lines: line("volatility", (point) => point.volatility),
    },
    ...(input.benchmarkEquity === null
      ? []
      : [
          {
            title: `Beta against ${benchmarkName(input)}`,
            height: 110,
            unit: "ratio",
            isLog: false,
            lines: line("beta", (point) => point.beta),
          } as const,
        ]),
  ];
}

function tablesOf(points: readonly RollingPoint[]) {
  const days = Int32Array.from(points, (point) => point.day);
  const lastOf = (most: number) => periodsOf(days, most).periods.map(({ to }) => points[to]!);
  const date = (point: RollingPoint) => new Date(point.day * dayMs).toISOString().slice(0, 10);
  return {
    twin: {
      caption: "At the end of each period",
      columns: [
        { label: "Day" },
        { label: "Sharpe", isNumber: true },
        { label: "Volatility", isNumber: true },
        { label: "Beta", isNumber: true },
      ],
      rows: lastOf(120).map((point) => [
        date(point),
        ratioText(point.sharpe),
        percentText(point.volatility),
        ratioText(point.beta),
      ]),
    },
    csv: {
      fileName: "rolling.csv",
      header: ["date", "sharpe", "volatility", "beta"],
      rows: lastOf(2000).map((point) => [date(point), point.sharpe, point.volatility, point.beta]),
    },
  };
}
