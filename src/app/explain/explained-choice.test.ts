import { expect, test } from "vitest";
import { metaRun, testMeta } from "../../../test/meta-run.ts";
import { explanationText } from "../../cli/output/explanation-text.ts";
import { regimeLabels } from "../../domain/regime.ts";
import { strategyNamed } from "../plugins/registry.ts";
import { explainRun } from "./explain-run.ts";

const { input, result } = metaRun({ data: "synthetic:bars=1500" });
const { log } = input.selection!.symbols[0]!;
const names = input.selection!.strategies;

function explain(timeMs: number, setup = result.setup) {
  return explainRun(setup, { symbol: undefined, timeMs });
}

test("on any bar the explanation has the regime and the strategy of the run itself", () => {
  for (let row = 100; row < log.length; row += 271) {
    const { regime, chosen, candidates } = explain(log.timeMs[row]!).choice!;
    expect(regime.label).toBe(regimeLabels[log.label[row]!]);
    expect(regimeLabels.map((label) => Math.fround(regime.posterior[label]))).toEqual([
      ...log.posterior.subarray(row * 5, row * 5 + 5),
    ]);
    expect(chosen).toBe(names[log.strategy[row]!] ?? null);
    expect(candidates.map(({ name }) => name)).toEqual(names);
  }
});

test("on a bar of change it tells who, why, who was next, and what the regime expects", () => {
  const change = log.switches.find(({ to, runnerUp }) => to >= 0 && runnerUp >= 0)!;
  const explained = explain(change.timeMs);
  expect(explained.choice).toMatchObject({
    action: "switch",
    chosen: names[change.to],
    runnerUp: names[change.runnerUp],
    reason: change.reason,
  });
  const chosen = explained.choice!.candidates[change.to]!;
  expect(chosen).toMatchObject({ isReady: true, demotion: null, score: change.score });
  expect(JSON.parse(JSON.stringify(explained.choice))).toEqual(explained.choice);
  const text = explanationText("run-1", explained);
  expect(text).toMatch(/\d regime {3}[\w-]+, for \d+ bars now/);
  expect(text).toContain(`choice   switch: ${names[change.to]!}`);
  expect(text).toContain(`because: ${change.reason}; next best ${names[change.runnerUp]!}`);
  expect(text).not.toContain("the strategy's rule");
});

test("whoever is demoted is shown with the reason and without a score", () => {
  const long = metaRun({ data: "synthetic:bars=9000" });
  const { demotions } = long.input.selection!.symbols[0]!;
  const { fromMs, strategy, reason } = demotions[0]!;
  const explained = explain(fromMs, long.result.setup);
  expect(explained.choice!.candidates[strategy]).toMatchObject({ demotion: reason, score: null });
  expect(explanationText("run-1", explained)).toContain(`demoted: ${reason}`);
});

test("while everybody warms up nobody is chosen, and equal shares say their shares", () => {
  const first = explain(result.ground.bars[0]!.closeTimeMs[3]!).choice!;
  expect(first).toMatchObject({ action: "none yet", chosen: null, regime: { label: "unknown" } });
  const shared = testMeta({ selector: { use: "equal-weight" } });
  const { choice } = explain(log.timeMs[1000]!, { ...result.setup, strategy: shared });
  for (const { blendShare } of choice!.candidates) expect(blendShare).toBeCloseTo(1 / 3, 12);
});

test("a strategy that trades alone has no choice to explain", () => {
  const setup = { ...result.setup, strategy: strategyNamed("sma-cross") };
  expect(explain(log.timeMs[500]!, setup).choice).toBeNull();
});
