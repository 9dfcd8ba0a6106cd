import { expect, test } from "vitest";
import { hours, plainAccount, runScript } from "../../test/scripted-run.ts";
import { runBacktest } from "../app/runs/run-backtest.ts";
import { runConfigSchema } from "../app/config/run-config.ts";
import { strategy } from "../ports/strategy.ts";

test("a series can be read back to its first bar, and before it there is nothing", () => {
  const seen: number[][] = [];
  const reader = strategy({
    name: "reader",
    summary: "For this test.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar: ({ series: { close } }) => void seen.push([close.ago(0), close.prev, close.ago(2), close.ago(3)]),
  });
  const config = runConfigSchema.parse(plainAccount);
  runBacktest({ bars: [hours([101, 102, 103, 104])], strategy: reader, params: {}, config });
  expect(seen.at(-1)).toEqual([104, 103, 102, 101]);
  expect(seen.at(-2)).toEqual([103, 102, 101, Number.NaN]);
  expect(seen.at(-3)).toEqual([102, 101, Number.NaN, Number.NaN]);
});

test.each([
  ["is compared whole", "no number", (close: never) => close > 100],
  ["is reckoned with", "no number", (close: never) => close * 2],
  ["is read like an array", "no array", (close: never) => close[0]],
])("a series that %s says how it is read, instead of being false for ever", (_, said, misuse) => {
  const reader = strategy({
    name: "reader",
    summary: "For this test.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar: ({ series, target }) => target(misuse(series.close as never) === true ? 1 : 0, "high"),
  });
  const config = runConfigSchema.parse(plainAccount);
  const run = () => runBacktest({ bars: [hours([101, 102, 103])], strategy: reader, params: {}, config });
  expect(run).toThrow(new RegExp(`reader failed on .*a series is ${said}: .*\\.now`));
});

test("a position that nobody looks at is called when its account cannot carry it any more", () => {
  const closes = [100, 100, ...Array.from({ length: 40 }, (_, k) => 99 - k)];
  const { trades, ledger } = runScript({ 1: [3] }, closes).portfolio;
  expect(ledger.held).toEqual([]);
  expect(trades.closed.map(({ side, exitReason }) => [side, exitReason])).toEqual([
    ["long", expect.stringContaining("margin")],
  ]);
  // Three times the money at 100, lost before the price has fallen by a third.
  expect(trades.closed[0]!.exitPrice).toBeGreaterThan(66);
});
