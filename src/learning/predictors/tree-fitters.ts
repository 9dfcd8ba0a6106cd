import { fitBoosted, type Boosted, type BoostOptions } from "../trees/boost.ts";
import type { Labelled } from "../trees/labelled.ts";
import { fitForest, type Forest, type ForestOptions } from "../trees/forest.ts";

/** Who grows trees: this thread, or several that share the work and grow the same. `onShare` hears how much is done. */
export type TreeFitters = {
  readonly boosted: (
    rows: Labelled,
    options: BoostOptions,
    held: Labelled | null,
    onShare: (share: number) => void,
  ) => Promise<Boosted> | Boosted;
  readonly forest: (
    rows: Labelled,
    options: ForestOptions,
    onShare: (share: number) => void,
  ) => Promise<Forest> | Forest;
};

/** Trees grown in this thread. */
export const plainFitters: TreeFitters = {
  boosted: (rows, options, held, onShare) =>
    fitBoosted(rows, options, held, (round) => onShare(round / options.rounds)),
  forest: (rows, options, onShare) => fitForest(rows, options, (done) => onShare(done / options.trees)),
};
