import { resolve } from "node:path";
import { freeRunId } from "../../../adapters/stores/runs/run-store.ts";
import { ledgerPathOf, recordTrials } from "../../../adapters/stores/runs/trials-ledger.ts";
import { writeWhole } from "../../../adapters/stores/runs/write-whole.ts";
import { csvText } from "../../../analysis/report/csv-text.ts";
import { KiwiError } from "../../../base/errors.ts";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { rowsNeeded, walkDefaults, walkForward } from "../../../learning/data/splits.ts";
import { readFormula } from "../../../search/formula.ts";
import { halvingSearch } from "../../../search/halving-search.ts";
import type { Proposer } from "../../../search/proposer.ts";
import { randomSearch } from "../../../search/random-search.ts";
import type { SearchSpace, Setting } from "../../../search/search-space.ts";
import { tpeSearch } from "../../../search/tpe-search.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";
import { expressionsOf } from "../../features/set-expressions.ts";
import { triedMarket } from "../../runs/run-hashes.ts";
import type { Objective } from "../../search/objective.ts";
import { runSearch, type SearchTable, type TrialPlan } from "../../search/run-search.ts";
import { beginJournal } from "../../search/search-journal.ts";
import { ranked, type SearchRow } from "../../search/search-row.ts";
import { trialTable } from "../../search/write-search.ts";
import { modelPlace } from "./model-place.ts";
import { modelSpace } from "./model-space.ts";
import {
  modelMeasures,
  sharedRows,
  type ModelSearch,
  type ModelTrialGround,
  type ModelTrials,
} from "./model-trial.ts";
import { tooFewRows } from "../predictor-errors.ts";
import { datasetOf, type PredictorTraining } from "../train-predictor.ts";

/** What a search found: what to train with, and the best of what was tried. */
export type ModelSearchResult = {
  readonly setting: Setting;
  readonly summary: string;
  readonly trials: number;
  readonly best: readonly SearchRow[];
  /** The table of all trials. */
  readonly path: string;
};

/** Rows of the table that are shown. */
const shownMax = 10;
/** Turns of the walk forward inside the search: it is made often. */
const searchFolds = 3;

type Subject = Omit<PredictorTraining, "learner" | "store" | "log"> & {
  readonly folder: string;
  readonly size: "small" | "full";
  readonly training: KiwiConfig["training"];
  /** Trials at the same time; the table is the same for any number. */
  readonly jobs: number;
  readonly say: (line: string) => void;
};

/**
 * Searches the settings of a model: each trial walks forward over the bars before the first one that the model itself is judged
 * on, so that what is chosen has never seen its judge. Every trial is counted in the ledger. Throws `TRAIN_TOO_FEW_ROWS`,
 * `SPACE_EMPTY` and `SEARCH_NONE`.
 */
export async function searchModel(subject: Subject, asked: ModelSearch): Promise<ModelSearchResult> {
  const { family, training, folder, createdMs, name, jobs, say, onProgress } = subject;
  const space = modelSpace(family, training);
  const ground = groundOf(subject);
  const { proposer, trialsMax } = proposerOf(asked, space, ground);
  const root = resolve(folder, ".kiwi", "model-searches");
  const id = freeRunId(root, createdMs, sha256(`${process.pid} ${performance.now()} ${name}`));
  const { data: _, ...plain } = ground;
  // The address of a server may hold a password.
  const { queue, ...told } = asked;
  const journal = beginJournal(resolve(root, id), { name, ...told, ground: plain });
  const plan: TrialPlan<ModelTrials> = {
    space,
    objective,
    proposer,
    piece: { ground },
    taskOf: ({ point, share }, index) => ({ index, setting: space.settingAt(point), share }),
  };
  const place = await modelPlace({ jobs, queue, trialSeconds: asked.trialSeconds, onLine: say });
  try {
    const table = await runSearch(plan, place, journal, {
      columnsFor: () => undefined,
      onTried: countedIn(subject, id),
      onDone: (done) => onProgress(done, trialsMax),
      onLoss: say,
    });
    const path = writeTable(journal.folder, space, table);
    return resultOf(asked, table, path);
  } finally {
    await place.close();
  }
}

const objective: Objective = {
  formula: readFormula(modelMeasures[0], (measure) => measure === modelMeasures[0], modelMeasures),
  direction: -1,
  requirements: [],
  front: [],
  keys: [],
};

function groundOf(subject: Subject): ModelTrialGround {
  const { family, size, training, set, bars, label, calibration, folds, seed, codeVersion } = subject;
  const data = datasetOf(subject);
  const gaps = { purge: label.horizonBars, embargo: label.horizonBars };
  const needed = rowsNeeded(gaps.purge, gaps.embargo);
  const turns = data.x.rows < needed ? [] : walkForward(data.x.rows, { ...walkDefaults, ...gaps, folds });
  const rows = turns[0]?.calibrate.to ?? 0;
  // What is before the judged bars must be enough to walk forward over by itself.
  if (rows < needed) throw tooFewRows(bars, data.x.rows, Math.ceil(needed * 1.6), set.name);
  return {
    family,
    size,
    training,
    features: Object.keys(expressionsOf(set, bars.timeframe)),
    symbol: bars.symbol,
    data: sharedRows(data, rows),
    horizonBars: label.horizonBars,
    calibration,
    folds: searchFolds,
    seed,
    codeVersion,
  };
}

function proposerOf(
  { method, trials }: ModelSearch,
  space: SearchSpace,
  { data, horizonBars, seed }: ModelTrialGround,
): { readonly proposer: Proposer; readonly trialsMax: number } {
  const trialsMax = Math.min(trials, space.size);
  if (method === "random") return { proposer: randomSearch(space, trials, seed), trialsMax };
  if (method === "tpe") return { proposer: tpeSearch(space, trials, seed), trialsMax };
  const rungs =
    1 + Math.max(0, Math.floor(Math.log(data.x.rows / rowsNeeded(horizonBars, horizonBars)) / Math.log(3)));
  // Each rung is a third of the one before, so all of them are no more than one and a half times the first.
  const proposer = halvingSearch(space, trials, seed, Math.min(4, rungs));
  return { proposer, trialsMax: Math.ceil(trialsMax * 1.5) };
}

/** Every trial counts when luck is reckoned, like one of a strategy. */
function countedIn(
  { folder, createdMs, family, training, bars, codeVersion, seed, size, label, set }: Subject,
  runId: string,
): (tasks: ModelTrials["tasks"]) => void {
  const market = triedMarket(bars);
  const common = { family, size, label, set: set.name, seed, codeVersion };
  return (tasks) =>
    recordTrials(ledgerPathOf(folder), {
      timeMs: createdMs,
      runId,
      strategy: `train ${family}`,
      markets: [market],
      trials: tasks.map(({ setting, share }) =>
        sha256(canonicalJson({ ...common, setting, share, training: JSON.stringify(training) })),
      ),
    });
}

function writeTable(folder: string, space: SearchSpace, table: SearchTable): string {
  const { header, cells } = trialTable({ space }, table);
  const path = resolve(folder, "trials.csv");
  writeWhole(path, csvText(header, cells));
  return path;
}

function resultOf({ method }: ModelSearch, { rows }: SearchTable, path: string): ModelSearchResult {
  const best = ranked(rows).filter(({ value }) => value !== null);
  const [first] = best;
  if (first === undefined) throw nothingFound(rows, path);
  return {
    setting: first.setting,
    summary: `${method}, ${rows.length} trials, best ${first.trial}`,
    trials: rows.length,
    best: best.slice(0, shownMax),
    path,
  };
}

function nothingFound(rows: readonly SearchRow[], path: string): KiwiError {
  return new KiwiError({
    code: "SEARCH_NONE",
    exit: "data",
    message: `none of ${rows.length} trials came to anything`,
    why: rows.find(({ why }) => why !== null)?.why ?? "there was nothing to try",
    fix: `give a trial more time with --trial-seconds, or add bars; the table is ${path}`,
    topic: "models",
  });
}
