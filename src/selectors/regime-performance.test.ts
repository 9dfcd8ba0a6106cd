import fc from "fast-check";
import { expect, test } from "vitest";
import { candidate, contextOf, performance, posteriorOf, selectorOf } from "../../test/selection-context.ts";
import { regimeLabels, type RegimeLabel } from "../domain/regime.ts";
import type { Candidate, PerformanceView, SelectionContext } from "../ports/selector.ts";

// Means are per bar with a deviation of 1 %: over 4,000 bars 0.002 is t = 9 against a rival without one, and 0.00002
// is t = 0.09.
const base = candidate("base", 0.0003);
const other = candidate("other", 0.0003);
const fair = candidate("fair", 0.0001);

function select(
  candidates: readonly Candidate[],
  label: RegimeLabel,
  current: number,
  rest: Partial<SelectionContext> = {},
) {
  return selectorOf("regime-performance").select(contextOf(candidates, label, current, rest));
}

const upOnly = candidate("up-only", 0, { means: { "trend-up": 0.002, sideways: -0.002 } });
const doubtful = candidate("doubtful", 0.0003, { means: { "trend-up": 0.004 }, bars: 20 });
const bad = candidate("bad", -0.003);
const worse = candidate("worse", -0.004);

/** What is chosen, by what the strategies have shown, the regime, and who trades. */
const matrix: readonly {
  readonly case: string;
  readonly candidates: readonly Candidate[];
  readonly label: RegimeLabel;
  readonly current: number;
  readonly action: "hold" | "switch" | "exit";
  readonly strategy: number;
}[] = [
  {
    case: "without evidence the first strategy goes on",
    candidates: [base, other, fair],
    label: "trend-up",
    current: 0,
    action: "hold",
    strategy: 0,
  },
  {
    case: "without evidence the first strategy begins",
    candidates: [base, other, fair],
    label: "sideways",
    current: -1,
    action: "switch",
    strategy: 0,
  },
  {
    case: "what has proved better in the present regime takes over",
    candidates: [base, upOnly],
    label: "trend-up",
    current: 0,
    action: "switch",
    strategy: 1,
  },
  {
    case: "what has proved better in another regime does not",
    candidates: [base, upOnly],
    label: "sideways",
    current: 0,
    action: "hold",
    strategy: 0,
  },
  {
    case: "it goes back to the first when the regime has gone",
    candidates: [base, upOnly],
    label: "sideways",
    current: 1,
    action: "switch",
    strategy: 0,
  },
  {
    case: "it stays while the regime stays",
    candidates: [base, upOnly],
    label: "trend-up",
    current: 1,
    action: "hold",
    strategy: 1,
  },
  {
    case: "where everything has proved bad nothing is held",
    candidates: [bad, worse],
    label: "volatile",
    current: 0,
    action: "exit",
    strategy: -1,
  },
  {
    case: "and goes on being held",
    candidates: [bad, worse],
    label: "volatile",
    current: -1,
    action: "hold",
    strategy: -1,
  },
  {
    case: "the only one that is not bad is chosen before nothing",
    candidates: [bad, candidate("good", 0.002)],
    label: "trend-down",
    current: -1,
    action: "switch",
    strategy: 1,
  },
];

test.each(matrix)("$case", ({ candidates, label, current, action, strategy }) => {
  expect(select(candidates, label, current)).toMatchObject({ action, strategy, share: 1, blend: null });
});

test("a few splendid bars do not pay for a switch", () => {
  const switchCost = Float64Array.from([0.0015, 0.0015]);
  expect(select([base, doubtful], "trend-up", 0, { switchCost })).toMatchObject({
    action: "hold",
    strategy: 0,
  });
});

test("going back to the first needs no proof: what would not be taken up is given up", () => {
  // 0.00002 less a bar is t = -0.1 over 4,000 bars: no proof of anything, in either direction.
  const slightlyWorse = candidate("slightly-worse", 0.00028);
  const slightlyBetter = candidate("slightly-better", 0.00032);
  expect(select([base, slightlyBetter], "sideways", 0)).toMatchObject({ action: "hold", strategy: 0 });
  expect(select([base, slightlyWorse], "sideways", 1)).toMatchObject({ action: "switch", strategy: 0 });
});

test("with `otherwise` cash a strategy must prove better than nothing, and nothing needs no proof", () => {
  const selector = selectorOf("regime-performance", { otherwise: "cash" });
  expect(selector.select(contextOf([fair, fair], "sideways", -1))).toMatchObject({
    action: "hold",
    strategy: -1,
  });
  expect(selector.select(contextOf([fair, upOnly], "trend-up", -1))).toMatchObject({
    action: "switch",
    strategy: 1,
  });
  expect(selector.select(contextOf([bad, upOnly], "sideways", 1))).toMatchObject({
    action: "exit",
    strategy: -1,
  });
});

test("a choice stands for the hold time, unless it may no longer trade", () => {
  const selector = selectorOf("regime-performance", { holdBarsMin: 30 });
  const at = (barsSinceSwitch: number, first: Candidate) =>
    selector.select(contextOf([first, upOnly], "trend-up", 0, { barsSinceSwitch })).strategy;
  expect(at(29, base)).toBe(0);
  expect(at(30, base)).toBe(1);
  // What trades otherwise is not there for what it has proved; anybody else loses the right to trade at once.
  const demoted = { ...base, demotion: "drawdown of 40.0 %, and 10.0 % was the deepest before" };
  expect(at(29, demoted)).toBe(0);
  const fallen = { ...upOnly, demotion: "mean return has dropped" };
  const left = selector.select(contextOf([base, fallen], "trend-up", 1, { barsSinceSwitch: 1 }));
  expect(left.strategy).toBe(0);
});

test("nothing has its time as well, once somebody has traded", () => {
  const selector = selectorOf("regime-performance", { holdBarsMin: 30 });
  const at = (barsSinceSwitch: number, current: number) =>
    selector.select(contextOf([base, upOnly], "trend-up", current, { barsSinceSwitch })).strategy;
  // Before anybody has traded there is nothing to wait for.
  expect(at(1, -1)).toBe(1);
  expect(at(29, -1)).toBe(-1);
  expect(at(30, -1)).toBe(1);
});

test("what has not proved better does not trade, whoever trades: near ties end at the first", () => {
  // Proved to be another strategy in trends; sideways 0.0001 a bar is t = 0.45 over 4,000 bars.
  const near = candidate("near", 0.0004, { means: { "trend-up": 0.003, "trend-down": -0.003 } });
  const rivals = [base, near, upOnly];
  for (const current of [-1, 0, 1, 2]) expect(select(rivals, "sideways", current).strategy).toBe(0);
  for (const current of [-1, 0, 1, 2]) expect(select(rivals, "trend-up", current).strategy).toBe(1);
});

test("a lead is given up one deviation later than it is taken up", () => {
  const at = (lead: number, current: number) =>
    select(
      [base, candidate("ahead", base.overall.mean + lead, { means: { "trend-down": -0.01 } })],
      "trend-up",
      current,
    ).strategy;
  const leads = Array.from({ length: 60 }, (_, k) => k * 0.00004);
  const takes = leads.findIndex((lead) => at(lead, 0) === 1);
  const keeps = leads.findIndex((lead) => at(lead, 1) === 1);
  expect(keeps).toBeGreaterThan(0);
  expect(takes).toBeGreaterThan(keeps + 2);
  for (const lead of leads.slice(takes)) expect(at(lead, 0)).toBe(1);
});

test("before anything is proved the first of the arsenal trades, and not whatever seems a little better", () => {
  const alike = candidate("alike", 0.00011);
  expect(select([base, alike], "trend-up", -1).strategy).toBe(0);
});

test("the names of reasons hold no numbers, so that they group", () => {
  const fallen = { ...upOnly, demotion: "mean return has dropped: Page-Hinkley 61 over 60" };
  const all = [
    select([base, upOnly], "trend-up", 0),
    select([base, fallen], "trend-up", 1),
    select([base, upOnly], "sideways", 0),
    selectorOf("regime-performance", { blend: true }).select(contextOf([base, upOnly], "trend-up", 0)),
  ];
  for (const { reason } of all) expect(reason).not.toMatch(/\d/);
});

test("a switch must earn back what it costs over the horizon", () => {
  const selector = selectorOf("regime-performance", { horizonBars: 100 });
  const at = (cost: number, current: number) =>
    selector.select(
      contextOf([base, upOnly], "trend-up", current, { switchCost: Float64Array.from([cost, cost]) }),
    );
  const free = at(0, 0).scores[1]!;
  expect(free).toBeGreaterThan(0.001);
  // The score is growth per bar: 100 bars of it pay for this much and no more, and what is left must be proved.
  expect(at(free * 50, 0).strategy).toBe(1);
  expect(at(free * 110, 0).strategy).toBe(0);
  expect(at(0.01, 0).scores[1]).toBeCloseTo(free - 0.01 / 100, 15);
  // Who trades already pays nothing to stay.
  expect(at(0.01, 1).scores[1]).toBe(free);
});

test("whoever is demoted or not measured long enough is never chosen, whatever it promises", () => {
  const out = candidate("out", 0.01, { demotion: "mean return has dropped: Page-Hinkley 61 over 60" });
  const raw = candidate("raw", 0.01, { isReady: false });
  const isBlended = [false, true];
  for (const blend of isBlended) {
    const selector = selectorOf("regime-performance", { blend });
    for (const current of [-1, 0, 1, 2]) {
      const chosen = selector.select(contextOf([base, out, raw], "trend-up", current));
      expect(chosen.strategy).toBe(0);
      expect(chosen.scores[1]).toBeNaN();
      expect(chosen.scores[2]).toBeNaN();
      expect([chosen.blend?.[1] ?? 0, chosen.blend?.[2] ?? 0]).toEqual([0, 0]);
    }
  }
  const reason = selectorOf("regime-performance").select(contextOf([base, out, raw], "trend-up", 1)).reason;
  expect(reason).toContain("mean return has dropped");
});

test("while the regime is unknown the size is what `unknownShare` says, and otherwise whole", () => {
  for (const blend of [false, true]) {
    const selector = selectorOf("regime-performance", { unknownShare: 0.3, blend });
    for (const label of regimeLabels)
      expect(selector.select(contextOf([base, upOnly], label, 0)).share).toBe(label === "unknown" ? 0.3 : 1);
  }
});

test("a blend is as large as the money, and follows the posterior of the regimes", () => {
  const selector = selectorOf("regime-performance", { blend: true });
  const downOnly = candidate("down-only", 0, { means: { "trend-down": 0.002, "trend-up": -0.002 } });
  const riser = candidate("riser", 0, { means: { "trend-up": 0.002, "trend-down": -0.002 } });
  const still = candidate("still", 0);
  const sharesAt = (up: number) => {
    const regime = {
      label: "trend-up",
      posterior: posteriorOf({ "trend-up": up, "trend-down": 1 - up }),
      dwellBars: 100,
      expectedDwellBars: 250,
    } as const;
    return selector.select(contextOf([still, riser, downOnly], "trend-up", 1, { regime })).blend!;
  };
  const steps = [0, 0.3, 0.45, 0.55, 0.7, 1].map(sharesAt);
  for (const shares of steps) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  for (const [k, shares] of steps.entries()) {
    if (k === 0) continue;
    expect(shares[1]!).toBeGreaterThanOrEqual(steps[k - 1]![1]!);
    expect(shares[2]!).toBeLessThanOrEqual(steps[k - 1]![2]!);
  }
  expect(steps[5]![1]!).toBeGreaterThan(0.9);
  expect(steps[0]![2]!).toBeGreaterThan(0.9);
});

test("a blend of nothing that has proved good is nothing", () => {
  const selection = selectorOf("regime-performance", { blend: true }).select(
    contextOf([bad, worse], "volatile", 0),
  );
  expect(selection).toMatchObject({ action: "exit", strategy: -1 });
  expect([...selection.blend!]).toEqual([0, 0]);
});

test("a performance that is no number never wins", () => {
  const blank: PerformanceView = { ...performance(Number.NaN, 4_000, Number.NaN) };
  const hollow = {
    ...candidate("hollow", Number.NaN),
    overall: blank,
    recent: blank,
    byRegime: Object.fromEntries(regimeLabels.map((label) => [label, blank])) as Candidate["byRegime"],
  };
  const meanless = candidate("meanless", Number.NaN);
  for (const label of regimeLabels)
    expect(select([base, hollow, meanless], label, 0)).toMatchObject({ action: "hold", strategy: 0 });
});

const number = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -0.02, max: 0.02, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const views = fc
  .record({
    bars: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 50_000, noNaN: true })),
    mean: number,
    deviation: fc.oneof(fc.constant(0), fc.constant(Number.NaN), fc.double({ min: 1e-5, max: 0.1 })),
  })
  .map(({ bars, mean, deviation }) => performance(mean, bars, deviation));
const candidates = fc.array(
  fc
    .record({
      isReady: fc.boolean(),
      demotion: fc.option(fc.constant("fallen")),
      weight: fc.double({ min: -1, max: 1, noNaN: true }),
      overall: views,
      recent: views,
      regimes: fc.array(views, { minLength: 5, maxLength: 5 }),
    })
    .map(({ regimes, ...rest }): Candidate => ({
      name: "any",
      ...rest,
      byRegime: Object.fromEntries(
        regimeLabels.map((label, k) => [label, regimes[k]!]),
      ) as Candidate["byRegime"],
    })),
  { minLength: 1, maxLength: 6 },
);
const posteriors = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 5,
    maxLength: 5,
  })
  .map((raw) => {
    const total = raw.reduce((sum, value) => sum + value, 0);
    return posteriorOf(
      total === 0
        ? { unknown: 1 }
        : Object.fromEntries(regimeLabels.map((label, k) => [label, raw[k]! / total])),
    );
  });
const contexts = fc
  .record({
    candidates,
    posterior: posteriors,
    label: fc.constantFrom(...regimeLabels),
    currentShare: fc.double({ min: 0, max: 0.999, noNaN: true }),
    barsSinceSwitch: fc.nat(200),
    cost: fc.double({ min: 0, max: 0.02, noNaN: true }),
  })
  .map(({ candidates: all, posterior, label, currentShare, barsSinceSwitch, cost }) =>
    contextOf(all, label, Math.floor(currentShare * (all.length + 1)) - 1, {
      regime: { label, posterior, dwellBars: 3, expectedDwellBars: Number.NaN },
      barsSinceSwitch,
      switchCost: Float64Array.from(all, (_, k) => cost * (k + 1)),
    }),
  );
const options = fc.record({
  otherwise: fc.constantFrom("first", "cash"),
  blend: fc.boolean(),
  holdBarsMin: fc.nat(100),
});

test("whatever it is shown, it answers with a choice that can be traded and explained, and always the same", () => {
  fc.assert(
    fc.property(contexts, options, (context, chosen) => {
      const answer = selectorOf("regime-performance", chosen).select(context);
      const count = context.candidates.length;
      const { strategy, runnerUp, scores, blend, share } = answer;
      for (const index of [strategy, runnerUp]) {
        expect(Number.isInteger(index)).toBe(true);
        expect(index >= -1 && index < count).toBe(true);
      }
      if (strategy >= 0) {
        expect(runnerUp).not.toBe(strategy);
        const { isReady, demotion } = context.candidates[strategy]!;
        const isBase = strategy === 0 && chosen.otherwise !== "cash";
        expect([isReady, isBase ? null : demotion]).toEqual([true, null]);
      }
      expect(answer.reason).not.toBe("");
      expect(answer.action === "exit" ? strategy : -1).toBe(-1);
      expect(scores).toHaveLength(count);
      for (const score of scores) expect(Math.abs(score)).not.toBe(Infinity);
      expect(share >= 0 && share <= 1).toBe(true);
      if (blend !== null) {
        const total = blend.reduce((sum, value) => sum + value, 0);
        expect(blend.every((value) => value >= 0)).toBe(true);
        expect(total === 0 || Math.abs(total - 1) < 1e-9).toBe(true);
      }
      expect(selectorOf("regime-performance", chosen).select(context)).toEqual(answer);
    }),
    { seed: 20_260_402, numRuns: 1_000 },
  );
});

test("every choice says why and who would have been next", () => {
  const taken = select([base, upOnly, fair], "trend-up", 0);
  expect(taken.reason).toContain("up-only");
  expect(taken.reason).toContain("trend-up");
  expect(taken.runnerUp).toBe(0);
  const kept = select([base, upOnly, fair], "sideways", 0);
  expect(kept.reason).toContain("sideways");
  expect(kept.runnerUp).toBe(2);
  const left = select([bad, worse], "volatile", 0);
  expect(left.reason).toContain("nothing");
  expect(left.runnerUp).toBe(0);
  // The lead, as far as it is proved, is no more than what was seen.
  expect(taken.scores[1]).toBeLessThan(0.002 + 0.0003);
});
