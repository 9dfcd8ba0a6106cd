import { jobAt } from "../../../jobs/job.ts";
import { openPool, type JobPool } from "../../../jobs/open-pool.ts";
import { plainFitters, type TreeFitters } from "../../../learning/predictors/tree-fitters.ts";
import { boostMemory } from "../../../learning/trees/boost.ts";
import type { Labelled } from "../../../learning/trees/labelled.ts";
import { featuresPerWord } from "../../../learning/trees/feature-bins.ts";
import { forestMemory, forestOf } from "../../../learning/trees/forest.ts";
import { breakTeam, type TeamMemory } from "../../../learning/trees/team.ts";
import type { TreesRequest, TreesResult } from "./trees-job.ts";

const treesJob = jobAt<typeof import("./trees-job.ts").default>(
  "trees",
  new URL("./trees-job.ts", import.meta.url),
);

/** Numbers looked at, rows times features times trees, below which threads cost more than they bring. */
const worthwhile = 2e8;

/** Fitters of trees that share their work among threads, and what ends these. */
export type TreeThreads = TreeFitters & { readonly close: () => Promise<void> };

/**
 * Opens threads that grow trees together: boosting by features, a forest by trees. The trees are the same bytes for any
 * number of threads. Nothing is started before there is enough to do; `least` is how much that is.
 */
export function treeThreads(threads: number, least = worthwhile): TreeThreads {
  let pool: JobPool | null = null;
  const isWorthIt = ({ x }: Labelled, trees: number): boolean =>
    threads > 1 && x.rows * x.width * trees >= least;
  const perform = async (
    team: TeamMemory,
    partOf: (member: number) => TreesRequest,
    onShare: (share: number) => void,
  ): Promise<readonly TreesResult[]> => {
    pool ??= openPool("thread", threads, { environment: {} });
    const { perform: performOne } = pool;
    const parts = Array.from({ length: team.size }, (_, member) =>
      performOne(treesJob, partOf(member), {
        onLook: (_stage, { done, total }) => {
          if (member === 0 && total > 0) onShare(done / total);
        },
      }),
    );
    // Whoever waits for a member that is gone must hear of it, or all wait for ever.
    for (const part of parts) part.catch(() => breakTeam(team));
    return Promise.all(parts);
  };
  return {
    async boosted(given, options, held, onShare) {
      if (!isWorthIt(given, options.rounds)) return plainFitters.boosted(given, options, held, onShare);
      const [rows, heldShared] = [shared(given), held === null ? null : shared(held)];
      const size = Math.min(threads, Math.ceil(given.x.width / featuresPerWord));
      const memory = boostMemory(given.x, size);
      const [first] = await perform(
        memory.team,
        (member) => ({ kind: "boosted", rows, options, held: heldShared, memory, member }),
        onShare,
      );
      return (first as Extract<TreesResult, { kind: "boosted" }>).boosted!;
    },
    async forest(given, options, onShare) {
      if (!isWorthIt(given, options.trees)) return plainFitters.forest(given, options, onShare);
      const rows = shared(given);
      const memory = forestMemory(given.x, Math.min(threads, options.trees));
      const parts = await perform(
        memory.team,
        (member) => ({ kind: "forest", rows, options, memory, member }),
        onShare,
      );
      return forestOf(
        parts.flatMap((part) => (part.kind === "forest" ? part.grown : [])),
        given.x.width,
      );
    },
    async close() {
      await pool?.close();
    },
  };
}

/** The same rows in memory that all threads see, so that they are there once. */
function shared({ x, y, weights }: Labelled): Labelled {
  const copy = (values: Float32Array): Float32Array => {
    const room = new Float32Array(new SharedArrayBuffer(values.byteLength));
    room.set(values);
    return room;
  };
  return { x: { ...x, values: copy(x.values) }, y: copy(y), weights: copy(weights) };
}
