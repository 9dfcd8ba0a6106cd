import { expect, test } from "vitest";
import { lookahead } from "../src/analysis/checks/lookahead.ts";
import { noiseAfter } from "../src/analysis/checks/noise-bars.ts";
import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { checkRepro } from "../src/app/checks/run-checks.ts";
import { subjectOf } from "../src/app/checks/subject-of.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { historicalFeed } from "../src/data/historical-feed.ts";
import { regimeLabels } from "../src/domain/regime.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { ParamValue } from "../src/domain/params.ts";
import type { ArsenalRunner } from "../src/selection/arsenal-runner.ts";
import { live } from "../src/engine/step.ts";
import { meta } from "../src/strategies/meta.ts";
import { plantedMarket } from "./regime-harness.ts";
import { arsenalOf } from "../src/selection/arsenal.ts";

// A choice that knew the future would be the easiest of all to believe in. Everything it rests on is looked at here:
// columns, events and equity by `kiwi check lookahead`, and what the check does not see, measures and choices, by hand.

const config = runConfigSchema.parse({
  account: { kind: "margin" },
  instruments: { "*": { calendar: "24/7" } },
});
/** Long enough for the detector to be trained and for strategies to take turns. */
const bars = [plantedMarket({ seed: 8, bars: 3_200, drift: 0.25, pull: 0.15, deviation: 0.006 }).bars];
const quick = { measuredBarsMin: 100, windowBars: 200, short: true };
const detectors = ["hmm", "volatility-trend", "bull-bear"];

function choiceOf(tables: readonly Bars[], params: Readonly<Record<string, ParamValue>>): ArsenalRunner {
  return arsenalOf(runBacktest({ bars: tables, strategy: meta, params, config }).session)!.runners[0]!;
}

test.each(detectors)("a choice by %s passes the look for the future", async (regime) => {
  const params = { ...quick, regime };
  const { log } = choiceOf(bars, params);
  const labels = new Set(log.label.slice(0, log.length));
  // A choice that never changes, or a regime that is never told, would pass for want of anything to compare.
  expect(labels.size).toBeGreaterThan(1);
  expect(log.switches.length).toBeGreaterThan(1);
  const subject = subjectOf({ strategy: { name: "meta" }, params, bars, config });
  const result = await lookahead(subject, { cuts: 3, paramSets: 0, sampleBars: 500, seed: 3 });
  expect(result.findings).toEqual([]);
  expect(result.pass).toBe(true);
  expect(result.eventsCompared).toBeGreaterThan(100);
});

/** The choice as it stands when the bar that closes at `untilMs` has been lived through, with the later bars there. */
function standingAt(tables: readonly Bars[], params: Readonly<Record<string, ParamValue>>, untilMs: number) {
  const ground = layGround(tables, config);
  const session = buildSession({ bars: tables, strategy: meta, params, config }, ground);
  for (const batch of historicalFeed(ground.bars))
    while (batch.advance()) {
      live(session, batch.slice);
      if (batch.slice.timeMs === untilMs) return measuresOf(arsenalOf(session)!.runners[0]!);
    }
  throw new Error("there is no such bar");
}

function measuresOf({ log, candidates, regime }: ArsenalRunner) {
  return {
    timeMs: log.timeMs.slice(0, log.length),
    strategy: log.strategy.slice(0, log.length),
    label: log.label.slice(0, log.length),
    posterior: log.posterior.slice(0, log.length * regimeLabels.length),
    switches: [...log.switches],
    regime: { ...regime.view, posterior: { ...regime.view.posterior } },
    measured: candidates.map(({ isReady, weight, recent, overall, byRegime, demotion, shadow }) => ({
      isReady,
      weight,
      recent,
      overall,
      byRegime: { ...byRegime },
      demotion,
      equity: shadow.equity,
    })),
  };
}

test.each(detectors)(
  "with the future replaced by noise, choices, regimes and measures by %s are the same",
  (regime) => {
    const params = { ...quick, regime };
    const { closeTimeMs } = bars[0]!;
    for (const row of [1_600, 2_400, 3_000]) {
      const untilMs = closeTimeMs[row]!;
      const noisy = bars.map((table) => noiseAfter(table, untilMs, row));
      expect(noisy[0]!.close[row + 5]).not.toBe(bars[0]!.close[row + 5]);
      const standing = standingAt(bars, params, untilMs);
      expect(standing.strategy.length).toBeGreaterThan(200);
      expect(standing.measured.some(({ overall }) => overall.deviation > 0)).toBe(true);
      expect(standingAt(noisy, params, untilMs)).toEqual(standing);
    }
  },
);

test("a choice is reproduced, to the last decision, by a second run and in another process, time zone and language", async () => {
  const result = await checkRepro({ strategy: { name: "meta" }, params: quick, bars, config });
  expect(result.findings).toEqual([]);
  expect(new Set(result.runs.map(({ decisionsHash }) => decisionsHash)).size).toBe(1);
  expect(result.runs).toHaveLength(3);
});
