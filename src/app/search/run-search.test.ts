import { expect, test } from "vitest";
import { gridSearch } from "../../search/grid-search.ts";
import { SearchSpace } from "../../search/search-space.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { readObjective } from "./objective.ts";
import type { Place } from "./place.ts";
import { runSearch, type SearchPlan } from "./run-search.ts";
import type { SearchRow } from "./search-row.ts";
import type { TrialOutcome, TrialsRequest } from "./trial.ts";

/** A search of 32 trials that all fail: what they find is of no interest, only when it is written. */
const proposals = Array.from({ length: 32 }, (_, k) => ({ point: [k], share: 1 }));
const plan = {
  strategy: { name: "any", params: {} },
  space: { settingAt: () => ({}) },
  objective: { formula: { text: "sharpe" } },
  proposer: { next: (tried: readonly unknown[]) => (tried.length === 0 ? proposals : []) },
  piece: {},
  taskOf: (_: unknown, index: number) => ({ index }),
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

test("pieces that come fast are written together, and slow ones each as it is done", async () => {
  for (const [slowMs, writesMin, writesMax] of [
    [0, 1, 1],
    [270, 3, 4],
  ] as const) {
    let writes = 0;
    const place: Place = {
      pieces: 4,
      perform: async ({ tasks }) => {
        await new Promise((resolve) => setTimeout(resolve, slowMs * (1 + tasks[0]!.index / 8)));
        return tasks.map(({ index }) => failed(index));
      },
      close: async () => {},
    };
    const journal = { folder: "", rows: [], append: () => void (writes += 1) };
    await runSearch(plan, place, journal, hooksInto([]));
    expect(writes).toBeGreaterThanOrEqual(writesMin);
    expect(writes).toBeLessThanOrEqual(writesMax);
  }
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

const space = new SearchSpace(
  [{ name: "slow", values: Array.from({ length: 600 }, (_, k) => k + 1), isOrdered: true }],
  [],
);
const grid: SearchPlan = {
  strategy: smaCross,
  space,
  objective: readObjective({ objective: "sharpe", require: [], pareto: [] }),
  proposer: gridSearch(space, 600),
  // The place below asks nothing of a request.
  piece: { measuring: { keys: [], folds: 1, holdout: 0 } } as unknown as SearchPlan["piece"],
  params: {},
  returnsEvery: 1_000,
  taskOf: ({ share }, index) => ({ index, params: {}, settings: {}, share, wantsReturns: false }),
};

function outcomesOf({ tasks }: TrialsRequest): readonly TrialOutcome[] {
  return tasks.map(({ index }) => ({
    kind: "measured",
    index,
    inSample: { sharpe: index },
    folds: [],
    outOfSample: null,
    returns: null,
  }));
}

test("workers have the next batch while the table of one is written, and the table keeps its order", async () => {
  let asked = 0;
  const askedWhenWritten: number[] = [];
  const written: number[] = [];
  const place: Place = {
    pieces: 8,
    perform: (piece) => {
      asked += piece.tasks.length;
      return Promise.resolve(outcomesOf(piece));
    },
    close: () => Promise.resolve(),
  };
  const journal = {
    folder: "",
    rows: [],
    append: (rows: readonly { readonly trial: number }[]) => {
      askedWhenWritten.push(asked);
      written.push(...rows.map(({ trial }) => trial));
    },
  };
  const hooks = { columnsFor: () => undefined, onTried: () => {}, onDone: () => {}, onLoss: () => {} };
  const { rows } = await runSearch(grid, place, journal, hooks);
  // Batches of 256: two are asked for when the first is written, and all 600 when the second is.
  expect([...new Set(askedWhenWritten)]).toEqual([512, 600]);
  expect(written).toEqual(Array.from({ length: 600 }, (_, k) => k));
  expect(rows.map(({ value }) => value)).toEqual(written);
});

test("a search ends with what its place throws, once, and leaves nothing unheard behind", async () => {
  const place: Place = {
    pieces: 8,
    perform: () => Promise.reject(new Error("the place is gone")),
    close: () => Promise.resolve(),
  };
  const journal = { folder: "", rows: [], append: () => {} };
  const hooks = { columnsFor: () => undefined, onTried: () => {}, onDone: () => {}, onLoss: () => {} };
  await expect(runSearch(grid, place, journal, hooks)).rejects.toThrow("the place is gone");
});
