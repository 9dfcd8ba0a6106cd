import { expect, test } from "vitest";
import { hours, plainAccount } from "../../test/scripted-run.ts";
import { runBacktest } from "../app/runs/run-backtest.ts";
import { runConfigSchema } from "../app/config/run-config.ts";
import { hourMs } from "../base/time.ts";
import type { Expr } from "../domain/expression.ts";
import { minus } from "../indicators/minus.ts";
import { strategy, type AnyStrategy } from "../ports/strategy.ts";

/** Closes of bars on which an alarm rings, which is where they differ from 100. */
const rung = [3, 4, 90, 200];
const closes = Array.from({ length: 200 }, (_, k) => (rung.includes(k + 1) ? 101 : 100));

/** A strategy that sleeps by a series, and notes the hours at which it is asked. */
function sleeper(asked: number[], alarm: (close: Expr, daily: Expr) => Expr, wanted: readonly number[] = []) {
  return strategy({
    name: "sleeper",
    summary: "For this test.",
    params: {},
    wakeOn: "alarm",
    setup: ({ bars, tf }) => ({ alarm: alarm(bars.close, tf("1d").close) }),
    onBar({ timeMs, target, position }) {
      const hour = timeMs / hourMs;
      asked.push(hour);
      if (wanted.includes(hour)) target(position.quantity === 0 ? 1 : 0, "awake");
    },
  });
}

function run(subject: AnyStrategy) {
  return runBacktest({
    bars: [hours(closes)],
    strategy: subject,
    params: {},
    config: runConfigSchema.parse(plainAccount),
  });
}

test("a strategy that sleeps is asked where its alarm rings, and on no other bar", () => {
  const asked: number[] = [];
  const { session } = run(sleeper(asked, (close) => minus(close, 100)));
  expect(asked).toEqual(rung);
  expect([session.recorder.silent, session.recorder.warmingUp]).toEqual([200, 0]);
});

test("what it wants then is done, whether it sleeps through many bars or none", () => {
  const asked: number[] = [];
  const { portfolio } = run(sleeper(asked, (close) => minus(close, 100), [3, 90])).session;
  expect(asked).toEqual(rung);
  expect(
    portfolio.trades.closed.map(({ entryTimeMs, exitTimeMs }) => [entryTimeMs / hourMs, exitTimeMs / hourMs]),
  ).toEqual([[4, 91]]);
});

test("an alarm of longer bars rings on every bar that sees it, and one that is missing does not", () => {
  const asked: number[] = [];
  // Days close with the hours 24, 48 and so on; the closes of the hours 1 to 23 are of no day that is known.
  run(sleeper(asked, (_close, daily) => minus(daily, 100)));
  expect(asked).toEqual([]);
  run(sleeper(asked, (_close, daily) => minus(daily, 99)));
  expect(asked[0]).toBe(24);
  expect(asked).toHaveLength(200 - 23);
});

test("a promise is refused on whichever bar it comes, a quiet one as well", () => {
  for (const hour of [2, 150]) {
    const later = strategy({
      name: "later",
      summary: "For this test.",
      params: {},
      setup: ({ bars }) => ({ close: bars.close }),
      onBar: (({ timeMs }: { timeMs: number }) =>
        timeMs === hour * hourMs ? Promise.resolve() : undefined) as never,
    });
    expect(() => run(later)).toThrow("STRATEGY_ASYNC");
  }
});
