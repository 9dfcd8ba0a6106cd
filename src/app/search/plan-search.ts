import { KiwiError } from "../../base/errors.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { gridSearch } from "../../search/grid-search.ts";
import { halvingSearch } from "../../search/halving-search.ts";
import type { Proposer } from "../../search/proposer.ts";
import { partsMin, raceSearch } from "../../search/race-search.ts";
import { randomSearch } from "../../search/random-search.ts";
import type { SearchSpace } from "../../search/search-space.ts";
import { tpeSearch } from "../../search/tpe-search.ts";
import { dayMs } from "../../base/time.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import type { LoadedBars } from "../bars/load-bars.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { readObjective } from "./objective.ts";
import { readSpace, splitSetting } from "./read-space.ts";
import type { SearchPlan } from "./run-search.ts";
import type { SearchRequest } from "./search-request.ts";

/** Trials whose returns are kept for what is asked of them together: more would tell nothing new. */
const keptReturnsMax = 200;

/** A plan, how many trials it will have at most, and what is to be said about that. */
export type PlannedSearch = {
  readonly plan: SearchPlan;
  readonly trialsMax: number;
  readonly warnings: readonly string[];
};

/** Reads what was asked for; a program may bring the space. Throws what reading spaces and objectives throws. */
export function planSearch(
  asked: SearchRequest,
  prepared: PreparedRun,
  space = readSpace(asked, prepared.setup.strategy, asked.request.params, asked.request.config),
): PlannedSearch {
  const { strategy, params } = prepared.setup;
  const objective = readObjective(asked);
  if (asked.method === "racing" && asked.folds < partsMin) throw tooFewParts(asked.folds);
  const { proposer, trialsMax, warnings } = proposerOf(asked, space, prepared.setup);
  // A point that is tried on more and more bars has returns of all of them once.
  const returnsEvery = Math.ceil(Math.min(asked.trials, trialsMax) / keptReturnsMax);
  const plan: SearchPlan = {
    strategy,
    space,
    objective,
    proposer,
    params,
    piece: {
      request: asked.request,
      loaded: sharedBars(prepared.loaded),
      measuring: { keys: objective.keys, folds: asked.folds, holdout: asked.holdout },
    },
    returnsEvery,
    taskOf({ point, share }, index) {
      const varied = splitSetting(space.settingAt(point), strategy);
      return {
        index,
        params: { ...params, ...varied.params },
        settings: varied.settings,
        share,
        wantsReturns: share === 1 && index % returnsEvery === 0,
      };
    },
  };
  return { plan, trialsMax, warnings };
}

function proposerOf(
  asked: SearchRequest,
  space: SearchSpace,
  setup: BacktestSetup,
): { readonly proposer: Proposer; readonly trialsMax: number; readonly warnings: readonly string[] } {
  const { method, trials, seed } = asked;
  const trialsMax = Math.min(trials, space.size);
  switch (method) {
    case "grid": {
      const proposer = gridSearch(space, trials);
      const isThinned = proposer.total > trials;
      return {
        proposer,
        trialsMax: Math.min(trials, proposer.total),
        warnings: isThinned ? [thinned(proposer.total, trials, space.isCounted)] : [],
      };
    }
    case "random":
      return { proposer: randomSearch(space, trials, seed), trialsMax, warnings: [] };
    case "tpe":
      return { proposer: tpeSearch(space, trials, seed), trialsMax, warnings: [] };
    case "halving":
      // Each rung is a third of the one before, so all of them are no more than one and a half times the first.
      return {
        proposer: halvingSearch(space, trials, seed, rungsOf(setup, asked, 3, rungDaysMin)),
        trialsMax: Math.ceil(trialsMax * 1.5),
        warnings: [],
      };
    case "racing": {
      const laps = rungsOf(setup, asked, 2, lapDaysMin);
      return {
        proposer: raceSearch(space, trials, seed, laps),
        trialsMax: trialsMax * laps,
        warnings:
          laps === 1 ? [`these bars are too few for a race: all trials see all of them (--folds)`] : [],
      };
    }
  }
}

function thinned(total: number, trials: number, isCounted: boolean): string {
  return isCounted
    ? `the grid has ${total.toLocaleString("en")} points that are allowed; every ${(total / trials).toFixed(1)}th is tried (--trials)`
    : `the grid has up to ${total.toLocaleString("en")} points; ${trials} of them, spread evenly, are tried (--trials; a narrower --vary, or --method tpe, looks closer)`;
}

/** Days that a part of the first rung has at least: what is judged on less is judged by chance. */
const rungDaysMin = 30;

/** Days of a part on the first lap of a race, whose tests know how little such a part says. */
const lapDaysMin = 5;

/** Rungs of so many times as many bars each that the time of the bars has room for, four at most. */
function rungsOf(
  { bars }: BacktestSetup,
  { holdout, folds }: SearchRequest,
  times: number,
  daysMin: number,
): number {
  const firstMs = Math.min(...bars.map(({ closeTimeMs }) => closeTimeMs[0]!));
  const lastMs = Math.max(...bars.map(({ closeTimeMs, length }) => closeTimeMs[length - 1]!));
  const days = ((lastMs - firstMs) * (1 - holdout)) / dayMs / folds;
  return Math.min(4, 1 + Math.max(0, Math.floor(Math.log(days / daysMin) / Math.log(times))));
}

function tooFewParts(folds: number): KiwiError {
  return new KiwiError({
    code: "FOLDS_FEW",
    exit: "usage",
    message: `a race needs more than ${folds} parts of the time`,
    why: `it compares trials part by part, and fewer than ${partsMin} differences do not say how much they scatter`,
    fix: `--folds ${partsMin} or more, or leave it out: a race takes 8`,
    topic: "optimize",
  });
}

/** The same bars in memory that all threads see, so that they are there once. */
function sharedBars(loaded: LoadedBars): LoadedBars {
  return {
    ...loaded,
    sources: loaded.sources.map((source) => ({ ...source, bars: sharedTable(source.bars) })),
  };
}

function sharedTable({ symbol, timeframe, length, calendarName, ...columns }: Bars): Bars {
  const shared = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
    copy.set(column.subarray(0, length));
    return copy;
  };
  const { closeTimeMs, open, high, low, close, volume } = columns;
  return barsOf(symbol, timeframe, {
    closeTimeMs: shared(closeTimeMs),
    open: shared(open),
    high: shared(high),
    low: shared(low),
    close: shared(close),
    volume: shared(volume),
    ...(calendarName === undefined ? {} : { calendarName }),
  });
}
