import type { TimeFigure } from "../chart/time-figure.ts";
import { priceFigure, type PriceFigure } from "../figures/price-figure.ts";
import { timeStills } from "../figures/time-model.ts";
import { figureHtml } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { countText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import type { ReportContext, Section } from "./section.ts";

const symbolsMax = 6;

/** Prices with what was traded on them: the symbols that were traded most, the first one open. */
export function priceSection(context: ReportContext): Section {
  const shown = symbolsToShow(context.input);
  const figures = shown.map((instrument, k) => priceFigure(context, instrument, k, shown.length));
  const models: Record<string, TimeFigure> = {};
  for (const [k, figure] of figures.entries()) models[`price-${k}`] = figure.model;
  const rest = context.input.instruments.length - shown.length;
  const body = html`${zoomTools} ${figures.map((figure, k) => (k === 0 ? one(figure, k) : folded(figure, k)))}
  ${
    rest > 0 &&
    html`<p class="aside">
      ${countText(rest)} more symbols are in the table “By symbol” below; the ones with the most trades are
      drawn.
    </p>`
  } `;
  return { id: "price", title: "Price and trades", short: "Price", body, models };
}

/** Instruments by their number of trades, at most six; the first one of the run where nothing was traded. */
export function symbolsToShow({ instruments, trades }: ReportInput): readonly number[] {
  const counts = new Map<number, number>();
  for (const { instrument } of trades) counts.set(instrument, (counts.get(instrument) ?? 0) + 1);
  const traded = [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([instrument]) => instrument);
  if (traded.length > 0) return traded.slice(0, symbolsMax);
  return instruments.slice(0, 1).map((instrument) => instrument.index);
}

function one({ symbol, model, ...parts }: PriceFigure, k: number): Html {
  return figureHtml({
    id: `figure-price-${k}`,
    title: symbol,
    modelName: `price-${k}`,
    stills: timeStills(model),
    ...parts,
  });
}

function folded(figure: PriceFigure, k: number): Html {
  return html`<details class="folded">
    <summary>${figure.symbol}</summary>
    ${one(figure, k)}
  </details> `;
}

/** Shown by the script alone: without it the pictures stand still. */
const zoomTools = html`<div class="tools" hidden>
    <div class="buttons" role="group" aria-label="Time range of all charts">
      <button type="button" data-zoom="in">Zoom in</button
      ><button type="button" data-zoom="out">Zoom out</button>
      <button type="button" data-zoom="earlier">◀ Earlier</button
      ><button type="button" data-zoom="later">Later ▶</button>
      <button type="button" data-zoom="all">All</button>
      <output class="range"></output>
    </div>
    <svg class="overview" aria-hidden="true"></svg>
    <p class="hint">
      Drag across a chart to zoom, double-click to see all, click a triangle to see why. Every chart on this
      page follows.
    </p>
  </div>
  <div class="why" role="status" hidden></div> `;
