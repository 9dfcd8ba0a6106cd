import fc from "fast-check";
import { expect, test } from "vitest";
import { lived, noting, type QuietWorld } from "../../test/both-ways.ts";
import { roundsOf } from "../../test/rounds.ts";
import {
  eventsOf,
  hours,
  refusalOf,
  runScript,
  plainAccount,
  scripted,
  type Quad,
  type Script,
} from "../../test/scripted-run.ts";
import { runConfigSchema } from "../app/config/run-config.ts";
import { runThrough } from "../app/runs/run-backtest.ts";
import { buildSession, layGround } from "../app/session/build-session.ts";
import { hourMs } from "../base/time.ts";
import type { ExecutionReport } from "../domain/order.ts";
import type { Broker } from "../ports/broker.ts";
import { strategy } from "../ports/strategy.ts";
import type { Followers } from "./session.ts";

const still = (count: number): Quad[] => Array.from({ length: count }, () => [100, 101, 99, 100]);

test("a stop and a target at rest wake nobody until a bar comes within their reach", () => {
  const bars = [...still(60), [100, 101, 89, 95] as const, ...still(20)];
  const script = { 2: [1, { stopPrice: 90, takeProfitPrice: 120 }] } as const;
  const shown: number[] = [];
  const session = runScript(script, bars, plainAccount, noting(shown));
  // Bars 1 and 2 decide, bar 3 fills, bar 4 is the first whole one of the stop; then the fall to 89, and the target goes.
  expect(shown.length).toBeLessThan(12);
  expect(shown).toContain(60);
  expect(eventsOf(session)).toContain("61 fill -10@90 taker");
  const { equity, length } = session.recorder.log;
  const whole = runScript(script, bars, { ...plainAccount, execution: { skipQuiet: false } });
  expect(length).toBe(bars.length);
  expect([...equity.subarray(0, length)]).toEqual([...whole.recorder.log.equity.subarray(0, length)]);
  expect(session.recorder.log.hash()).toBe(whole.recorder.log.hash());
});

test("a limit that is only touched stays, and a stop that is only touched does not", () => {
  // The high is 101 on every bar: a sell limit there is not traded through, a sell stop at the low of 99 is.
  const shown: number[] = [];
  const limit = runScript({ 1: [1, { takeProfitPrice: 101 }] }, still(10), plainAccount, noting(shown));
  expect(limit.portfolio.ledger.quantity[0]).toBe(10);
  expect(shown).toHaveLength(10);
  const stop = runScript({ 1: [1, { stopPrice: 99 }] }, still(10));
  expect(stop.portfolio.ledger.quantity[0]).toBe(0);
});

test("a trailing stop follows every bar", () => {
  const bars = [...still(5), [100, 110, 100, 110], [110, 110, 104, 104], ...still(5)] as const;
  // The best price is 110, on bar 6: from there the stop stands at 105, and bar 7 passes it.
  const session = runScript({ 1: [1, { trail: { kind: "amount", amount: 5 } }] }, bars);
  expect(eventsOf(session).at(-1)).toBe("7 fill -10@105 taker");
});

test("a strategy sees its money at the price of each bar, on those that are passed over as well", () => {
  const seenWith = (skipQuiet: boolean): readonly number[] => {
    const seen: number[] = [];
    const watching = strategy({
      name: "watching",
      summary: "Buys at the second bar and notes what it is worth.",
      params: {},
      setup: () => ({}),
      onBar({ timeMs, equity, target }) {
        seen.push(equity);
        if (timeMs === 2 * hourMs) target(1, "in");
      },
    });
    const config = runConfigSchema.parse({ ...plainAccount, execution: { skipQuiet } });
    const bars = [hours([100, 100, 100, 101, 103, 106, 110])];
    const ground = layGround(bars, config);
    runThrough(buildSession({ bars, strategy: watching, params: {}, config }, ground), ground);
    return seen;
  };
  expect(seenWith(true)).toEqual([1_000, 1_000, 1_000, 1_010, 1_030, 1_060, 1_100]);
  expect(seenWith(false)).toEqual(seenWith(true));
});

test("a margin call is not passed over by the short way", () => {
  // 50 units for 1,000 at 5 times: below (4,000 + 4,000 x maintenance of 0.1) / 50 = 4,000 / 45 = 88.89 it is called.
  const bars = [...still(40), [100, 100, 88, 95] as const, ...still(5)];
  const shown: number[] = [];
  const session = runScript({ 2: [5] }, bars, plainAccount, noting(shown));
  expect(shown.length).toBeLessThan(12);
  expect(eventsOf(session).filter((line) => line.includes("41 fill"))).toHaveLength(1);
  expect(session.portfolio.ledger.quantity[0]).toBe(0);
});

/** Lets a shadow that buys at the second bar live through six bars behind a session that does nothing. */
function shadowOf(execution: { readonly skipQuiet: boolean; readonly flattenAtEnd?: boolean }) {
  const bars = [hours([100, 100, 100, 101, 102, 103])];
  const config = runConfigSchema.parse({ ...plainAccount, execution });
  const ground = layGround(bars, config);
  const shown: number[] = [];
  const build = (script: Script, heard: number[]) =>
    buildSession({ bars, strategy: scripted(script), params: {}, config }, ground, {
      broker: noting(heard),
    });
  const shadow = build({ 2: [1] }, shown);
  const followers: Followers = { sessionsOf: () => [shadow], observe() {}, changesAt: () => [] };
  runThrough({ ...build({}, []), followers }, ground);
  const { log } = shadow.recorder;
  return { shown, shadow, equity: [...log.equity.subarray(0, log.length)] };
}

test.each([
  // The bars of its start, of its signal and of the fill are lived whole; then nothing happens to it.
  [true, [0, 1, 2]],
  [false, [0, 1, 2, 3, 4, 5]],
])("a shadow passes over its quiet bars only where it may (%s), and comes to the same", (skipQuiet, rows) => {
  const { shown, equity } = shadowOf({ skipQuiet });
  expect(shown).toEqual(rows);
  // Ten units since the third bar, which are worth 10 more with each of the last three.
  expect(equity).toEqual([1_000, 1_000, 1_000, 1_010, 1_020, 1_030]);
});

test("the bar at whose close everything is sold for the end of the run is not passed over by a shadow", () => {
  const { shown, shadow, equity } = shadowOf({ skipQuiet: true, flattenAtEnd: true });
  expect(shown).toEqual([0, 1, 2, 4, 5]);
  expect(shadow.portfolio.ledger.quantity[0]).toBe(0);
  expect(equity).toEqual(shadowOf({ skipQuiet: false, flattenAtEnd: true }).equity);
});

/** Lives a world by both ways, which must tell the same, and returns the short one. */
function bothWays(world: QuietWorld) {
  const [quick, whole] = [lived(world, true), lived(world, false)];
  expect(quick.told).toEqual(whole.told);
  return quick;
}

const calm: Quad = [100, 101, 99, 100];
/** A world of so many calm bars, some of them other ones, by hour. */
const calmBut = (length: number, others: Readonly<Record<number, Quad | null>> = {}) =>
  Array.from({ length }, (_, k): Quad | null => others[k + 1] ?? (others[k + 1] === null ? null : calm));

const frames = [undefined, "2h", "3h"] as const;

test.each(frames)("missing bars inside a quiet stretch are passed over as they are (%s)", (timeframe) => {
  const bars = calmBut(40, { 11: null, 12: null, 13: null, 20: null, 30: [100, 101, 89, 95] });
  const { events, shown } = bothWays({ bars, script: { 6: [1, { stopPrice: 90 }] }, timeframe });
  expect(events).toContain("30 fill -10@90 taker");
  // Beside the bars of the entry and of the stop nothing is lived whole.
  expect(shown.length).toBeLessThan(8);
});

test.each(frames)(
  "a stop that a quiet stretch just touches is done, one that it misses is not (%s)",
  (timeframe) => {
    const stopAt = (stopPrice: number) =>
      bothWays({
        bars: calmBut(30, { 20: [98, 98, 95, 97] }),
        script: { 6: [1, { stopPrice }] },
        timeframe,
      }).events.at(-1);
    expect(stopAt(95)).toBe("20 fill -10@95 taker");
    expect(stopAt(94.99)).not.toContain("fill -10");
  },
);

test.each(frames)(
  "funding is paid at its hour by whoever holds, and who holds nothing passes it over (%s)",
  (timeframe) => {
    const script = { 6: [1], 12: [0] } as const;
    const config = { costs: { fundingRate: 0.01 } };
    const { events, shown } = bothWays({ bars: calmBut(60), script, config, timeframe });
    expect(events.filter((line) => line.includes("funding")).map((line) => line.split(" ")[0])).toEqual([
      "8",
    ]);
    expect(shown.filter((hour) => hour > 14)).toEqual([]);
  },
);

test.each(frames)(
  "whatever the length, what is held is closed at the open of the last bar (%s)",
  (timeframe) => {
    const script = { 6: [1] } as const;
    for (let length = 68; length <= 78; length++) {
      const { events } = bothWays({
        bars: calmBut(length),
        script,
        timeframe,
        config: { execution: { flattenAtEnd: true } },
      });
      expect(events.at(-1)).toBe(`${length} fill -10@100 taker`);
    }
  },
);

test.each(frames)(
  "nobody is asked before the run trades, and from that very bar on everybody is (%s)",
  (timeframe) => {
    const script = { 6: [1], 12: [1] } as const;
    const { events, shown } = bothWays({ bars: calmBut(80), script, timeframe, tradeFromHour: 12 });
    expect(events.find((line) => line.includes("fill"))).toBe("13 fill 10@100 taker");
    expect(shown.filter((hour) => hour > 15)).toEqual([]);
  },
);

test("of a run in which nothing happens only what comes before it trades and its first question is lived whole", () => {
  const whole = (timeframe?: "2h") =>
    bothWays({ bars: calmBut(80), script: {}, timeframe, tradeFromHour: 6, averageBars: 10 }).shown;
  // The average of ten bars has a value and one before it at the eleventh.
  expect(whole()).toEqual([1, 2, 3, 4, 5, 11]);
  // While higher bars grow nobody is asked in any case.
  expect(whole("2h")).toEqual([1]);
});

test.each(frames)(
  "a strategy that sleeps is woken where its series rings, on whatever bars (%s)",
  (timeframe) => {
    const bars = calmBut(60, { 24: [100, 103, 100, 102], 48: [100, 101, 97, 98] });
    const { events } = bothWays({ bars, script: { 24: [1], 30: [0], 48: [0] }, timeframe, isSleepy: true });
    expect(events.filter((line) => line.includes("fill"))).toEqual([
      "25 fill 9@100 taker",
      "49 fill -9@100 taker",
    ]);
  },
);

test.each(frames)(
  "the account is marked at the close of a bar before its strategy is asked (%s)",
  (timeframe) => {
    const bars = calmBut(40, { 18: [100, 104, 100, 104], 24: [100, 100, 96, 96] });
    expect(JSON.stringify(bothWays({ bars, script: { 6: [1] }, timeframe }).told)).toContain('"18 1040 ');
  },
);

test("what a halted symbol refuses is sent again at the next bar, which is not passed over", () => {
  const haltedOnce = (venue: Broker): Broker => {
    let answers: ExecutionReport[] = [];
    let isHalted = true;
    return {
      ...noting([])(venue),
      submit(order) {
        if (!isHalted) return venue.submit(order);
        isHalted = false;
        answers.push(refusalOf(order, "halted"));
      },
      get hasAnswers() {
        return answers.length > 0 || venue.hasAnswers;
      },
      advance(slice) {
        const told = [...answers, ...venue.advance(slice)];
        answers = [];
        return told;
      },
    };
  };
  const { events } = bothWays({ bars: calmBut(20), script: { 6: [1] }, broker: haltedOnce });
  expect(events.filter((line) => line.includes("fill"))).toEqual(["8 fill 10@100 taker"]);
});

const price = fc.integer({ min: 94, max: 106 });
const bar = fc.tuple(price, price, price, price).map(([a, b, c, d]): Quad => {
  const [low, one, other, high] = [a, b, c, d].sort((left, right) => left - right) as [
    number,
    number,
    number,
    number,
  ];
  return a < b ? [one, high, low, other] : [other, high, low, one];
});
/** Most bars are calm; prices are whole, so that levels are touched and equalled all the time. */
const worlds: fc.Arbitrary<QuietWorld> = fc.record({
  bars: fc.array(
    fc.oneof({ weight: 12, arbitrary: fc.constant(calm) }, { weight: 2, arbitrary: bar }, fc.constant(null)),
    { minLength: 20, maxLength: 90, size: "max" },
  ),
  script: fc.dictionary(
    fc.integer({ min: 1, max: 40 }).map(String),
    fc.tuple(
      fc.constantFrom(0, 1, -1, 4, 1),
      fc.record(
        {
          stopPrice: price,
          takeProfitPrice: price,
          trail: fc.constant({ kind: "amount", amount: 3 } as const),
          entry: fc.oneof(
            fc.record({ kind: fc.constantFrom("limit" as const, "stop" as const), price }),
            fc.constant({ kind: "market" } as const),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    { minKeys: 8, maxKeys: 16, size: "max" },
  ),
  config: fc.record({
    account: fc.constantFrom(
      { kind: "margin", cash: 1_000, leverage: 5 } as const,
      { kind: "margin", cash: 1_000, leverage: 5, maintenanceMargin: 0.19 } as const,
      { kind: "cash", cash: 1_000 } as const,
    ),
    costs: fc.record({
      commission: fc.constant({ use: "rate", rate: 0 }),
      slippage: fc.constant({ use: "fixed", rate: 0 }),
      borrowRate: fc.constantFrom(0, 0, 0.1),
      fundingRate: fc.constantFrom(0, 0, 0.001),
      latencyMs: fc.constantFrom(0, 0, hourMs / 2, hourMs * 1.5),
    }),
    execution: fc.record({ flattenAtEnd: fc.constantFrom(false, false, true) }),
  }),
  timeframe: fc.constantFrom(undefined, "2h" as const, "3h" as const),
  tradeFromHour: fc.constantFrom(undefined, undefined, 4, 6, 12.5),
  averageBars: fc.constantFrom(1, 1, 3, 5),
  isSleepy: fc.constantFrom(false, false, false, true),
});

test("whatever a small run meets, the short way tells what the whole one tells (seed 20261201)", () => {
  let traded = 0;
  let passed = 0;
  const numRuns = roundsOf(200, 150);
  fc.assert(
    fc.property(worlds, (world) => {
      const { events, shown } = bothWays(world);
      traded += Number(events.some((line) => line.includes(" fill ")));
      passed += Number(shown.length < world.bars.filter((one) => one !== null).length);
    }),
    { seed: 20_261_201, numRuns },
  );
  // In most of them something is passed over, and in a third something is traded.
  expect([passed > numRuns / 2, traded > numRuns / 3]).toEqual([true, true]);
});
