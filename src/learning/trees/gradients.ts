/** Derivatives of every row's loss. */
export type GradientRoom = {
  readonly packed: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
};

/**
 * First and second derivatives of every row's loss as whole numbers. `packed` holds both in one double, `second * unit + first`,
 * so that one addition fills both sides of a histogram (quantised training: Shi et al., NeurIPS 2022). `first` and `second`
 * hold them again with all the digits that a sum has room for: leaves are fitted with those. Sums of whole numbers are exact,
 * so everything is the same in whatever order it is added up.
 */
export type PackedGradients = GradientRoom & {
  /** What one whole number is worth in a histogram. */
  readonly firstStep: number;
  readonly secondStep: number;
  readonly unit: number;
  /** What one whole number of `first` and `second` is worth. */
  readonly fineFirstStep: number;
  readonly fineSecondStep: number;
};

/** Makes room for the gradients of `rows` rows. */
export function gradientRoom(rows: number): GradientRoom {
  const column = (): Float64Array => new Float64Array(rows);
  return { packed: column(), first: column(), second: column() };
}

/** A double holds 53 bits: the two sums share what the number of rows leaves of them. */
const bits = 52;

/**
 * Packs the derivatives that stand in `first` and `second` of the rows `from` to before `to`; none is larger than `firstMax`
 * and `secondMax`. Rows that add up to a million keep five bits each in histograms.
 */
export function packGradients(
  room: GradientRoom,
  [from, to]: readonly [number, number],
  firstMax: number,
  secondMax: number,
): PackedGradients {
  const { packed, first, second } = room;
  const bitsOfRows = Math.ceil(Math.log2(Math.max(2, packed.length)));
  // The first derivative needs a sign, and one bit more than the second to be as fine.
  const free = bits - 2 * bitsOfRows - 1;
  const secondBits = Math.max(4, Math.floor((free - 2) / 2));
  const firstBits = Math.max(5, free - secondBits);
  const [firstStep, secondStep] = [firstMax / 2 ** firstBits, secondMax / 2 ** secondBits];
  const fine = 2 ** (bits - bitsOfRows);
  const unit = 2 ** (firstBits + bitsOfRows + 1);
  const [perFirst, perSecond] = [1 / firstStep, 1 / secondStep];
  const [perFineFirst, perFineSecond] = [fine / firstMax, fine / secondMax];
  for (let row = from; row < to; row++) {
    const g = first[row]!;
    const h = second[row]!;
    packed[row] = Math.floor(h * perSecond + 0.5) * unit + Math.floor(g * perFirst + 0.5);
    first[row] = Math.floor(g * perFineFirst + 0.5);
    second[row] = Math.floor(h * perFineSecond + 0.5);
  }
  return {
    ...room,
    firstStep,
    secondStep,
    unit,
    fineFirstStep: firstMax / fine,
    fineSecondStep: secondMax / fine,
  };
}
