import { expect, test } from "vitest";
import { gridSearch } from "../../search/grid-search.ts";
import { SearchSpace } from "../../search/search-space.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { readObjective } from "./objective.ts";
import type { Place } from "./place.ts";
import { runSearch, type SearchPlan } from "./run-search.ts";
import type { TrialOutcome, TrialsRequest } from "./trial.ts";

const space = new SearchSpace(
  [{ name: "slow", values: Array.from({ length: 600 }, (_, k) => k + 1), isOrdered: true }],
  [],
);
const plan: SearchPlan = {
  strategy: smaCross,
  space,
  objective: readObjective({ objective: "sharpe", require: [], pareto: [] }),
  proposer: gridSearch(space, 600),
  // The place below asks nothing of a request.
  piece: { measuring: { keys: [], folds: 1, holdout: 0 } } as unknown as SearchPlan["piece"],
  params: {},
  returnsEvery: 1_000,
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
  const { rows } = await runSearch(plan, place, journal, hooks);
  // Batches of 256: two are asked for when the first is written, and all 600 when the second is.
  expect(askedWhenWritten).toEqual([512, 600, 600]);
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
  await expect(runSearch(plan, place, journal, hooks)).rejects.toThrow("the place is gone");
});
