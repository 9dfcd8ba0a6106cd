import { expect, test } from "vitest";
import { portfolioStrategy, type RebalanceContext } from "../ports/portfolio-strategy.ts";
import type { AnyStrategy } from "../ports/strategy.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { unprotected } from "../domain/target.ts";
import { decideTogether } from "./decide-together.ts";
import { emptyDecision } from "./pipeline.ts";
import { dailyBars, runTogether, storyOf } from "../../test/portfolio-harness.ts";

type View = RebalanceContext<{}, { close: never }, undefined>;

/** Decides at every bar from the second day on; `decisions` are told by that day, the others do nothing. */
function deciding(decisions: Readonly<Record<number, (view: View) => void>>, more: object = {}): AnyStrategy {
  let day = 1;
  return portfolioStrategy({
    name: "deciding",
    summary: "For this test.",
    params: {},
    schedule: "bar",
    setup: ({ bars }) => ({ close: bars.close as never }),
    onRebalance(view) {
      day += 1;
      decisions[day]?.(view);
    },
    ...more,
  });
}

const still = (price: number, days = 6) => Array.from({ length: days }, () => price);
/** What was filled, and what the venue took off because the account did not carry it. */
const fills = (...run: Parameters<typeof runTogether>): readonly string[] =>
  storyOf(runTogether(...run), ["fill", "canceled"]).map((line) => line.slice("2024-01-".length));

test("what nobody names keeps its part of the account, long or short", () => {
  for (const side of [1, -1]) {
    const subject = deciding({
      2: ({ target }) => target("AAA", side * 0.6, "first"),
      3: ({ target }) => target("BBB", 0.8, "second"),
    });
    // 10,000 of which 6,000 are in use: 4,000 are left for what is wanted of BBB, at 10.
    const { session } = runTogether(subject, [dailyBars("AAA", still(100)), dailyBars("BBB", still(10))]);
    expect([...session.portfolio.ledger.quantity]).toEqual([side * 60, 400]);
    // It was sized so: no rule had to make it smaller.
    expect([session.recorder.ordersSent, session.recorder.ordersTrimmed]).toEqual([2, 0]);
  }
});

test("a holding that is named does not count twice", () => {
  const subject = deciding({
    2: ({ target }) => target("AAA", 0.6, "first"),
    3: ({ target }) => {
      target("AAA", 0.2, "less");
      target("BBB", 0.8, "more");
    },
  });
  expect(fills(subject, [dailyBars("AAA", still(100)), dailyBars("BBB", still(10))])).toEqual([
    "03 fill AAA 60@100",
    "04 fill AAA -40@100",
    "04 fill BBB 800@10",
  ]);
});

test("what makes a holding smaller is sent before what makes one larger, on either side", () => {
  const subject = deciding({
    2: ({ target }) => {
      target("AAA", 0.1, "long");
      target("BBB", -0.5, "short");
      target("CCC", 0.3, "long");
    },
    3: ({ target }) => {
      target("AAA", 0.5, "longer");
      target("BBB", -0.1, "less short");
      target("CCC", 0.1, "less long");
    },
  });
  const bars = ["AAA", "BBB", "CCC"].map((symbol) => dailyBars(symbol, still(100)));
  expect(fills(subject, bars).slice(3)).toEqual([
    "04 fill BBB 40@100",
    "04 fill CCC -20@100",
    "04 fill AAA 40@100",
  ]);
});

test("an entry that waits for its price is sized at that price", () => {
  const subject = deciding({
    2: ({ target }) => target("AAA", 1, { reason: "cheap", entry: { kind: "limit", price: 50 } }),
  });
  expect(fills(subject, [dailyBars("AAA", [100, 100, 100, 40, 40, 40])])).toEqual(["04 fill AAA 200@50"]);
});

test("a contract of several units counts with all of them, and its smallest order as well", () => {
  const config = {
    instruments: { "*": { lotSize: 1, calendar: "24/7", contractMultiplier: 10, notionalMin: 2_000 } },
  };
  const wanting = (weight: number): AnyStrategy =>
    deciding({ 2: ({ target }) => target("AAA", weight, "some") });
  // A unit of 100 is worth 1,000.
  expect(fills(wanting(0.5), [dailyBars("AAA", still(100))], config)).toEqual(["03 fill AAA 5@100"]);
  expect(fills(wanting(0.2), [dailyBars("AAA", still(100))], config)).toEqual(["03 fill AAA 2@100"]);
  expect(fills(wanting(0.19), [dailyBars("AAA", still(100))], config)).toEqual([]);
});

test("costs of the way there are set aside", () => {
  const costs = {
    commission: { use: "rate", rate: 0.01 },
    slippage: { use: "fixed", rate: 0.01 },
    borrowRate: 0,
  };
  const subject = deciding({ 2: ({ target }) => target("AAA", 1, "all") });
  const [line] = fills(subject, [dailyBars("AAA", still(10))], { costs });
  // 10,000 / (1 + 0.02) are 9,803.9 at 10; slippage is in the price.
  expect(line).toBe("03 fill AAA 980@10.1");
});

test("bars are told apart by what was made of them: warming up, silent, or a signal", () => {
  const subject = deciding({ 3: ({ target }) => target("AAA", 0.5, "one of two") });
  const bars = [dailyBars("AAA", still(10)), dailyBars("BBB", [Number.NaN, Number.NaN, ...still(10, 4)])];
  const { recorder } = runTogether(subject, bars).session;
  // AAA warms up on day 1 and BBB on day 3: of the eight other bars one spoke.
  expect([recorder.warmingUp, recorder.silent, recorder.signals]).toEqual([2, 7, 1]);
});

test("why a symbol got less than was asked for is counted", () => {
  const subject = deciding({
    2: ({ target }) => target("AAA", 0.005, "small"),
    3: ({ target }) => target("AAA", 0.005, "small"),
    4: ({ target }) => target("BBB", 0.5, "enough"),
  });
  const { session } = runTogether(subject, [dailyBars("AAA", still(100)), dailyBars("BBB", still(100))]);
  expect([...session.pipeline.together!.refusals]).toEqual([
    ["portfolio: one lot is dearer than its share", 2],
  ]);
});

test("what the model does not agree to enter is not held, and that is counted; the others stay as they are", () => {
  const bars = ["AAA", "BBB"].map((symbol) => dailyBars(symbol, still(100)));
  const { pipeline, portfolio } = runTogether(deciding({}), bars).session;
  const signals = [0, 1].map((index) => ({
    instrument: index as InstrumentIndex,
    weight: 0.4,
    reason: "both",
    entry: { kind: "market" as const },
    protection: unprotected,
  }));
  const asked: unknown[] = [];
  const part = {
    ...pipeline.together!,
    runner: { decide: () => signals, warmingUp: 0 } as never,
    mayEnter: (...question: readonly number[]) => asked.push(question) === 2,
  };
  const decision = emptyDecision();
  const instruments = Int32Array.of(0, 1);
  const slice = { timeMs: 0, count: 2, instruments, rows: Int32Array.of(5, 5) };
  decideTogether(pipeline, part, slice, portfolio, decision);
  expect(decision.targets.map(({ instrument, quantity }) => [instrument, quantity])).toEqual([
    [0, 0],
    [1, 40],
  ]);
  expect(asked).toEqual([
    [0, 0.4, 0],
    [1, 0.4, 0],
  ]);
  expect([...part.refusals]).toEqual([["predictionFilter: the model does not agree", 1]]);
});

test("members are ranked by a series, equal ones in their order, and those without a value not at all", () => {
  const seen: string[][] = [];
  const subject = deciding({
    2: ({ rank }) => void seen.push([...rank("close")], [...rank("close", "lowest")]),
  });
  runTogether(subject, [
    dailyBars("AAA", still(5)),
    dailyBars("BBB", still(9)),
    dailyBars("CCC", still(5)),
    dailyBars("DDD", still(7)),
  ]);
  expect(seen).toEqual([
    ["BBB", "DDD", "AAA", "CCC"],
    ["AAA", "CCC", "DDD", "BBB"],
  ]);
});

test("what is held and not spoken of is closed when that is asked for, and what was spoken of is not", () => {
  const subject = deciding({
    2: ({ target }) => {
      for (const symbol of ["AAA", "BBB", "CCC"]) target(symbol, 0.3, "all");
    },
    3: ({ target, closeOthers, held }) => {
      expect(held).toEqual(["AAA", "BBB", "CCC"]);
      target("BBB", 0.3, "stays");
      closeOthers("out");
    },
    4: ({ held, weight, position, equity, cash, openPositionsMax }) => {
      expect(held).toEqual(["BBB"]);
      expect([weight("AAA"), weight("BBB"), position("BBB").quantity]).toEqual([0, 0.3, 30]);
      expect([equity, cash, openPositionsMax]).toEqual([10_000, 7_000, Infinity]);
    },
  });
  const bars = ["AAA", "BBB", "CCC"].map((symbol) => dailyBars(symbol, still(100)));
  expect(fills(subject, bars).slice(3)).toEqual(["04 fill AAA -30@100", "04 fill CCC -30@100"]);
});

test("what is no member can be neither read nor bought, and may be let go of", () => {
  const bars = [dailyBars("AAA", still(10)), dailyBars("LATE", [...still(Number.NaN, 4), 10, 10])];
  const run = (decide: (view: View) => void) => () => runTogether(deciding({ 2: decide }), bars);
  expect(run(({ series }) => void series("LATE"))).toThrow("STRATEGY_NOT_A_MEMBER");
  expect(run(({ target }) => target("LATE", 0.1, "early"))).toThrow("STRATEGY_NOT_A_MEMBER");
  expect(run(({ target }) => target("LATE", 0, "none"))).not.toThrow();
  expect(run(({ target }) => target("NOBODY", 0, "none"))).toThrow("SYMBOL_UNKNOWN");
});

test("a portfolio that fails or answers later stops the run and says so", () => {
  const run = (onRebalance: () => unknown) => () =>
    runTogether(deciding({}, { onRebalance }), [dailyBars("AAA", still(10))]);
  expect(
    run(() => {
      throw new Error("no idea");
    }),
  ).toThrow("failed on its portfolio");
  expect(run(() => Promise.resolve())).toThrow("STRATEGY_ASYNC");
});

test("what models may look at ends with the last bar of each symbol, whoever else had one", () => {
  const bars = [dailyBars("AAA", still(10, 3)), dailyBars("BBB", still(10, 6))];
  const { seenBars } = runTogether(deciding({}), bars).session.pipeline;
  expect(seenBars.map(({ length }) => length)).toEqual([3, 6]);
});
