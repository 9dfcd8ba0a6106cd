import { createHash, type Hash } from "node:crypto";
import { assert } from "../../base/assert.ts";
import { bytesOf } from "../../base/hash.ts";
import { barFields, type Bars } from "../../domain/bars.ts";

/** Rows are hashed in chunks, column after column, so that the hash of a beginning is a step on the way to the whole. */
const chunkRows = 16_384;

/**
 * SHA-256 over the columns of bars up to any row. Bars with the same fingerprint at row n agree in all rows before it,
 * whatever follows. Whole chunks are hashed once, so that asking again after an append costs the last chunk.
 */
export class BarFingerprint {
  private readonly bars: Bars;
  private hash: Hash = createHash("sha256");
  private done = 0;

  constructor(bars: Bars) {
    this.bars = bars;
  }

  /** The fingerprint of the first `rows` rows. Rows that were asked about must not change afterwards. */
  at(rows: number): string {
    assert(rows <= this.bars.length, "only bars that are there have a fingerprint");
    if (rows < this.done) {
      this.hash = createHash("sha256");
      this.done = 0;
    }
    for (; this.done + chunkRows <= rows; this.done += chunkRows)
      this.absorb(this.hash, this.done, this.done + chunkRows);
    const whole = this.hash.copy();
    this.absorb(whole, this.done, rows);
    return whole.digest("hex");
  }

  private absorb(hash: Hash, from: number, to: number): void {
    for (const name of ["closeTimeMs", ...barFields] as const)
      hash.update(bytesOf(this.bars[name].subarray(from, to)));
  }
}
