import { dayMs } from "../../../base/time.ts";
import { regimeLabels } from "../../../domain/regime.ts";
import { regimeLetters, strategyLetter } from "../../selection/letters.ts";
import type { SelectionInput } from "../../selection/selection-input.ts";
import type { Lanes, TimeFigure, TimePanel } from "../chart/time-figure.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText, priceText } from "../number-text.ts";
import type { ReportContext } from "../sections/section.ts";
import { periodsOf } from "../series/periods.ts";
import { laneSeries, shareSeries } from "./lane-series.ts";
import { curve, timeFigure, timeStills } from "./time-model.ts";

/** What the whole page may carry for zooming, over all symbols. */
const [stretchesMax, sharesMax] = [9000, 1800];
const [tableRowsMax, csvRowsMax] = [60, 2000];
const laneHeight = 17;

/** Colours of the style sheet for strategies: as many as there are letters. */
const hueCount = 52;

type Names = Pick<Lanes, "names" | "letters" | "looks">;

/** The regimes as lanes: name, letter and colour. */
export const regimeNames: Names = {
  names: regimeLabels,
  letters: regimeLabels.map((label) => regimeLetters[label]),
  looks: ["look-blue", "look-orange", "look-grey", "look-violet", "look-faint"],
};

/** The strategies as lanes, and nobody in the last one. */
export function strategyNames({ strategies }: SelectionInput): Names {
  return {
    names: [...strategies, "nobody"],
    letters: [...strategies.keys(), -1].map(strategyLetter),
    // A step of the golden angle never comes near a colour that was used before.
    looks: [...strategies.map((_, k) => `look-own hue-${k % hueCount}`), "look-faint"],
  };
}

/** Price, regime in force, strategy in charge and the posterior of one symbol, on the time axis of the page. */
export function choiceFigure(
  context: ReportContext,
  selection: SelectionInput,
  instrument: number,
  figures: number,
): { readonly symbol: string; readonly model: TimeFigure; readonly parts: FigureParts } {
  const { input, axis } = context;
  const { symbol, quoteCurrency } = input.instruments[instrument]!;
  const { log } = selection.symbols[instrument]!;
  const bars = input.bars[instrument]!;
  const most = Math.floor(stretchesMax / figures);
  const inForce = { timeMs: log.timeMs, length: log.length };
  const strategies = strategyNames(selection);
  const nobody = selection.strategies.length;
  const posterior = shareSeries(
    regimeNames,
    log.timeMs,
    log.posterior,
    log.length,
    axis,
    Math.floor(sharesMax / figures),
  );
  const common = { unit: "ratio", isLog: false } as const;
  const panels: TimePanel[] = [
    {
      title: `${symbol} in ${quoteCurrency}`,
      height: 110,
      unit: "price",
      isLog: false,
      lines: [curve(axis, { name: "close", look: "price" }, bars.closeTimeMs, bars.close, bars.length)],
    },
    {
      ...common,
      title: "Regime in force",
      height: regimeLabels.length * laneHeight,
      lanes: laneSeries(regimeNames, { ...inForce, laneAt: (row) => log.label[row]! }, axis, most),
    },
    {
      ...common,
      title: selection.isBlend ? "Leading strategy" : "Strategy in charge",
      height: strategies.letters.length * laneHeight,
      lanes: laneSeries(
        strategies,
        { ...inForce, laneAt: (row) => (log.strategy[row]! < 0 ? nobody : log.strategy[row]!) },
        axis,
        most,
      ),
    },
    { ...common, title: "Probability of each regime", height: 110, shares: posterior },
  ];
  const model = timeFigure(axis, panels);
  return { symbol, model, parts: partsOf(context, selection, instrument, model) };
}

function partsOf(
  context: ReportContext,
  selection: SelectionInput,
  instrument: number,
  model: TimeFigure,
): FigureParts {
  const { symbol } = context.input.instruments[instrument]!;
  const { log } = selection.symbols[instrument]!;
  const rows = (most: number) => periodRows(context, selection, instrument, most);
  const few = rows(tableRowsMax);
  const switches = countText(log.switches.length);
  return {
    id: `figure-choice-${instrument}`,
    title: symbol,
    summary: `Price of ${symbol}, and below it the regime in force and the strategy in charge on ${countText(log.length)} decisions with ${switches} changes of strategy, and the probability of each regime.`,
    caption:
      "A lane is filled while its regime is in force or its strategy in charge; where many bars share a pixel, as high as " +
      "its share of them. Nothing is drawn before the first choice. Probabilities are those of the bar, filtered: no later " +
      "bar has changed them; where bars share a column their mean is drawn. The letters are those of the legend.",
    stills: timeStills(model),
    modelName: `choice-${instrument}`,
    twin: {
      caption: `${symbol} by ${few.unit}`,
      columns: [
        { label: `Last day of the ${few.unit}` },
        { label: "Close", isNumber: true },
        ...regimeLabels.map((label) => ({ label, isNumber: true })),
        { label: "Longest in charge" },
        { label: "Changes", isNumber: true },
      ],
      rows: few.rows.map(({ date, close, shares, strategy, changes }) => [
        date,
        priceText(close),
        ...shares.map((share) => percentText(share)),
        strategy ?? "nobody",
        countText(changes),
      ]),
    },
    csv: {
      fileName: `${symbol.replace(/[^A-Za-z0-9._-]/g, "_")}-choice.csv`,
      header: ["date", "close", ...regimeLabels, "strategy", "changes"],
      rows: rows(csvRowsMax).rows.map(({ date, close, shares, strategy, changes }) => [
        date,
        close,
        ...shares,
        strategy,
        changes,
      ]),
    },
  };
}

type PeriodRow = {
  readonly date: string;
  readonly close: number;
  readonly shares: readonly (number | null)[];
  readonly strategy: string | null;
  readonly changes: number;
};

/** What was in force in each period of the range; shares are null in a period without a choice. */
function periodRows(
  { input, analysis, dayEnds }: ReportContext,
  { strategies, symbols }: SelectionInput,
  instrument: number,
  most: number,
): { readonly unit: string; readonly rows: readonly PeriodRow[] } {
  const { days } = analysis.daily;
  const { log } = symbols[instrument]!;
  const { closeTimeMs, close, length } = input.bars[instrument]!;
  const { unit, periods } = periodsOf(days, most);
  let row = 0;
  let bar = 0;
  const rows = periods.map(({ to }): PeriodRow => {
    const endMs = input.log.timeMs[dayEnds[to]!]!;
    while (bar + 1 < length && closeTimeMs[bar + 1]! <= endMs) bar += 1;
    const labels = regimeLabels.map(() => 0);
    const turns = new Int32Array(strategies.length + 1);
    let [bars, changes] = [0, 0];
    for (; row < log.length && log.timeMs[row]! <= endMs; row++) {
      const strategy = log.strategy[row]!;
      labels[log.label[row]!]! += 1;
      turns[strategy < 0 ? strategies.length : strategy]! += 1;
      if (strategy !== (row === 0 ? -1 : log.strategy[row - 1])) changes += 1;
      bars += 1;
    }
    return {
      date: new Date(days[to]! * dayMs).toISOString().slice(0, 10),
      close: close[bar]!,
      shares: labels.map((count) => (bars === 0 ? null : count / bars)),
      strategy: strategies[turns.indexOf(Math.max(...turns))] ?? null,
      changes,
    };
  });
  return { unit, rows };
}
