/** What an M-step needs to know of the rows: per state, the weighted mean and spread around the present mean. */
export interface Moments {
  /** Adds the row at `offset`, weighted by the K state probabilities. */
  add(rows: Float64Array, offset: number, missing: number, weights: Float64Array): void;
  /**
   * Moves means and covariances, in place, to their most likely values with no variance (in any direction, when
   * full) below `floor`, and starts anew. A state that no row belongs to keeps what it has.
   */
  maximise(floor: number): void;
}
