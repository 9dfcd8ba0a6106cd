/** Log densities of a row under every state. Missing features are integrated out: what is there still counts. */
export interface Gaussians {
  /** Takes over means and covariances, which may have changed in place. */
  refresh(): void;
  /** Writes K log densities of the row at `offset` to `into` at `at`; bit d of `missing` says that feature d is not there. */
  logDensities(rows: Float64Array, offset: number, missing: number, into: Float64Array, at: number): void;
}
