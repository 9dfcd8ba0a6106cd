/**
 * A running sum in double-double arithmetic, about 106 bits (Dekker 1971, Knuth's TwoSum): values and products
 * can be added and taken away millions of times and leave no trace above 1e-30 of the largest sum there was.
 */
export class DoubleDouble {
  high = 0;
  low = 0;

  /** Adds a number without rounding it. */
  add(value: number): void {
    const high = this.high;
    const sum = high + value;
    const back = sum - high;
    const low = this.low + (high - (sum - back) + (value - back));
    // Renormalise, so that `low` stays below half a unit in the last place of `high`.
    this.high = sum + low;
    this.low = low - (this.high - sum);
  }

  /** Adds `a * b` without rounding the product. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    this.add(product);
    this.add(productError(a, b, product));
  }
}

/** What rounding took from `product = a * b`: Dekker's split of each factor into halves of 26 bits. */
function productError(a: number, b: number, product: number): number {
  const scaledA = 134_217_729 * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = 134_217_729 * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}
