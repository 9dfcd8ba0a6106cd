import { expect, test } from "vitest";
import { candidate, contextOf, selectorOf } from "../../test/selection-context.ts";

const good = candidate("good", 0.001);
const better = candidate("better", 0.002);

test("whoever did best lately trades, whatever the regime", () => {
  const selector = selectorOf("best-recent");
  for (const label of ["trend-up", "sideways", "unknown"] as const)
    expect(selector.select(contextOf([good, better], label, -1))).toMatchObject({
      action: "switch",
      strategy: 1,
      runnerUp: 0,
      share: 1,
      blend: null,
    });
  expect(selector.select(contextOf([good, better], "sideways", 1))).toMatchObject({
    action: "hold",
    strategy: 1,
  });
});

test("only what was earned lately counts", () => {
  const once = { ...better, recent: candidate("", -0.001).recent };
  expect(selectorOf("best-recent").select(contextOf([good, once], "sideways", -1)).strategy).toBe(0);
});

test("a choice stands for the hold time, unless it is demoted", () => {
  const selector = selectorOf("best-recent", { holdBarsMin: 50 });
  const at = (barsSinceSwitch: number, demotion: string | null = null) =>
    selector.select(contextOf([{ ...good, demotion }, better], "sideways", 0, { barsSinceSwitch })).strategy;
  expect([at(49), at(50), at(3, "fallen")]).toEqual([0, 1, 1]);
});

test("nobody is chosen who is demoted, not ready, or has no Sharpe ratio; and when nobody is left, nothing is held", () => {
  const out = [
    { ...better, demotion: "fallen" },
    { ...better, isReady: false },
    candidate("still", Number.NaN),
  ];
  expect(selectorOf("best-recent").select(contextOf([...out, good], "sideways", 0)).strategy).toBe(3);
  const none = selectorOf("best-recent").select(contextOf(out, "sideways", 0));
  expect(none).toMatchObject({ action: "exit", strategy: -1, runnerUp: -1 });
  expect(none.reason).not.toBe("");
  expect([...none.scores].every(Number.isNaN)).toBe(true);
});

test("of equals the first is chosen", () => {
  expect(selectorOf("best-recent").select(contextOf([good, good], "sideways", -1)).strategy).toBe(0);
});
