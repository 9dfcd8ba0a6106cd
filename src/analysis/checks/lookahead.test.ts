import { expect, test } from "vitest";
import { subjectOf } from "../../app/checks/subject-of.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { int } from "../../domain/params.ts";
import { sma } from "../../indicators/sma.ts";
import { strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { taped } from "../../../test/zoo/tape.ts";
import { lookahead, lookaheadDefaults } from "./lookahead.ts";
import { newestBars } from "./newest-bars.ts";
import { growingRun, ordinaryRun } from "./run-trace.ts";

const bars = syntheticMarket({
  seed: 8,
  symbols: 2,
  timeframe: "1h",
  bars: 700,
  startMs: Date.UTC(2024, 0, 1),
}).bars;
const config = runConfigSchema.parse({ execution: { flattenAtEnd: true } });
const options = { ...lookaheadDefaults, cuts: 4, paramSets: 2 };

function subjectFor(one: AnyStrategy) {
  const request = { strategy: { name: "sma-cross" }, params: {}, bars, config };
  return { ...subjectOf(request), load: async () => one };
}

const cross = strategy({
  name: "cross",
  summary: "",
  params: {},
  setup: ({ bars: own }) => ({ close: own.close, mean: sma(own.close, 12) }),
  onBar: ({ series, target }) => target(series.close.now > series.mean.now ? 0.5 : 0, "mean"),
});

test("a run that grows bar by bar has the hash of the ordinary run, to the last trade at the end", () => {
  const subject = subjectFor(cross);
  const growing = growingRun(subject, cross, {}, bars);
  const whole = ordinaryRun(subject, cross, {}, bars);
  expect(whole.events.length).toBeGreaterThan(200);
  expect(growing.decisionsHash).toBe(whole.decisionsHash);
  expect(growing.columns.map(({ values }) => values)).toEqual(whole.columns.map(({ values }) => values));
});

test("the result says what was compared", async () => {
  const result = await lookahead(subjectFor(cross), options);
  expect(result).toMatchObject({
    id: "lookahead",
    pass: true,
    findings: [],
    strategyName: "cross",
    barsCompared: 1_400,
    columnsCompared: 4,
    cuts: 4,
    paramSets: 0,
  });
});

test("what is done grows to the very total that was said before the first run, also with other parameters", async () => {
  const tuned = strategy({
    ...cross,
    params: { length: int(12, { min: 5, max: 20 }) },
    setup: ({ bars: own, p }) => ({ close: own.close, mean: sma(own.close, p.length) }),
  });
  const heard: (readonly [number, number])[] = [];
  const subject = {
    ...subjectFor(tuned),
    onDone: (done: number, total: number) => heard.push([done, total]),
  };
  expect((await lookahead(subject, options)).paramSets).toBe(2);
  const [, total] = heard[0]!;
  expect(new Set(heard.map(([, all]) => all))).toEqual(new Set([total]));
  expect(heard.at(-1)).toEqual([total, total]);
  expect(heard.filter(([done]) => done === total)).toHaveLength(1);
});

test("a strategy that fails on the same bar with and without the future is the user's to mend", async () => {
  const failing = strategy({
    ...cross,
    onBar({ timeMs }) {
      if (timeMs > bars[0]!.closeTimeMs[300]!) throw new Error("out of ideas");
    },
  });
  await expect(lookahead(subjectFor(failing), options)).rejects.toThrow("out of ideas");
});

test("a strategy that fails only when the future is known has a finding", async () => {
  const tape: number[] = [];
  const failing = strategy({
    ...cross,
    setup: ({ bars: own }) => ({ close: taped(own.close, tape), mean: sma(own.close, 12) }),
    onBar({ timeMs }) {
      if (tape.length > 600 && timeMs < bars[0]!.closeTimeMs[100]!) throw new Error("so much future");
    },
  });
  const { findings } = await lookahead(subjectFor(failing), options);
  expect(findings[0]).toMatchObject({ kind: "decision", culprit: "the run" });
  expect(findings[0]!.sentence).toContain("so much future");
});

test("the newest bars of all symbols begin at one time and cannot be read past", () => {
  const shorter = { ...bars[1]!, length: 650 };
  const newest = newestBars([bars[0]!, shorter], 100);
  expect(newest.map(({ length }) => length)).toEqual([100, 50]);
  expect(newest[0]!.closeTimeMs[0]).toBe(bars[0]!.closeTimeMs[600]);
  expect(newestBars(bars, 700)).toBe(bars);
});
