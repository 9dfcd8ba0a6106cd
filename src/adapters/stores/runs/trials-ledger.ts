import { appendFileSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** One backtest, as the ledger counts it. */
export type Trial = {
  readonly timeMs: number;
  readonly runId: string;
  readonly strategy: string;
  /** Hash of the bars that were traded on. */
  readonly dataHash: string;
  /** Hash of what was tried on them: strategy, parameters, settings. */
  readonly trialHash: string;
};

/** Whether the ledger knows a run. */
export function hasTrial(path: string, runId: string): boolean {
  return linesOf(path).some((line) => parsed(line)?.runId === runId);
}

/** Where the ledger of trials lies: with the work, wherever the runs are kept. */
export function ledgerPathOf(folder: string): string {
  return resolve(folder, ".kiwi", "trials.jsonl");
}

/** How many different things were tried on the same bars, one more for `trial` when it is new. Writes nothing. */
export function countTrials(path: string, trial: Pick<Trial, "dataHash" | "trialHash">): number {
  const seen = new Set([trial.trialHash]);
  for (const line of linesOf(path)) {
    const known = parsed(line);
    if (known?.dataHash === trial.dataHash) seen.add(String(known.trialHash));
  }
  return seen.size;
}

/** Adds a trial to the ledger: one line, appended, so that runs side by side do not disturb each other. */
export function recordTrial(path: string, trial: Trial): void {
  makeFolder(dirname(path));
  appendFileSync(path, `${JSON.stringify(trial)}\n`);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** A line cut short by a crash counts nothing; the others still do. */
function parsed(line: string): Partial<Trial> | null {
  try {
    return JSON.parse(line) as Partial<Trial>;
  } catch {
    return null;
  }
}
