import { bandFunctions } from "../chart/band-marks.ts";
import { chartTools } from "../chart/chart-tools.ts";
import { priceFunctions } from "../chart/price-marks.ts";
import { thinningFunctions } from "../chart/thinning.ts";
import { tickFunctions } from "../chart/ticks.ts";
import { drawingFunctions } from "../chart/time-chart.ts";

/** Wiring of the page: it reads the models, draws them at the width of the screen, and listens. */
const wiring = String.raw`
const page = JSON.parse(document.getElementById("models").textContent);
for (const { panels } of Object.values(page.figures)) {
  const candles = panels.map((panel) => panel.candles).find(Boolean);
  for (const line of panels.flatMap((panel) => panel.lines || []))
    if (line.timeS === "candles") line.timeS = candles.closeS;
}
const whole = { fromS: page.axis.fromS, toS: page.axis.toS };
let view = { ...whole };
let crossS = null;
// No closer than the candles that the page holds: beyond them there is nothing to see.
const longest = Math.max(page.axis.candleS, ...Object.values(page.figures).flatMap(({ panels }) => panels.map(({ candles }) => candles ? candles.spanS : 0)));
const leastS = Math.max(60, Math.min((whole.toS - whole.fromS) / 4, longest * 24));
const element = (name, className) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  if (className) made.setAttribute("class", className);
  return made;
};
const charts = [...document.querySelectorAll("[data-model]")].map((host) => {
  const svg = element("svg", "live");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", host.querySelector("svg").getAttribute("aria-label"));
  const readout = document.createElement("p");
  readout.className = "readout";
  readout.setAttribute("aria-hidden", "true");
  host.before(readout);
  host.append(svg);
  return { host, svg, readout, figure: page.figures[host.dataset.model], width: 0 };
});
const plotOf = (chart) => ({ left: leftOf(chart.width), width: chart.width - leftOf(chart.width) - 8 });
const timeAt = (chart, event) => {
  const plot = plotOf(chart);
  const at = event.clientX - chart.svg.getBoundingClientRect().left;
  const share = Math.min(1, Math.max(0, (at - plot.left) / plot.width));
  return view.fromS + share * (view.toS - view.fromS);
};
const placeOf = (chart, timeS) => {
  const plot = plotOf(chart);
  return plot.left + ((timeS - view.fromS) / (view.toS - view.fromS)) * plot.width;
};
const stamp = (timeS) => {
  const timeMs = page.axis.originMs + timeS * 1000;
  if (page.axis.candleS >= 86400) return new Date(timeMs - 1).toISOString().slice(0, 10);
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
};

function draw(chart) {
  chart.width = chart.host.clientWidth;
  if (chart.width === 0) return;
  const height = timeChartHeight(chart.figure);
  const log = chart.host.closest("figure").querySelector('input[value="log"]');
  const now = { ...view, width: chart.width, isLog: log !== null && log.checked };
  chart.svg.setAttribute("viewBox", "0 0 " + chart.width + " " + height);
  chart.svg.innerHTML = timeChart(chart.figure, now, tools);
  chart.cross = element("path", "cross");
  chart.chosen = element("rect", "chosen");
  chart.svg.append(chart.chosen, chart.cross);
  chart.height = height;
  chart.candles = chart.figure.panels.map((panel) =>
    panel.candles ? visibleCandles(panel.candles, view.fromS, view.toS, Math.floor(plotOf(chart).width / 5)) : null);
}

function drawOverview() {
  const strip = document.querySelector(".overview");
  const line = page.figures.equity.panels[0].lines.at(-1);
  const width = strip.clientWidth;
  if (width === 0) return;
  const few = minMax(line.timeS, line.value, whole.fromS, whole.toS, width);
  const low = Math.min(...few.value), high = Math.max(...few.value);
  const x = (timeS) => ((timeS - whole.fromS) / (whole.toS - whole.fromS)) * width;
  const y = (value) => 42 - 38 * (high > low ? (value - low) / (high - low) : 0.5);
  const path = few.timeS.map((timeS, k) => (k ? "L" : "M") + x(timeS).toFixed(1) + " " + y(few.value[k]).toFixed(1)).join("");
  const from = x(view.fromS), to = x(view.toS);
  strip.setAttribute("viewBox", "0 0 " + width + " 46");
  strip.innerHTML = '<path class="line strategy" d="' + path + '"/><rect class="window" x="' + from + '" width="' +
    Math.max(2, to - from) + '" height="46"/><rect class="edge" x="' + (from - 1.5) + '" width="3" height="46"/><rect class="edge" x="' +
    (to - 1.5) + '" width="3" height="46"/>';
}

let isWaiting = false;
function redraw() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    charts.forEach(draw);
    drawOverview();
    document.querySelector(".range").textContent = stamp(view.fromS) + " to " + stamp(view.toS);
    moveCross();
  });
}

function look(fromS, toS) {
  const span = Math.min(whole.toS - whole.fromS, Math.max(leastS, toS - fromS));
  const middle = (fromS + toS) / 2;
  const start = Math.min(whole.toS - span, Math.max(whole.fromS, middle - span / 2));
  view = { fromS: start, toS: start + span };
  redraw();
}

const number = (value, unit) => unit === "percent"
  ? (value * 100).toFixed(2) + " %"
  : value.toLocaleString("en-US", { maximumFractionDigits: unit === "price" ? 8 : 2 });

function reading(chart) {
  const parts = [stamp(crossS)];
  chart.figure.panels.forEach((panel, k) => {
    const candles = chart.candles && chart.candles[k];
    if (candles) {
      const row = candles.closeS.findIndex((closeS) => closeS >= crossS);
      if (row >= 0) parts.push(["open", "high", "low", "close"].map((name) => name[0].toUpperCase() + " " + number(candles[name][row], "price")).join(" "));
    }
    for (const line of panel.lines || []) {
      let row = firstAtOrAfter(line.timeS, crossS + 1) - 1;
      if (row >= 0) parts.push(line.name + " " + number(line.value[row], panel.unit));
    }
    if (panel.lanes) {
      let best = -1;
      panel.lanes.fromS.forEach((fromS, row) => {
        if (fromS < crossS && crossS <= panel.lanes.toS[row] && (best < 0 || panel.lanes.share[row] > panel.lanes.share[best])) best = row;
      });
      if (best >= 0) parts.push(panel.lanes.names[panel.lanes.lane[best]]);
    }
    if (panel.shares) {
      const row = Math.min(panel.shares.timeS.length - 1, firstAtOrAfter(panel.shares.timeS, crossS));
      panel.shares.names.forEach((name, at) => {
        const share = row < 0 ? 0 : panel.shares.values[at][row];
        if (share >= 0.05) parts.push(name + " " + (share * 100).toFixed(0) + " %");
      });
    }
  });
  return parts.join(" \u00b7 ");
}

function moveCross() {
  for (const chart of charts) {
    if (chart.width === 0 || !chart.cross) continue;
    chart.cross.setAttribute("d", crossS === null ? "" : "M" + placeOf(chart, crossS) + " 22V" + (chart.height - 24));
    chart.readout.textContent = crossS === null ? "" : reading(chart);
  }
}

function showWhy(chart, event) {
  const at = event.clientX - chart.svg.getBoundingClientRect().left;
  const panel = chart.figure.panels.find((each) => each.trades);
  if (!panel) return;
  const { trades } = panel;
  let best = -1, distance = 14;
  const { closeS, spanS } = chart.candles.find((each) => each !== null);
  const markAt = (timeS) => placeOf(chart, closeS[Math.min(closeS.length - 1, firstAtOrAfter(closeS, timeS))] - spanS / 2);
  trades.entryS.forEach((entryS, k) => {
    for (const timeS of [entryS, trades.exitS[k]]) {
      if (timeS < view.fromS || timeS > view.toS) continue;
      const away = Math.abs(markAt(timeS) - at);
      if (away < distance) { best = k; distance = away; }
    }
  });
  const card = document.querySelector(".why");
  card.hidden = best < 0;
  if (best < 0) return;
  const line = (text) => { const p = document.createElement("p"); p.textContent = text; return p; };
  const sign = trades.pnl[best] > 0 ? "+" : "";
  card.replaceChildren(
    line((trades.side[best] > 0 ? "Long" : "Short") + " trade: " + sign + number(trades.pnl[best], "money") + " " + page.currency + ", " + sign + number(trades.returnFraction[best], "percent")),
    line("In " + stamp(trades.entryS[best]) + " at " + number(trades.entryPrice[best], "price") + ": " + trades.reasons[trades.entryReason[best]]),
    line("Out " + stamp(trades.exitS[best]) + " at " + number(trades.exitPrice[best], "price") + ": " + trades.reasons[trades.exitReason[best]]));
  chart.host.after(card);
}

for (const chart of charts) {
  let startS = null, startX = 0;
  chart.svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    startS = timeAt(chart, event);
    startX = event.clientX;
    chart.svg.setPointerCapture(event.pointerId);
  });
  chart.svg.addEventListener("pointermove", (event) => {
    crossS = timeAt(chart, event);
    moveCross();
    if (startS === null) return;
    const from = placeOf(chart, Math.min(startS, crossS));
    chart.chosen.setAttribute("x", from);
    chart.chosen.setAttribute("y", 22);
    chart.chosen.setAttribute("height", chart.height - 46);
    chart.chosen.setAttribute("width", placeOf(chart, Math.max(startS, crossS)) - from);
  });
  chart.svg.addEventListener("pointerup", (event) => {
    const endS = timeAt(chart, event);
    if (startS !== null && Math.abs(event.clientX - startX) > 6) look(Math.min(startS, endS), Math.max(startS, endS));
    else showWhy(chart, event);
    startS = null;
  });
  chart.svg.addEventListener("pointerleave", () => { crossS = null; moveCross(); });
  chart.svg.addEventListener("dblclick", () => look(whole.fromS, whole.toS));
  chart.svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = timeAt(chart, event), factor = event.deltaY > 0 ? 1.25 : 0.8;
    look(at - (at - view.fromS) * factor, at + (view.toS - at) * factor);
  }, { passive: false });
}

const moves = {
  in: (span) => look(view.fromS + span / 4, view.toS - span / 4),
  out: (span) => look(view.fromS - span / 2, view.toS + span / 2),
  earlier: (span) => look(view.fromS - span / 2, view.toS - span / 2),
  later: (span) => look(view.fromS + span / 2, view.toS + span / 2),
  all: () => look(whole.fromS, whole.toS),
};
for (const button of document.querySelectorAll("[data-zoom]"))
  button.addEventListener("click", () => moves[button.dataset.zoom](view.toS - view.fromS));
for (const radio of document.querySelectorAll(".scale input")) radio.addEventListener("change", redraw);
for (const link of document.querySelectorAll("[data-show]"))
  link.addEventListener("click", () => {
    const [fromS, toS] = link.dataset.show.split(",").map(Number);
    const room = Math.max((toS - fromS) * 1.5, leastS / 2);
    look(fromS - room, toS + room);
  });

const strip = document.querySelector(".overview");
let grip = null;
const stripTime = (event) => {
  const box = strip.getBoundingClientRect();
  return whole.fromS + ((event.clientX - box.left) / box.width) * (whole.toS - whole.fromS);
};
strip.addEventListener("pointerdown", (event) => {
  const at = stripTime(event), near = (9 / strip.clientWidth) * (whole.toS - whole.fromS);
  const kind = Math.abs(at - view.fromS) < near ? "from" : Math.abs(at - view.toS) < near ? "to" : "move";
  if (kind === "move" && (at < view.fromS || at > view.toS)) look(at - (view.toS - view.fromS) / 2, at + (view.toS - view.fromS) / 2);
  grip = { kind, at, fromS: view.fromS, toS: view.toS };
  strip.setPointerCapture(event.pointerId);
});
strip.addEventListener("pointermove", (event) => {
  if (grip === null) return;
  const at = stripTime(event);
  if (grip.kind === "from") look(Math.min(Math.max(at, whole.fromS), grip.toS - leastS), grip.toS);
  else if (grip.kind === "to") look(grip.fromS, Math.max(Math.min(at, whole.toS), grip.fromS + leastS));
  else look(grip.fromS + at - grip.at, grip.toS + at - grip.at);
});
for (const name of ["pointerup", "pointercancel"]) strip.addEventListener(name, () => { grip = null; });

document.documentElement.classList.add("live");
document.querySelector(".tools").hidden = false;
const watch = new ResizeObserver(redraw);
for (const chart of charts) watch.observe(chart.host);
redraw();
`;

/** The script of the page: the drawing functions of this folder, word for word, and the wiring around them. */
export function pageScript(): string {
  const functions = [
    ...tickFunctions,
    ...thinningFunctions,
    ...bandFunctions,
    ...priceFunctions,
    ...drawingFunctions,
  ].map(String);
  const tools = `const tools = { ${Object.keys(chartTools).join(", ")} };`;
  return `(() => {\n"use strict";\n${functions.join("\n")}\n${tools}${wiring}})();\n`;
}
