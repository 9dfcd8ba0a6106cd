import { z } from "zod";
import { defineJob } from "../../../jobs/job.ts";
import {
  fitBoosted,
  type Boosted,
  type BoostMemory,
  type BoostOptions,
} from "../../../learning/trees/boost.ts";
import type { Labelled } from "../../../learning/trees/labelled.ts";
import {
  growTrees,
  type ForestMemory,
  type ForestOptions,
  type NumberedTree,
} from "../../../learning/trees/forest.ts";

/** The part of one member of a team that grows trees. */
export type TreesRequest =
  | {
      readonly kind: "boosted";
      readonly rows: Labelled;
      readonly options: BoostOptions;
      readonly held: Labelled | null;
      readonly memory: BoostMemory;
      readonly member: number;
    }
  | {
      readonly kind: "forest";
      readonly rows: Labelled;
      readonly options: ForestOptions;
      readonly memory: ForestMemory;
      readonly member: number;
    };

/** All of boosting by the first member, nothing by the others, who know the same; the trees of a forest that a member grew. */
export type TreesResult =
  | { readonly kind: "boosted"; readonly boosted: Boosted | null }
  | { readonly kind: "forest"; readonly grown: readonly NumberedTree[] };

const request = z.custom<TreesRequest>(
  (value) => typeof value === "object" && value !== null && "memory" in value && "member" in value,
);

export default defineJob({
  request,
  perform(asked, { board }): TreesResult {
    const { rows, member } = asked;
    if (asked.kind === "forest") {
      const onTree = (number: number): void => board.report(number, asked.options.trees);
      return { kind: "forest", grown: growTrees(rows, asked.options, asked.memory, member, onTree) };
    }
    const { options, held, memory } = asked;
    const onRound = (round: number): void => board.report(round, options.rounds);
    const boosted = fitBoosted(rows, options, held, onRound, memory, member);
    return { kind: "boosted", boosted: member === 0 ? boosted : null };
  },
});
