import type { Judgement } from "../../adapters/stores/models/stored-model.ts";

/** Fewer bars than this say nothing about which of two models is better. */
const heldOutMin = 10;

/** The bars on which a new model and the one in use are compared: the last `heldOut` ones. */
export type HeldOut = {
  readonly kind: Extract<Judgement["kind"], "after" | "tail">;
  readonly heldOut: number;
};

/**
 * Chooses the last bars for a comparison: half of those after the training of the model in use, a third of all at most,
 * so that the new one may learn from the other half. Where they are too few, it is the last fifth of all, which that
 * model has seen in part.
 */
export function splitRows(rows: number, rowsAfter: number): HeldOut {
  const heldOut = Math.min(Math.floor(rowsAfter / 2), Math.floor(rows / 3));
  return heldOut >= heldOutMin ? { kind: "after", heldOut } : { kind: "tail", heldOut: Math.floor(rows / 5) };
}
