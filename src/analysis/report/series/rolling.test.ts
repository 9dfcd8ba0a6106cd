import { expect, test } from "vitest";
import { sharpe, volatility } from "../../metrics/sharpe.ts";
import { rollingDays, rollingRisk } from "./rolling.ts";

const returns = Float64Array.from({ length: 200 }, (_, k) => Math.sin(k * 1.7) / 50 + 0.001);
const daily = { days: Int32Array.from(returns, (_, k) => 19_000 + k), equity: returns, returns };

test("each point is the metric over its window and no later day", () => {
  const points = rollingRisk(daily, 63, 252, 0);
  expect(points.length).toBe(200 - 62);
  expect(points[0]!.day).toBe(19_062);
  expect(points[0]!.sharpe).toBe(sharpe(returns.slice(0, 63), 252));
  expect(points.at(-1)!.volatility).toBe(volatility(returns.slice(-63), 252));
});

test("a run shorter than two windows has no rolling numbers", () => {
  expect(rollingRisk({ ...daily, returns: returns.slice(0, 125) }, 63, 252, 0)).toEqual([]);
});

test("a window is a quarter of a year", () => {
  expect([rollingDays(252), rollingDays(365)]).toEqual([63, 91]);
});

test("an account that moves half as much as what it is compared with has a beta of a half in every window", () => {
  const held = Float64Array.from({ length: 40 }, (_, k) => Math.sin(k) / 50);
  const days = Int32Array.from(held, (_, k) => k);
  const points = rollingRisk({ days, returns: held.map((each) => each / 2) }, 10, 365, 0, held);
  expect(points.length).toBe(31);
  for (const { beta } of points) expect(beta).toBeCloseTo(0.5, 12);
  expect(rollingRisk({ days, returns: held }, 10, 365, 0)[0]!.beta).toBe(null);
  expect(rollingRisk({ days, returns: held }, 10, 365, 0, new Float64Array(40))[0]!.beta).toBe(null);
});
