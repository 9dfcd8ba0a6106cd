import { expect, test } from "vitest";
import type { Place } from "./place.ts";
import { runSearch, type SearchPlan } from "./run-search.ts";
import type { SearchRow } from "./search-row.ts";
import type { TrialOutcome } from "./trial.ts";

/** A search of 32 trials that all fail: what they find is of no interest, only when it is written. */
const proposals = Array.from({ length: 32 }, (_, k) => ({ point: [k], share: 1 }));
const plan = {
  strategy: { name: "any", params: {} },
  space: { settingAt: () => ({}) },
  objective: { formula: { text: "sharpe" } },
  proposer: { next: (tried: readonly unknown[]) => (tried.length === 0 ? proposals : []) },
  piece: {},
  params: {},
  returnsEvery: 1,
} as unknown as SearchPlan;

const failed = (index: number): TrialOutcome => ({ kind: "failed", index, error: "X nothing" });

function hooksInto(done: number[]) {
  return {
    columnsFor: () => undefined,
    onTried: () => {},
    onDone: (trials: number) => void done.push(trials),
    onLoss: () => {},
  };
}

test("trials are written piece by piece in their order, whichever piece is done first", async () => {
  const written: SearchRow[] = [];
  const done: number[] = [];
  const place: Place = {
    pieces: 8,
    // The first pieces take longest.
    perform: async ({ tasks }) => {
      await new Promise((resolve) => setTimeout(resolve, 20 - tasks[0]!.index / 2));
      return tasks.map(({ index }) => failed(index));
    },
    close: async () => {},
  };
  const journal = {
    folder: "",
    rows: [],
    append: (rows: readonly SearchRow[]) => void written.push(...rows),
  };
  const { rows } = await runSearch(plan, place, journal, hooksInto(done));
  expect(written.map(({ trial }) => trial)).toEqual(proposals.map((_, k) => k));
  expect(rows).toEqual(written);
  expect(done[0]).toBe(0);
  expect(done.at(-1)).toBe(32);
  expect(done.length).toBeGreaterThan(4);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
});

test("a search that is ended keeps every piece before the one that was being worked on", async () => {
  const written: SearchRow[] = [];
  const place: Place = {
    pieces: 8,
    perform: async ({ tasks }) => {
      if (tasks.some(({ index }) => index >= 16)) throw new Error("stopped");
      return tasks.map(({ index }) => failed(index));
    },
    close: async () => {},
  };
  const journal = {
    folder: "",
    rows: [],
    append: (rows: readonly SearchRow[]) => void written.push(...rows),
  };
  await expect(runSearch(plan, place, journal, hooksInto([]))).rejects.toThrow("stopped");
  expect(written.map(({ trial }) => trial)).toEqual(Array.from({ length: 16 }, (_, k) => k));
});
