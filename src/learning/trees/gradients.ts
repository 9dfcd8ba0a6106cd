/**
 * First and second derivatives of every row's loss as whole numbers, packed into one double each: `second * unit + first`.
 * Sums of whole numbers are exact, so a histogram is the same in whatever order it is added up, and one addition fills both
 * (quantised training: Shi et al., NeurIPS 2022; leaves are fitted with the exact numbers afterwards).
 */
export type PackedGradients = {
  readonly packed: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** What one whole number of each is worth. */
  readonly firstStep: number;
  readonly secondStep: number;
  readonly unit: number;
};

/** Makes room for the gradients of `rows` rows. */
export function gradientRoom(rows: number): Pick<PackedGradients, "packed" | "first" | "second"> {
  return {
    packed: new Float64Array(rows),
    first: new Float64Array(rows),
    second: new Float64Array(rows),
  };
}

/** A double holds 53 bits: the two sums share what the number of rows leaves of them. */
const bits = 52;

/** Packs the derivatives that stand in `first` and `second`. Rows that add up to a million keep five bits each. */
export function packGradients(room: Pick<PackedGradients, "packed" | "first" | "second">): PackedGradients {
  const { packed, first, second } = room;
  const rows = packed.length;
  const bitsOfRows = Math.ceil(Math.log2(Math.max(2, rows)));
  // The first derivative needs a sign, and one bit more than the second to be as fine.
  const free = bits - 2 * bitsOfRows - 1;
  const secondBits = Math.max(4, Math.floor((free - 2) / 2));
  const firstBits = Math.max(5, free - secondBits);
  let [firstMax, secondMax] = [1e-30, 1e-30];
  for (let row = 0; row < rows; row++) {
    firstMax = Math.max(firstMax, Math.abs(first[row]!));
    secondMax = Math.max(secondMax, second[row]!);
  }
  const firstStep = firstMax / 2 ** firstBits;
  const secondStep = secondMax / 2 ** secondBits;
  const unit = 2 ** (firstBits + bitsOfRows + 1);
  const [perFirst, perSecond] = [1 / firstStep, 1 / secondStep];
  for (let row = 0; row < rows; row++)
    packed[row] = Math.round(second[row]! * perSecond) * unit + Math.round(first[row]! * perFirst);
  return { packed, first, second, firstStep, secondStep, unit };
}
