import type { ChartTools } from "./chart-tools.ts";
import type {
  CandleSeries,
  HeldSpans,
  LineSeries,
  Note,
  TimeFigure,
  TimePanel,
  TimeView,
  TradeMarks,
} from "./time-figure.ts";

// One drawing hand for the still picture and for the moving one: these functions run here when a report is written,
// and their source text runs in the page when a person zooms. So they use each other and what they are given, and
// nothing else of this module: no import but of types, no constant at the top.

/** Draws a figure: the content of an `<svg>` element of the view's width and of `timeChartHeight`. */
export function timeChart(figure: TimeFigure, view: TimeView, tools: ChartTools): string {
  const left = leftOf(view.width);
  const width = view.width - left - 8;
  const span = view.toS - view.fromS;
  const x = (timeS: number) => ((timeS - view.fromS) / span) * width;
  const ticks = tools.timeTicks(
    figure.originMs + view.fromS * 1000,
    figure.originMs + view.toS * 1000,
    Math.max(2, Math.floor(width / 85)),
  );
  let top = 0;
  let content = "";
  for (const panel of figure.panels) {
    const at = ticks.map((tick) => x((tick.timeMs - figure.originMs) / 1000));
    content += `<g transform="translate(${left} ${top + 22})">${sampleMark(figure, view, panel, width, x, top === 0)}${panelMarks(panel, view, width, x, at, tools)}</g>`;
    top += panel.height + 34;
  }
  for (const tick of ticks) {
    const at = left + x((tick.timeMs - figure.originMs) / 1000);
    // A label at the very edge would be cut in half.
    const isLast = at > view.width - 22;
    content += `<text class="tick" x="${round(isLast ? view.width : at)}" y="${top + 4}" text-anchor="${isLast ? "end" : "middle"}">${tick.label}</text>`;
  }
  return content;
}

/** Height of a figure in pixels: its panels with their titles, and the time axis. */
export function timeChartHeight(figure: TimeFigure): number {
  return figure.panels.reduce((sum, panel) => sum + panel.height + 34, 0) + 12;
}

/** Room for the numbers left of the plot. */
export function leftOf(width: number): number {
  return width < 600 ? 54 : 70;
}

function panelMarks(
  panel: TimePanel,
  view: TimeView,
  width: number,
  x: (timeS: number) => number,
  gridAt: readonly number[],
  tools: ChartTools,
): string {
  const { height } = panel;
  const grid = gridAt.map((at) => `M${round(at)} 0V${height}`).join("");
  const frame = `<rect class="plot" width="${round(width)}" height="${height}"/><path class="grid" d="${grid}"/>`;
  if (panel.held !== undefined)
    return `${titleMark(panel, false, null, width)}${frame}${inside(width, height, heldMarks(panel.held, view, width, height))}`;
  if (panel.lanes !== undefined)
    return `${titleMark(panel, false, null, width)}${frame}${tools.laneLetters(panel.lanes, height)}${inside(width, height, tools.laneMarks(panel.lanes, view, width, height))}`;
  if (panel.shares !== undefined)
    return `${titleMark(panel, false, null, width)}${frame}${shareAxis(width, height, tools)}${inside(width, height, tools.shareMarks(panel.shares, view, width, height))}`;
  const candles =
    panel.candles === undefined
      ? null
      : tools.visibleCandles(panel.candles, view.fromS, view.toS, Math.floor(width / 5));
  const lines = (panel.lines ?? []).map((line) => ({
    line,
    thin:
      candles === null
        ? tools.minMax(line.timeS, line.value, view.fromS, view.toS, Math.floor(width))
        : tools.atCloses(line, candles.closeS),
  }));
  const [lowest, highest] = extremesOf(candles, lines);
  // Zero and what is below it have no place on a logarithmic scale.
  const isLog = lowest > 0 && (panel.isLog || (view.isLog && panel.unit === "money"));
  const [low, high] = endsOf(lowest, highest, panel, isLog);
  const y = scale(low, high, isLog, height);
  const ticks = isLog ? tools.logTicks(low, high, height / 34) : tools.niceTicks(low, high, height / 34);
  const axis = axisMarks(ticks, y, width, (tick, step) => tools.tickText(tick, step, panel.unit));
  // What was known at the close of a candle stands in the middle of it.
  const middleS = (candles?.spanS ?? 0) / 2;
  const marks = lines
    .map(({ line, thin }) => lineMarks(line, thin.timeS, thin.value, (timeS) => x(timeS - middleS), y))
    .join("");
  const bars = candles === null ? "" : tools.volumeMarks(candles, x, height) + candleMarks(candles, x, y);
  const trades =
    candles === null || panel.trades === undefined
      ? ""
      : tools.tradeLines(panel.trades, panel.candles!.spanS, view, x, y) +
        tradeMarks(panel.trades, candles, view, x, y);
  const notes = (panel.notes ?? []).map((note) => noteMark(note, view, x, y)).join("");
  return `${titleMark(panel, isLog, candles, width)}${frame}${axis}${inside(width, height, bars + marks + trades + notes)}`;
}

/** Shades what lies in sample; the first panel says at the end of its title line, where there is room, what the shade means. */
function sampleMark(
  { sampleToS }: TimeFigure,
  view: TimeView,
  { height, title, candles }: TimePanel,
  width: number,
  x: (timeS: number) => number,
  isFirst: boolean,
): string {
  if (sampleToS === undefined || sampleToS <= view.fromS) return "";
  const end = round(Math.min(width, x(sampleToS)));
  // Beside a long title there is no room on a telephone; the chart above it has said so.
  const room = width - 6.6 * (title.length + (candles === undefined ? 0 : 26));
  const name =
    isFirst && room > 110
      ? `<text class="tick" x="${round(width)}" y="-7" text-anchor="end">shaded: in sample</text>`
      : "";
  return `<rect class="sample" width="${end}" height="${height}"/>${name}`;
}

function shareAxis(width: number, height: number, tools: ChartTools): string {
  const y = (value: number) => height * (1 - value);
  return axisMarks([0, 0.5, 1], y, width, (tick, step) => tools.tickText(tick, step, "percent"));
}

/** On a telephone the caption alone says what a candle is. */
function titleMark(panel: TimePanel, isLog: boolean, candles: CandleSeries | null, width: number): string {
  const span = candles === null ? "" : `, ${spanText(candles.spanS)}`;
  const title = `${panel.title}${isLog ? ", log scale" : ""}${span}`;
  const note = candles === null || 6.6 * (title.length + 11) > width ? "" : " per candle";
  return `<text class="title" y="-7">${escapeText(title)}${note}</text>`;
}

/** A length of time in the largest unit that divides it. */
function spanText(spanS: number): string {
  for (const [name, size] of [
    ["w", 604_800],
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ] as const) {
    if (spanS % size === 0) return `${spanS / size} ${name}`;
  }
  return `${spanS} s`;
}

function inside(width: number, height: number, content: string): string {
  return `<svg width="${round(width)}" height="${height}">${content}</svg>`;
}

/** The lowest and the highest number that is seen; zero is seen where a line is filled down to it. */
function extremesOf(
  candles: CandleSeries | null,
  lines: readonly { readonly line: LineSeries; readonly thin: { readonly value: readonly number[] } }[],
): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { line, thin } of lines) {
    for (const each of line.isFilled ? [0, ...thin.value] : thin.value) {
      low = Math.min(low, each);
      high = Math.max(high, each);
    }
  }
  if (candles !== null) {
    for (const each of candles.low) low = Math.min(low, each);
    for (const each of candles.high) high = Math.max(high, each);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The ends of an axis: both extremes with room around them. Triangles stand outside the candles and need more of it. */
function endsOf(low: number, high: number, panel: TimePanel, isLog: boolean): [number, number] {
  if (low === high && low === 0) return panel.lines?.[0]?.look === "fall" ? [-1, 0] : [0, 1];
  if (low === high) return isLog ? [low / 1.1, high * 1.1] : [low - Math.abs(low), high + Math.abs(high)];
  const room = panel.candles === undefined ? 0.06 : 0.1;
  if (isLog) return [low * (low / high) ** room, high * (high / low) ** room];
  const rest = (high - low) * room;
  return [low === 0 ? 0 : low - rest, high === 0 ? 0 : high + rest];
}

function scale(low: number, high: number, isLog: boolean, height: number): (value: number) => number {
  if (isLog) return (value) => height * (1 - Math.log(value / low) / Math.log(high / low));
  return (value) => height * (1 - (value - low) / (high - low));
}

function axisMarks(
  ticks: readonly number[],
  y: (value: number) => number,
  width: number,
  textOf: (tick: number, step: number) => string,
): string {
  const step = ticks.length > 1 ? Math.min(...ticks.slice(1).map((tick, k) => tick - ticks[k]!)) : 1;
  let marks = "";
  for (const tick of ticks) {
    const at = round(y(tick));
    marks += `<path class="${tick === 0 ? "zero" : "grid"}" d="M0 ${at}H${round(width)}"/>`;
    marks += `<text class="tick" x="-7" y="${at + 4}" text-anchor="end">${textOf(tick, step)}</text>`;
  }
  return marks;
}

function lineMarks(
  line: LineSeries,
  timeS: readonly number[],
  value: readonly number[],
  x: (timeS: number) => number,
  y: (value: number) => number,
): string {
  if (timeS.length === 0) return "";
  let path = "";
  for (let k = 0; k < timeS.length; k++) {
    const at = `${round(x(timeS[k]!))} ${round(y(value[k]!))}`;
    path += k === 0 ? `M${at}` : line.isStepped ? `H${round(x(timeS[k]!))}V${round(y(value[k]!))}` : `L${at}`;
  }
  const zero = round(y(0));
  const area = `${path}V${zero}H${round(x(timeS[0]!))}Z`;
  const fill = line.isFilled ? `<path class="area ${line.look}" d="${area}"/>` : "";
  return `${fill}<path class="line ${line.look}" d="${path}"/>`;
}

/** Hollow candles rose, filled ones fell: the shape says it without the colour. */
function candleMarks(
  candles: CandleSeries,
  x: (timeS: number) => number,
  y: (value: number) => number,
): string {
  const paths = { rose: "", fell: "", roseBody: "", fellBody: "" };
  const half = Math.max(0.6, Math.min(7, (x(candles.spanS) - x(0)) * 0.34));
  for (let k = 0; k < candles.closeS.length; k++) {
    const at = round(x(candles.closeS[k]! - candles.spanS / 2));
    const [open, close] = [candles.open[k]!, candles.close[k]!];
    const [top, bottom] = [round(y(Math.max(open, close))), round(y(Math.min(open, close)))];
    const wick = `M${at} ${round(y(candles.high[k]!))}V${top}M${at} ${bottom}V${round(y(candles.low[k]!))}`;
    const body = `M${round(at - half)} ${top}H${round(at + half)}V${Math.max(bottom, top + 0.8)}H${round(at - half)}Z`;
    paths[close >= open ? "rose" : "fell"] += wick;
    paths[close >= open ? "roseBody" : "fellBody"] += body;
  }
  return (
    `<path class="wick rose" d="${paths.rose}"/><path class="wick fell" d="${paths.fell}"/>` +
    `<path class="body rose" d="${paths.roseBody}"/><path class="body fell" d="${paths.fellBody}"/>`
  );
}

/** Up triangles enter, down triangles leave; long is filled, short is hollow. Where they would overlap one is drawn. */
function tradeMarks(
  trades: TradeMarks,
  candles: CandleSeries,
  view: TimeView,
  x: (timeS: number) => number,
  y: (value: number) => number,
): string {
  if (candles.closeS.length === 0) return "";
  let svg = "";
  for (const kind of ["entry", "exit"] as const) {
    const timeS = kind === "entry" ? trades.entryS : trades.exitS;
    let lastX = -Infinity;
    let row = 0;
    for (let k = 0; k < timeS.length; k++) {
      if (timeS[k]! < view.fromS || timeS[k]! > view.toS) continue;
      while (row < candles.closeS.length - 1 && candles.closeS[row]! < timeS[k]!) row += 1;
      const at = x(candles.closeS[row]! - candles.spanS / 2);
      if (at - lastX < 13) continue;
      lastX = at;
      const tip = kind === "entry" ? y(candles.low[row]!) + 5 : y(candles.high[row]!) - 5;
      const down = kind === "entry" ? 9 : -9;
      const shape = `M${round(at)} ${round(tip)}l5.2 ${down}h-10.4z`;
      svg += `<path class="trade ${kind} ${trades.side[k]! > 0 ? "long" : "short"}" d="${shape}"/>`;
    }
  }
  return svg;
}

/** The share of each pixel's time that was spent long (upwards) or short (downwards). */
function heldMarks(held: HeldSpans, view: TimeView, width: number, height: number): string {
  const columns = Math.max(1, Math.floor(width));
  const [long, short] = [new Float64Array(columns), new Float64Array(columns)];
  const perSecond = columns / (view.toS - view.fromS);
  for (let k = 0; k < held.fromS.length; k++) {
    const from = Math.max(0, (held.fromS[k]! - view.fromS) * perSecond);
    const to = Math.min(columns, (held.toS[k]! - view.fromS) * perSecond);
    const share = held.side[k]! > 0 ? long : short;
    for (let column = Math.floor(from); column < to; column++) {
      share[column]! += (Math.min(to, column + 1) - Math.max(from, column)) * Math.abs(held.side[k]!);
    }
  }
  const middle = short.some((each) => each > 0) ? height / 2 : height;
  let paths = "";
  for (const [name, share, size] of [
    ["long", long, -middle],
    ["short", short, height - middle],
  ] as const) {
    let path = `M0 ${middle}`;
    let last = 0;
    for (let column = 0; column < columns; column++) {
      const level = Math.min(1, Math.round(share[column]! * 50) / 50);
      if (level !== last) path += `H${column}V${round(middle + size * level)}`;
      last = level;
    }
    paths += `<path class="held ${name}" d="${path}H${columns}V${middle}Z"/>`;
  }
  return paths;
}

function noteMark(
  note: Note,
  view: TimeView,
  x: (timeS: number) => number,
  y: (value: number) => number,
): string {
  if (note.timeS < view.fromS || note.timeS > view.toS) return "";
  const across = Math.min(x(view.toS) - 10, Math.max(10, x(note.timeS)));
  const at = `translate(${round(across)} ${round(Math.max(10, y(note.value) - 12))})`;
  return `<g class="note" transform="${at}"><circle r="8"/><text y="4" text-anchor="middle">${escapeText(note.text)}</text></g>`;
}

/** One decimal of a pixel is more than a screen shows. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text for markup. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Every function above, for the page. */
export const drawingFunctions = [
  timeChart,
  timeChartHeight,
  leftOf,
  panelMarks,
  sampleMark,
  shareAxis,
  titleMark,
  spanText,
  inside,
  extremesOf,
  endsOf,
  scale,
  axisMarks,
  lineMarks,
  candleMarks,
  tradeMarks,
  heldMarks,
  noteMark,
  round,
  escapeText,
];
