import { formatDuration } from "../../../base/time.ts";
import type { LineSeries, TimeFigure, TimePanel } from "../chart/time-figure.ts";
import { accountCsv, accountTable } from "../figures/period-table.ts";
import { drawdownPanel } from "../figures/price-figure.ts";
import { columnsMax, curve, secondsOf, timeFigure, timeStills } from "../figures/time-model.ts";
import { benchmarkName } from "../benchmark-name.ts";
import { figureHtml, stillsHtml } from "../html/figure.ts";
import { html, markup, type Html } from "../html/html.ts";
import { tableHtml } from "../html/table.ts";
import { costsPaid } from "../headline.ts";
import { countText, moneyText, percentText } from "../number-text.ts";
import { barTimeText, dateText } from "../run-facts.ts";
import { nothingHere, type ReportContext, type Section } from "./section.ts";

/** Equity against what was held, what was lost on the way, how much was at risk, and what it cost. */
export function equitySection(context: ReportContext): Section {
  const equity = timeFigure(context.axis, [equityPanel(context)]);
  const falls = timeFigure(context.axis, [numbered(context)]);
  const load = timeFigure(context.axis, loadPanels(context));
  return {
    id: "equity",
    title: "Equity and risk",
    short: "Equity",
    body: html`${equityFigure(context, equity)}${fallsFigure(context, falls)}${fallsTable(context)}${loadFigure(context, load)}`,
    models: { equity, falls, load },
  };
}

function equityPanel({ input, axis }: ReportContext): TimePanel {
  const name = benchmarkName(input);
  const { log, benchmarkEquity, baseCurrency } = input;
  const lines: LineSeries[] = [];
  if (benchmarkEquity !== null)
    lines.push(curve(axis, { name, look: "benchmark" }, log.timeMs, benchmarkEquity, log.length));
  lines.push(curve(axis, { name: "strategy", look: "strategy" }, log.timeMs, log.equity, log.length));
  return { title: `Equity in ${baseCurrency}`, height: 260, unit: "money", isLog: false, lines };
}

function equityFigure(context: ReportContext, model: TimeFigure): Html {
  const { input, analysis } = context;
  const { metrics, baseCurrency } = input;
  const name = benchmarkName(input);
  const held = analysis.benchmark?.metrics.finalEquity;
  const summary =
    `Equity from ${moneyText(metrics.startEquity)} to ${moneyText(metrics.finalEquity)} ${baseCurrency}` +
    (held === undefined ? "." : `, ${name} to ${moneyText(held)} ${baseCurrency}.`);
  const canBeLog = model.panels[0]!.lines!.every((line) => line.value.every((value) => value > 0));
  const figure = figureHtml({
    id: "figure-equity",
    title: "Equity",
    summary,
    caption:
      `${thinning(context)} Solid: the strategy, marked to the close of every bar` +
      (held === undefined ? "." : `; dashed: ${name} with the same money and costs.`),
    stills: timeStills(model),
    modelName: "equity",
    tools: html`${legend(held === undefined ? null : name)}${canBeLog && logToggle(summary, model)}`,
    twin: accountTable(context, ["equity", "benchmark"]),
    csv: accountCsv(context, "equity.csv", ["equity", "benchmark", "drawdown", "exposure", "costs"]),
  });
  return figure;
}

/** Two radio buttons that work without a script: the style sheet shows the picture of the chosen scale. */
function logToggle(summary: string, model: TimeFigure): Html {
  return html`<fieldset class="scale">
      <legend class="unseen">Scale of equity</legend>
      <label><input type="radio" name="equity-scale" value="linear" checked /> linear</label>
      <label><input type="radio" name="equity-scale" value="log" /> log</label>
    </fieldset>
    <div class="log-still">
      ${stillsHtml({ summary: `${summary} Logarithmic scale.`, stills: timeStills(model, true) })}
    </div>`;
}

function legend(heldName: string | null): Html {
  const key = (look: string, name: string) =>
    html`<span class="key"
      >${markup(`<svg width="30" height="10" aria-hidden="true"><path class="line ${look}" d="M1 5H29"/></svg>`)}
      ${name}</span
    >`;
  return html`<p class="legend">
    ${key("strategy", "strategy")}${heldName !== null && key("benchmark", heldName)}
  </p>`;
}

function numbered(context: ReportContext): TimePanel {
  const { axis, analysis } = context;
  const notes = analysis.worstDrawdowns.map((fall, k) => ({
    timeS: secondsOf(axis, fall.troughTimeMs),
    value: -fall.depth,
    text: String(k + 1),
  }));
  return { ...drawdownPanel(context, 170), notes };
}

function fallsFigure(context: ReportContext, model: TimeFigure): Html {
  const [worst] = context.analysis.worstDrawdowns;
  return figureHtml({
    id: "figure-falls",
    title: "Under water",
    summary:
      worst === undefined
        ? "The account never fell below its peak."
        : `The account below its peak. The deepest fall was ${percentText(worst.depth)}, from ${dateText(context.input, worst.peakTimeMs)} to ${dateText(context.input, worst.troughTimeMs)}.`,
    caption: `${thinning(context)} The numbers stand at the bottom of the five deepest falls.`,
    stills: timeStills(model),
    modelName: "falls",
    twin: accountTable(context, ["drawdown"]),
    csv: accountCsv(context, "drawdown.csv", ["drawdown"]),
  });
}

function fallsTable({ input, analysis }: ReportContext): Html {
  if (analysis.worstDrawdowns.length === 0) return nothingHere("The account never fell below its peak.");
  return tableHtml({
    caption: "The five deepest falls",
    columns: [
      { label: "No." },
      { label: "Depth", isNumber: true },
      { label: "Peak" },
      { label: "Trough" },
      { label: "Back at the peak" },
      { label: "Time under water", isNumber: true },
    ],
    rows: analysis.worstDrawdowns.map((fall, k) => [
      String(k + 1),
      percentText(fall.depth),
      barTimeText(input, fall.peakTimeMs),
      barTimeText(input, fall.troughTimeMs),
      fall.recoveryTimeMs === null ? "not yet" : barTimeText(input, fall.recoveryTimeMs),
      formatDuration(fall.durationMs),
    ]),
  });
}

function loadPanels({ input, axis, paths }: ReportContext): readonly TimePanel[] {
  const { log, baseCurrency } = input;
  const exposure = curve(
    axis,
    { name: "exposure", look: "exposure", isFilled: true, isStepped: true },
    log.timeMs,
    paths.exposure,
    log.length,
  );
  const costs = curve(
    axis,
    { name: "costs", look: "cost", isFilled: true, isStepped: true },
    log.timeMs,
    paths.costs,
    log.length,
  );
  return [
    {
      title: "Value of all positions over equity",
      height: 110,
      unit: "percent",
      isLog: false,
      lines: [exposure],
    },
    {
      title: `Costs paid so far in ${baseCurrency}`,
      height: 110,
      unit: "ratio",
      isLog: false,
      lines: [costs],
    },
  ];
}

function loadFigure(context: ReportContext, model: TimeFigure): Html {
  const { metrics, baseCurrency } = context.input;
  const total = `${moneyText(costsPaid(metrics))} ${baseCurrency}`;
  return figureHtml({
    id: "figure-load",
    title: "Exposure and costs",
    summary: `A position was open on ${percentText(metrics.exposure)} of the bars. Costs add up to ${total}.`,
    caption:
      `${thinning(context)} Costs are commissions ${moneyText(metrics.feesPaid)}, slippage ${moneyText(metrics.slippagePaid)} ` +
      `and holding charges ${moneyText(metrics.chargesPaid)} ${baseCurrency}.`,
    stills: timeStills(model),
    modelName: "load",
    twin: accountTable(context, ["exposure", "costs"]),
    csv: accountCsv(context, "exposure-and-costs.csv", ["exposure", "costs"]),
  });
}

function thinning({ input }: ReportContext): string {
  const { length } = input.log;
  return length <= 2 * columnsMax
    ? `All ${countText(length)} values are drawn.`
    : `Of ${countText(length)} values the lowest and the highest of each of ${countText(columnsMax)} columns are kept.`;
}
