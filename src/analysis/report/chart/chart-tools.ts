import { laneLetters, laneMarks, shareMarks } from "./band-marks.ts";
import { atCloses, tradeLines, volumeMarks } from "./price-marks.ts";
import { minMax, visibleCandles } from "./thinning.ts";
import { logTicks, niceTicks, tickText, timeTicks } from "./ticks.ts";

/** What drawing needs beside itself: handed over, because in the page there are no imports. */
export const chartTools = {
  minMax,
  visibleCandles,
  logTicks,
  niceTicks,
  tickText,
  timeTicks,
  atCloses,
  tradeLines,
  volumeMarks,
  laneLetters,
  laneMarks,
  shareMarks,
};

/** The tools by name. */
export type ChartTools = typeof chartTools;
