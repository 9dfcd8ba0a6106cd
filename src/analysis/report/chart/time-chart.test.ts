import { expect, test } from "vitest";
import { chartTools } from "./chart-tools.ts";
import { leftOf, timeChart, timeChartHeight } from "./time-chart.ts";
import type { TimeFigure, TimePanel } from "./time-figure.ts";

const hours = Array.from({ length: 100 }, (_, row) => row);
const price: TimePanel = {
  title: "A <b> & co",
  height: 200,
  unit: "price",
  isLog: false,
  candles: {
    spanS: 3600,
    closeS: hours.map((row) => (row + 1) * 3600),
    open: hours.map((row) => 100 + row),
    high: hours.map((row) => 102 + row),
    low: hours.map((row) => 99 + row),
    close: hours.map((row) => (row % 2 === 0 ? 101 + row : 99.5 + row)),
  },
  trades: {
    entryS: [36_000, 180_000],
    exitS: [72_000, 252_000],
    entryPrice: [110, 150],
    exitPrice: [120, 170],
    side: [1, -1],
    pnl: [10, -20],
    returnFraction: [0.1, -0.13],
    entryReason: [0, 0],
    exitReason: [1, 1],
    reasons: ["in", "out"],
  },
};
const strip: TimePanel = {
  title: "Held",
  height: 30,
  unit: "ratio",
  isLog: false,
  held: { fromS: [36_000, 180_000], toS: [72_000, 252_000], side: [1, -1] },
};
const figure: TimeFigure = { originMs: Date.UTC(2024, 0, 1), fromS: 0, toS: 360_000, panels: [price, strip] };
const whole = { fromS: 0, toS: 360_000, width: 800, isLog: false };

test("entries point up, exits down; long is filled and short is hollow", () => {
  const svg = timeChart(figure, whole, chartTools);
  expect(svg.match(/class="trade entry long"/g)?.length).toBe(1);
  expect(svg.match(/class="trade exit long"/g)?.length).toBe(1);
  expect(svg.match(/class="trade entry short"/g)?.length).toBe(1);
  // An up triangle goes down from its tip, a down triangle up.
  expect(/class="trade entry long" d="M[\d.]+ [\d.]+l5\.2 9h/.test(svg)).toBe(true);
  expect(/class="trade exit long" d="M[\d.]+ [\d.]+l5\.2 -9h/.test(svg)).toBe(true);
});

test("titles are escaped, and every number in the picture is a number", () => {
  const svg = timeChart(figure, whole, chartTools);
  expect(svg).toContain("A &lt;b&gt; &amp; co, 1 h per candle");
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test("the strip is full where the symbol was held and empty elsewhere", () => {
  const svg = timeChart({ ...figure, panels: [strip] }, { ...whole, width: 54 + 8 + 100 }, chartTools);
  // 100 columns: long from 10 to 20 upwards from the middle, short from 50 to 70 downwards.
  expect(svg).toContain('class="held long" d="M0 15H10V0H20V15H100V15Z"');
  expect(svg).toContain('class="held short" d="M0 15H50V30H70V15H100V15Z"');
});

test("a panel without values, a flat one and one of a single value are drawn without nonsense", () => {
  const line = (timeS: number[], value: number[]) => ({
    name: "x",
    look: "strategy" as const,
    isFilled: false,
    isStepped: false,
    timeS,
    value,
  });
  for (const lines of [
    [],
    [line([], [])],
    [line([0, 360_000], [5, 5])],
    [line([7200], [1])],
    [line([0, 9], [0, 0])],
  ]) {
    for (const isLog of [false, true]) {
      const panel: TimePanel = { title: "x", height: 100, unit: "money", isLog: false, lines };
      const svg = timeChart({ ...figure, panels: [panel] }, { ...whole, isLog }, chartTools);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  }
});

test("notes stand inside the picture even at its edges", () => {
  const panel: TimePanel = {
    title: "falls",
    height: 100,
    unit: "percent",
    isLog: false,
    lines: [
      { name: "d", look: "fall", isFilled: true, isStepped: false, timeS: [0, 360_000], value: [0, -0.5] },
    ],
    notes: [{ timeS: 360_000, value: -0.5, text: "1" }],
  };
  const svg = timeChart({ ...figure, panels: [panel] }, whole, chartTools);
  const [, across] = /class="note" transform="translate\(([\d.]+)/.exec(svg)!;
  expect(Number(across)).toBeLessThanOrEqual(800 - 70 - 8 - 10);
});

test("a figure is as high as its panels and its axis", () => {
  expect(timeChartHeight(figure)).toBe(200 + 34 + 30 + 34 + 12);
});

test("what lies in sample is shaded in every panel, also when a person zooms, and the first one says so", () => {
  const shaded = { ...figure, sampleToS: figure.fromS + (figure.toS - figure.fromS) / 4 };
  const whole = timeChart(
    shaded,
    { fromS: figure.fromS, toS: figure.toS, width: 1000, isLog: false },
    chartTools,
  );
  const plot = 1000 - leftOf(1000) - 8;
  expect(whole.match(/<rect class="sample"/g)).toHaveLength(figure.panels.length);
  expect(whole).toContain(`<rect class="sample" width="${Math.round((plot / 4) * 10) / 10}"`);
  expect(whole.match(/shaded: in sample/g)).toHaveLength(1);
  // Zoomed into the first eighth everything is in sample, into the last half nothing.
  const view = (fromShare: number, toShare: number) => ({
    fromS: figure.fromS + (figure.toS - figure.fromS) * fromShare,
    toS: figure.fromS + (figure.toS - figure.fromS) * toShare,
    width: 1000,
    isLog: false,
  });
  expect(timeChart(shaded, view(0, 1 / 8), chartTools)).toContain(`<rect class="sample" width="${plot}"`);
  expect(timeChart(shaded, view(0.5, 1), chartTools)).not.toContain("sample");
  expect(timeChart(figure, view(0, 1), chartTools)).not.toContain("sample");
});
