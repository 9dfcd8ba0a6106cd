import { expect, test } from "vitest";
import { reportRun } from "../../../../test/report-run.ts";
import { costsPaid } from "../headline.ts";
import { accountPaths } from "./account-paths.ts";

const runs = {
  "one symbol": reportRun(),
  "long and short on margin": reportRun({
    config: { account: { kind: "margin" } },
    params: { fast: 5, slow: 20, short: true },
  }),
  "many symbols": reportRun({ market: { symbols: 5, bars: 600 }, config: { account: { cash: 1e6 } } }),
};

for (const [name, input] of Object.entries(runs)) {
  const paths = accountPaths(input);

  test(`costs add up to what the account paid: ${name}`, () => {
    expect(costsPaid(input.metrics)).toBeGreaterThan(0);
    expect(paths.costs.at(-1)! / costsPaid(input.metrics)).toBeCloseTo(1, 9);
    for (let row = 1; row < paths.costs.length; row++)
      expect(paths.costs[row]! - paths.costs[row - 1]!).toBeGreaterThanOrEqual(0);
  });

  test(`exposure is there on as many slices as the account says: ${name}`, () => {
    const exposed = paths.exposure.filter((each) => each > 0).length;
    expect(exposed / input.log.length).toBeCloseTo(input.metrics.exposure!, 12);
  });

  test(`every closed trade is a stretch of holding: ${name}`, () => {
    for (const { instrument, entryTimeMs, exitTimeMs, side } of input.trades) {
      const found = paths.held[instrument]!.some(
        (span) =>
          span.fromMs === entryTimeMs && span.toMs === exitTimeMs && span.side === (side === "long" ? 1 : -1),
      );
      expect(found).toBe(true);
    }
    const spans = paths.held.reduce((sum, each) => sum + each.length, 0);
    expect(spans).toBe(input.trades.length + paths.openAtEnd.length);
  });
}
