import { dayMs } from "../base/time.ts";
import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";

const calendarPhaseIndicator = indicator({
  name: "calendar-phase",
  summary:
    "Where a time lies in a cycle that repeats: a point on a circle, so that its end is next to its beginning.",
  formula: "angle = 2 pi * ((time - start) mod period) / period; sine = sin(angle), cosine = cos(angle)",
  source: "Bishop, Pattern Recognition and Machine Learning (2006), ch. 2.3.8, periodic variables",
  inputs: ["time"],
  outputs: ["sine", "cosine"],
  params: {
    periodMs: int(dayMs, { min: 1, max: 400 * dayMs }, "length of the cycle, milliseconds"),
    startMs: int(0, { min: 0, max: 400 * dayMs }, "a time at which it begins, UTC milliseconds"),
  },
  warmup: () => 0,
  create({ periodMs, startMs }, out) {
    return (timeMs) => {
      const since = (((timeMs - startMs) % periodMs) + periodMs) % periodMs;
      const angle = (2 * Math.PI * since) / periodMs;
      out[1] = Math.cos(angle);
      return Math.sin(angle);
    };
  },
});

/** A point on the circle of a cycle of `periodMs` that begins at `startMs`; both parts are -1 to 1. */
function calendarPhase(time: Expr, periodMs: number, startMs = 0): { sine: Expr; cosine: Expr } {
  const output = (index: number): Expr => apply(calendarPhaseIndicator, [time], { periodMs, startMs }, index);
  return { sine: output(0), cosine: output(1) };
}

/** The UTC day, from midnight. */
export function timeOfDay(time: Expr): { sine: Expr; cosine: Expr } {
  return calendarPhase(time, dayMs);
}

/** The UTC week, from Monday: 1970-01-05 was one. */
export function timeOfWeek(time: Expr): { sine: Expr; cosine: Expr } {
  return calendarPhase(time, 7 * dayMs, 4 * dayMs);
}

/** The year, from the first of January of 1970 on by the mean Gregorian year: right to within two days. */
export function timeOfYear(time: Expr): { sine: Expr; cosine: Expr } {
  return calendarPhase(time, 365.2425 * dayMs);
}
