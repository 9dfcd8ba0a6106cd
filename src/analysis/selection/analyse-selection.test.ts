import { expect, test } from "vitest";
import { metaRun } from "../../../test/meta-run.ts";
import { reportRun } from "../../../test/report-run.ts";
import { analyseSelection } from "./analyse-selection.ts";

const { input } = metaRun();
const analysis = analyseSelection(input)!;
const many = metaRun({ data: "synthetic:bars=1500,symbols=3", config: { account: { cash: 1e6 } } }).input;

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

test("a run of one strategy has no choice to speak of", () => {
  expect(analyseSelection(reportRun())).toBeNull();
});

test("what everybody made in the regimes adds up to what everybody returned", () => {
  for (const run of [input, many]) {
    const { contestants } = analyseSelection(run)!;
    const kinds = contestants.map(({ kind }) => kind);
    expect(kinds).toEqual(["choice", "alone", "alone", "alone", "equal-weight", "hold"]);
    for (const { name, byRegime, totalReturn } of contestants)
      if (byRegime !== null) expect(sumOf(byRegime), name).toBeCloseTo(totalReturn!, 9);
  }
  // Nobody kept what buy & hold made of each of several symbols.
  expect(analyseSelection(many)!.contestants.at(-1)!.byRegime).toBeNull();
  expect(analysis.contestants.at(-1)!.byRegime).not.toBeNull();
});

test("what was made under the strategies adds up to what the account made since the first choice", () => {
  for (const run of [input, many]) {
    const { turns, decisions, contestants } = analyseSelection(run)!;
    const { startEquity, finalEquity } = run.metrics;
    const beforeChoice = contestants[0]!.byRegime!.at(-1)! * startEquity;
    expect(sumOf(turns.map(({ profit }) => profit)) + beforeChoice).toBeCloseTo(finalEquity - startEquity, 5);
    expect(sumOf(turns.map(({ bars }) => bars))).toBe(decisions);
    expect(sumOf(turns.map(({ share }) => share))).toBeCloseTo(1, 12);
  }
});

test("regret is taken against the best strategy alone, equal shares and buy & hold", () => {
  const [own, ...others] = analysis.contestants;
  const alone = others.filter(({ kind }) => kind === "alone");
  const best = Math.max(...alone.map(({ totalReturn }) => totalReturn!));
  const { regrets } = analysis;
  expect(regrets.map(({ name }) => name).slice(1)).toEqual(["equal shares", "buy & hold"]);
  expect(regrets[0]!.totalReturn).toBe(best);
  for (const { totalReturn, regret } of regrets) expect(regret).toBe(totalReturn! - own!.totalReturn!);
});

test("every change is listed with its reason, and all of them cost no more than all orders", () => {
  const { symbols } = analysis.selection;
  expect(analysis.switches.length).toBe(symbols[0]!.log.switches.length);
  expect(analysis.switches.length).toBeGreaterThan(3);
  for (const { reason } of analysis.switches) expect(reason).not.toBe("");
  expect(analysis.switchCost).toBeGreaterThan(0);
  expect(analysis.switchCost).toBeLessThanOrEqual(analysis.contestants[0]!.costs!);
});

test("the same run gives the same intervals", () => {
  const again = analyseSelection({ ...input })!;
  expect(again.contestants).toEqual(analysis.contestants);
  expect(analysis.contestants.filter(({ sharpeInterval }) => sharpeInterval !== null).length).toBeGreaterThan(
    4,
  );
});
