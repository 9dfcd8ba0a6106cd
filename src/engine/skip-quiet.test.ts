import { expect, test } from "vitest";
import {
  eventsOf,
  hours,
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
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import { strategy } from "../ports/strategy.ts";
import type { Followers } from "./session.ts";

/** A broker that counts the slices it is shown, as whoever stands before a venue sees them. */
function counted(shown: number[]) {
  return (venue: Broker): Broker => ({
    submit: (order) => venue.submit(order),
    cancel: (order) => venue.cancel(order),
    modify: (order) => venue.modify(order),
    quietUntil: (from, to) => venue.quietUntil(from, to),
    get hasAnswers() {
      return venue.hasAnswers;
    },
    advance(slice: MarketSlice) {
      shown.push(slice.rows[0]!);
      return venue.advance(slice);
    },
  });
}

const still = (count: number): Quad[] => Array.from({ length: count }, () => [100, 101, 99, 100]);

test("a stop and a target at rest wake nobody until a bar comes within their reach", () => {
  const bars = [...still(60), [100, 101, 89, 95] as const, ...still(20)];
  const script = { 2: [1, { stopPrice: 90, takeProfitPrice: 120 }] } as const;
  const shown: number[] = [];
  const session = runScript(script, bars, plainAccount, counted(shown));
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
  const limit = runScript({ 1: [1, { takeProfitPrice: 101 }] }, still(10), plainAccount, counted(shown));
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
  const session = runScript({ 2: [5] }, bars, plainAccount, counted(shown));
  expect(shown.length).toBeLessThan(12);
  expect(eventsOf(session).filter((line) => line.includes("41 fill"))).toHaveLength(1);
  expect(session.portfolio.ledger.quantity[0]).toBe(0);
});

test.each([
  // The bars of its start, of its signal and of the fill are lived whole; then nothing happens to it.
  [true, [0, 1, 2]],
  [false, [0, 1, 2, 3, 4, 5]],
])("a shadow passes over its quiet bars only where it may (%s), and comes to the same", (skipQuiet, rows) => {
  const bars = [hours([100, 100, 100, 101, 102, 103])];
  const config = runConfigSchema.parse({ ...plainAccount, execution: { skipQuiet } });
  const ground = layGround(bars, config);
  const shown: number[] = [];
  const build = (script: Script, heard: number[]) =>
    buildSession({ bars, strategy: scripted(script), params: {}, config }, ground, {
      broker: counted(heard),
    });
  const shadow = build({ 2: [1] }, shown);
  const followers: Followers = { sessionsOf: () => [shadow], observe() {}, changesAt: () => [] };
  runThrough({ ...build({}, []), followers }, ground);
  expect(shown).toEqual(rows);
  const { log } = shadow.recorder;
  // Ten units since the third bar, which are worth 10 more with each of the last three.
  expect([...log.equity.subarray(0, log.length)]).toEqual([1_000, 1_000, 1_000, 1_010, 1_020, 1_030]);
});
