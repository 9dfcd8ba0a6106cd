import { expect, test } from "vitest";
import { atCloses, tradeLines, volumeMarks } from "./price-marks.ts";
import { visibleCandles } from "./thinning.ts";
import type { TradeMarks } from "./time-figure.ts";

const candles = {
  spanS: 60,
  closeS: [60, 120, 180, 240],
  open: [1, 1, 1, 1],
  high: [1, 1, 1, 1],
  low: [1, 1, 1, 1],
  close: [1, 1, 1, 1],
  volume: [10, 0, 40, 20],
};
const trades: TradeMarks = {
  entryS: [60, 180],
  exitS: [120, 240],
  entryPrice: [10, 20],
  exitPrice: [20, 10],
  side: [1, 1],
  pnl: [5, -5],
  returnFraction: [1, -0.5],
  entryReason: [0, 0],
  exitReason: [0, 0],
  reasons: [""],
};
const view = { fromS: 0, toS: 240 };

test("volume stands on the ground, the largest a fifth of the pane high; a source without volume has none", () => {
  const path = volumeMarks(candles, (timeS) => timeS, 100);
  // 40 of 40 reaches from 100 to 80; 10 of 40 to 95.
  expect(path).toContain("100V95H");
  expect(path).toContain("100V80H");
  expect(volumeMarks({ ...candles, volume: [0, 0, 0, 0] }, (timeS) => timeS, 100)).toBe("");
});

test("grouped candles carry the volume of all their bars", () => {
  expect(visibleCandles({ ...candles, closeS: [60, 120, 180, 240] }, 0, 240, 1).volume).toEqual([70]);
});

test("each trade is a line from where it entered to where it left, won and lost apart, with its result", () => {
  const svg = tradeLines(
    trades,
    60,
    view,
    (timeS) => timeS * 3,
    (price) => 100 - price,
  );
  expect(svg).toContain('<path class="way won" d="M90 90L270 80"/>');
  expect(svg).toContain('<path class="way lost" d="M450 80L630 90"/>');
  expect(svg).toContain(">+100.00 %<");
  expect(svg).toContain(">\u221250.00 %<");
});

test("results that would overlap, and those of trades too short for words, are left out", () => {
  const near = { ...trades, entryS: [60, 61], exitS: [120, 121] };
  const svg = tradeLines(
    near,
    60,
    view,
    (timeS) => timeS * 3,
    (price) => price,
  );
  expect(svg.match(/<text/g)!.length).toBe(1);
  expect(
    tradeLines(
      trades,
      60,
      view,
      (timeS) => timeS / 10,
      (price) => price,
    ),
  ).not.toContain("<text");
});

test("over grouped candles a curve shows what was known at their closes", () => {
  const line = { timeS: [60, 120, 180, 240], value: [1, 2, 3, 4] };
  expect(atCloses(line, [30, 120, 250])).toEqual({ timeS: [120, 250], value: [2, 4] });
});
