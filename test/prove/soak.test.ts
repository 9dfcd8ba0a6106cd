import { expect, test } from "vitest";
import { runSoak, soakText } from "../system/soak-run.ts";

test("three days of paper trading with faults and a restart leak nothing and decide as the backtest does", async () => {
  const run = await runSoak({ seed: 15, days: 3, symbols: 1 });
  console.log(soakText(run));
  expect(run.broken).toEqual([]);
  expect([run.fills > 40, run.faults > 50, run.restarts]).toEqual([true, true, 1]);
}, 300_000);
