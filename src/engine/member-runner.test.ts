import { expect, test } from "vitest";
import { sma } from "../indicators/sma.ts";
import { portfolioStrategy } from "../ports/portfolio-strategy.ts";
import { dailyBars, runTogether } from "../../test/portfolio-harness.ts";

test("a member that is asked again about its last bar says the same, and of an earlier one whether it was warm", () => {
  const holder = portfolioStrategy({
    name: "holder",
    summary: "Half of the money, stated at every close.",
    params: {},
    schedule: "bar",
    setup: ({ bars }) => ({ mean: sma(bars.close, 3) }),
    onRebalance: ({ members, target }) => members.forEach((symbol) => target(symbol, 0.5, "half")),
  });
  const { session } = runTogether(holder, [dailyBars("AAA", [100, 101, 102, 103, 104])]);
  const runner = session.pipeline.runners[0]!;
  for (let k = 0; k < 2; k++)
    expect([runner.decide(4, 0), runner.signal?.weight, runner.signal?.reason]).toEqual([
      "signal",
      0.5,
      "half",
    ]);
  // Three closes make the first mean, in row 2, and the second is decided on. Nobody knows any more what was wanted there.
  expect([runner.decide(2, 0), runner.signal]).toEqual(["warming up", null]);
  expect([runner.decide(3, 0), runner.signal]).toEqual(["silent", null]);
});
