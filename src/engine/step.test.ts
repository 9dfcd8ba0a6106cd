import { expect, test } from "vitest";
import { hourMs } from "../base/time.ts";
import { buildSession, layGround } from "../app/session/build-session.ts";
import { runThrough } from "../app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../app/config/run-config.ts";
import { BarTable } from "../domain/bar-table.ts";
import type { Bars } from "../domain/bars.ts";
import type { Followers } from "./session.ts";
import { lag } from "../indicators/lag.ts";
import { sma, smaIndicator } from "../indicators/sma.ts";
import { apply } from "../domain/expression.ts";
import { strategy, type AnyStrategy, type TargetOptions } from "../ports/strategy.ts";

type Script = Readonly<Record<number, readonly [weight: number, options?: Partial<TargetOptions>]>>;

/** A strategy that states the scripted targets, by bar number from 1. */
function scripted(script: Script): AnyStrategy {
  return strategy({
    name: "scripted",
    summary: "States what the script says.",
    params: {},
    setup: () => ({}),
    onBar({ timeMs, target }) {
      const line = script[timeMs / hourMs];
      if (line !== undefined) target(line[0], { reason: "script", ...line[1] });
    },
  });
}

function hourly(closes: readonly number[], symbol = "TEST"): BarTable {
  const bars = new BarTable(symbol, "1h");
  for (const [k, close] of closes.entries()) {
    const open = k === 0 ? close : closes[k - 1]!;
    bars.append((k + 1) * hourMs, open, Math.max(open, close), Math.min(open, close), close, 1_000);
  }
  return bars;
}

const free: RunConfigInput = {
  account: { kind: "margin", cash: 1_000, leverage: 2 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  instruments: { "*": { lotSize: 1, calendar: "24/7" } },
};

/** Runs and returns what happened as lines `hour kind numbers text`. */
function story(
  subject: AnyStrategy,
  bars: readonly Bars[],
  config: RunConfigInput = free,
): readonly string[] {
  const parsed = runConfigSchema.parse(config);
  const ground = layGround(bars, parsed);
  const session = buildSession({ bars, strategy: subject, params: {}, config: parsed }, ground);
  runThrough(session, ground);
  const { events } = session.recorder.log;
  return Array.from({ length: events.length }, (_, row) => {
    const { timeMs, kind, first, second, text } = events.at(row);
    const numbers =
      kind === "fill" ? ` ${first}@${second}` : kind === "refused" || kind === "signal" ? "" : ` ${first}`;
    return `${timeMs / hourMs} ${kind}${numbers} ${text}`;
  }).filter((line) => !line.includes(" signal "));
}

test("a target decided at a close is filled at the next open, in the quantity that the close buys", () => {
  expect(story(scripted({ 2: [1] }), [hourly([100, 90, 95, 95])])).toEqual([
    "2 order 11 script",
    "3 fill 11@90 taker",
  ]);
});

test("wanting the same again changes nothing, nor does a difference inside the band", () => {
  const subject = scripted({ 1: [1], 2: [1], 3: [0.95], 4: [0.5] });
  expect(
    story(subject, [hourly([100, 100, 100, 100, 100])]).filter((line) => line.includes("order")),
  ).toEqual(["1 order 10 script", "4 order -5 script"]);
});

test("the smallest fee of an order is counted when it is sized, of longs and of shorts", () => {
  const config = {
    ...free,
    costs: { ...free.costs, commission: { use: "rate", rate: 0, minimum: 10 } },
    instruments: { "*": { lotSize: 0.01, calendar: "24/7" } },
  };
  // 1,000 buy ten at 100; 10 of 1,000 are one in a hundred, and a unit takes 101.
  for (const side of [1, -1])
    expect(story(scripted({ 1: [side] }), [hourly([100, 100])], config)[0]).toBe(
      `1 order ${side * 9.9} script`,
    );
});

test("the shadows of a symbol are taken through its bars, each once, and through nobody else's", () => {
  const bars = [hourly([100, 100], "A"), hourly([100, 100, 100], "B")];
  const parsed = runConfigSchema.parse(free);
  const ground = layGround(bars, parsed);
  const asked: number[] = [];
  const followers: Followers = {
    sessionsOf(instrument) {
      asked.push(instrument);
      return [];
    },
    observe: () => {},
    changesAt: () => [],
  };
  const session = buildSession({ bars, strategy: scripted({}), params: {}, config: parsed }, ground);
  runThrough({ ...session, followers }, ground);
  expect(asked).toEqual([0, 1, 0, 1, 1]);
});

test("a reversal is one order for both halves", () => {
  expect(story(scripted({ 1: [1], 2: [-1] }), [hourly([100, 100, 100])])).toEqual([
    "1 order 10 script",
    "2 fill 10@100 taker",
    "2 order -20 script",
    "3 fill -20@100 taker",
  ]);
});

test("a stop travels with the position and leaves with it", () => {
  const subject = scripted({ 1: [1, { stopPrice: 95 }], 3: [0] });
  expect(story(subject, [hourly([100, 100, 100, 100, 90])])).toEqual([
    "1 order 10 script",
    "1 order -10 stop-loss",
    "2 fill 10@100 taker",
    "3 order -10 script",
    "4 fill -10@100 taker",
    "4 canceled 2 no position left to close",
  ]);
});

test("a stop ends the position without asking the strategy", () => {
  expect(story(scripted({ 1: [1, { stopPrice: 95 }] }), [hourly([100, 100, 90, 80])])).toContain(
    "3 fill -10@95 taker",
  );
});

test("a new stop for the same holding replaces the old one", () => {
  const subject = scripted({ 1: [1, { stopPrice: 80 }], 3: [1, { stopPrice: 95 }] });
  const lines = story(subject, [hourly([100, 100, 100, 100, 90])]);
  expect(lines).toContain("3 order -10 stop-loss");
  expect(lines).toContain("5 fill -10@95 taker");
});

test("a refused enlargement leaves the stop where it is", () => {
  const config = { ...free, risk: { rules: [{ use: "order-notional", share: 0.5 }] } };
  const subject = scripted({ 1: [0.5, { stopPrice: 95 }], 2: [1.1] });
  const lines = story(subject, [hourly([100, 100, 100, 70])], config);
  expect(lines).toContain("2 refused order-notional: the order is too large for the equity");
  expect(lines).toContain("4 fill -5@95 taker");
});

test("a stop follows the position when it grows", () => {
  const subject = scripted({ 1: [0.5, { stopPrice: 95 }], 2: [1] });
  expect(story(subject, [hourly([100, 100, 100, 70])])).toContain("4 fill -10@95 taker");
});

test("a stop on the wrong side of the entry protects nothing, so nothing is opened", () => {
  expect(story(scripted({ 1: [1, { stopPrice: 105 }] }), [hourly([100, 100])])).toEqual([
    "1 refused protection: the stop-loss is on the wrong side of the entry",
  ]);
});

test("a price that is not a number stops the run", () => {
  const subject = scripted({ 1: [1, { stopPrice: Number.NaN }] });
  expect(() => story(subject, [hourly([100, 100])])).toThrow(/STRATEGY_BAD_PRICE/);
});

test("what is sold and bought at the same instant is a rotation, and the money is there", () => {
  const script: Record<string, Script> = { A: { 1: [0], 2: [1] }, B: { 1: [1], 2: [0] } };
  const subject = strategy({
    name: "rotation",
    summary: "Moves from B to A.",
    params: {},
    setup: () => ({}),
    onBar({ symbol, timeMs, target }) {
      const line = script[symbol]?.[timeMs / hourMs];
      if (line !== undefined) target(line[0], "script");
    },
  });
  const cash = {
    ...free,
    account: { kind: "cash" as const, cash: 1_000 },
    sizing: { use: "fixed-fraction", fraction: 1 },
  };
  const bars = [hourly([100, 100, 100], "A"), hourly([50, 50, 50], "B")];
  expect(story(subject, bars, cash).slice(-2)).toEqual(["3 fill -20@50 taker", "3 fill 10@100 taker"]);
});

test("a symbol that ends before the others is closed at its own last open", () => {
  const bars = [hourly([100, 100, 110, 120], "A"), hourly([50, 50, 50, 50, 50, 50], "B")];
  const lines = story(scripted({ 1: [1] }), bars, { ...free, execution: { flattenAtEnd: true } });
  expect(lines).toContain("4 fill -5@110 taker");
  expect(lines.at(-1)).toBe("6 fill -10@50 taker");
});

test("a higher timeframe that is not higher is an error and not the same bars again", () => {
  const subject = strategy({
    name: "lower",
    summary: "Asks for minutes of hours.",
    params: {},
    setup: ({ tf }) => ({ close: tf("5m").close }),
    onBar: () => {},
  });
  expect(() => story(subject, [hourly([1, 2])])).toThrow(/TIMEFRAME_NOT_HIGHER/);
});

test("an entry that waits for a price is withdrawn when the strategy changes its mind", () => {
  const subject = scripted({ 1: [1, { entry: { kind: "limit", price: 50 } }], 3: [0] });
  expect(story(subject, [hourly([100, 100, 100, 40])])).toEqual([
    "1 order 20 script",
    "3 canceled 1 canceled on request",
  ]);
});

test("a cash account refuses to be short and says so", () => {
  const cash = { ...free, account: { kind: "cash" as const, cash: 1_000 } };
  expect(story(scripted({ 1: [-1] }), [hourly([100, 100, 100])], cash)).toEqual([
    "1 order -10 script",
    "2 rejected 1 a cash account is long only",
  ]);
});

test("a nonsense weight is refused by the exposure rule and named", () => {
  expect(story(scripted({ 1: [1e9] }), [hourly([100, 100])])).toEqual([
    "1 refused gross-exposure: all positions together would be too large",
  ]);
});

test("when a rule refuses a reversal, its closing half still goes", () => {
  const config = { ...free, risk: { rules: [{ use: "order-notional", share: 1 }] } };
  const lines = story(scripted({ 1: [1], 2: [-1.5] }), [hourly([100, 100, 100])], config);
  expect(lines).toContain("2 order -10 script");
  expect(lines.some((line) => line.startsWith("2 refused order-notional"))).toBe(true);
});

test("an order that fits a limit in part is sent in that part, said, and not asked for again", () => {
  const config = { ...free, risk: { rules: [{ use: "position-limit", limit: 0.6 }] } };
  expect(story(scripted({ 1: [1] }), [hourly([100, 100, 100, 100])], config)).toEqual([
    "1 order 6 script",
    "1 trimmed 1 position-limit: the position would be too large",
    "2 fill 6@100 taker",
  ]);
});

test("what is still open can be closed at the last open", () => {
  const config = { ...free, execution: { flattenAtEnd: true } };
  expect(story(scripted({ 1: [1] }), [hourly([100, 100, 110, 120])], config).at(-1)).toBe(
    "4 fill -10@110 taker",
  );
});

test("symbols share the account evenly unless told otherwise", () => {
  const bars = [hourly([100, 100, 100], "A"), hourly([50, 50, 50], "B")];
  expect(story(scripted({ 1: [1] }), bars)).toEqual([
    "1 order 5 script",
    "1 order 10 script",
    "2 fill 5@100 taker",
    "2 fill 10@50 taker",
  ]);
});

test("nothing is decided before the slowest series is warm", () => {
  const subject = strategy({
    name: "warm",
    summary: "Buys as soon as it is asked.",
    params: {},
    setup: ({ bars }) => ({ slow: lag(sma(bars.close, 3), 2) }),
    onBar: ({ target }) => target(1, "first chance"),
  });
  // Three bars for the average and two for the lag: the fifth bar has the first value, and the sixth one before it.
  expect(story(subject, [hourly([10, 10, 10, 10, 10, 10, 10])])[0]).toBe("6 order 100 first chance");
});

test("decisions on built hours fill on the minutes that follow", () => {
  const bars = new BarTable("TEST", "30m");
  // The last hour is begun and not ended.
  for (let k = 1; k <= 7; k++) bars.append((k * hourMs) / 2, 100 + k, 100 + k, 100 + k, 100 + k, 1);
  const config = runConfigSchema.parse(free);
  const ground = layGround([bars], config, "1h");
  const session = buildSession({ bars: [bars], strategy: scripted({ 1: [1] }), params: {}, config }, ground);
  runThrough(session, ground);
  const { events, equity, length } = session.recorder.log;
  // Nine units, from 103 to 107.
  expect([length, equity[6]]).toEqual([7, 1_036]);
  const fill = Array.from({ length: events.length }, (_, row) => events.at(row)).find(
    ({ kind }) => kind === "fill",
  )!;
  expect([fill.timeMs / hourMs, fill.first, fill.second]).toEqual([1.5, 9, 103]);
});

test("the future cannot be asked for", () => {
  const subject = strategy({
    name: "curious",
    summary: "Asks for tomorrow.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar: ({ series, target }) => target(series.close.ago(-1) > 0 ? 1 : 0, "tomorrow"),
  });
  expect(() => story(subject, [hourly([1, 2])])).toThrow(/STRATEGY_THREW.*the future cannot be read/);
});

test("nothing behind a series can be reached, so nobody reads the column past the present bar", () => {
  const found: unknown[] = [];
  const subject = strategy({
    name: "burglar",
    summary: "Looks behind the series.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar(context) {
      found.push(...Object.values(context.series.close), ...Object.values(context.position));
      found.push(...Object.values(context).filter((value) => value instanceof Float64Array));
    },
  });
  story(subject, [hourly([1, 2, 3])]);
  expect(found.filter((value) => typeof value === "object")).toEqual([]);
});

test("indicators of your own may not take a name that is taken", () => {
  const impostor = { ...smaIndicator, create: () => () => 1 };
  const subject = strategy({
    name: "impostor",
    summary: "Has an sma of its own.",
    params: {},
    setup: ({ bars }) => ({ real: sma(bars.close, 2), own: apply(impostor, [bars.close], { length: 2 }) }),
    onBar: () => {},
  });
  expect(() => story(subject, [hourly([1, 2, 3])])).toThrow(/INDICATOR_NAME_TAKEN/);
});

test("another symbol's higher bars are seen when they have closed", () => {
  const seen: number[] = [];
  const subject = strategy({
    name: "neighbour",
    summary: "Watches two hours of the other symbol.",
    params: {},
    setup: ({ symbol }) => ({ other: symbol("B", "2h").close }),
    onBar: ({ series, symbol }) => void (symbol === "A" && seen.push(series.other.now)),
  });
  story(subject, [hourly([1, 1, 1, 1, 1, 1], "A"), hourly([1, 2, 3, 4, 5, 6], "B")]);
  // B's bars close at 2, 4 and 6; from the second on there is a previous one.
  expect(seen).toEqual([4, 4, 6]);
});

test("a weight that is not a number stops the run with the bar it happened on", () => {
  expect(() => story(scripted({ 2: [Number.NaN] }), [hourly([1, 2])])).toThrow(
    /STRATEGY_BAD_TARGET.*NaN.*1970-01-01T02:00/,
  );
});

test("a strategy that answers with a promise is stopped on that very bar, and one that answers nothing is not", () => {
  const run = (answer: () => unknown): void => {
    const table = new BarTable("TEST", "1h");
    for (let hour = 1; hour <= 3; hour++) table.append(hour * hourMs, 100, 100, 100, 100, 1);
    const config = runConfigSchema.parse({});
    const own = strategy({
      name: "own",
      summary: "Answers as it is told to.",
      params: {},
      setup: () => ({}),
      onBar: answer as () => void,
    });
    const ground = layGround([table], config);
    runThrough(buildSession({ bars: [table], strategy: own, params: {}, config }, ground), ground);
  };
  expect(() => run(() => Promise.resolve())).toThrow(/returned a promise on TEST/);
  run(() => undefined);
});
