/**
 * Factors a symmetric positive definite matrix (row-major, `size` x `size`, at `offset` of `matrix`) into a lower
 * triangle times its transpose, written to the start of `into` with zeros above the diagonal. Returns false, with
 * `into` half written, when the matrix is not positive definite. Only the lower triangle of `matrix` is read.
 * Source: Golub and Van Loan, Matrix Computations (2013), algorithm 4.2.1.
 */
export function cholesky(matrix: Float64Array, offset: number, size: number, into: Float64Array): boolean {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[offset + row * size + column]!;
      for (let k = 0; k < column; k++) rest -= into[row * size + k]! * into[column * size + k]!;
      if (row !== column) into[row * size + column] = rest / into[column * size + column]!;
      else if (rest > 0 && rest < Infinity) into[row * size + row] = Math.sqrt(rest);
      else return false;
    }
    into.fill(0, row * size + row + 1, (row + 1) * size);
  }
  return true;
}

/** Inverts a lower triangle (row-major, `size` x `size`) with a diagonal without zeros, in place. */
export function invertLower(lower: Float64Array, size: number): void {
  for (let column = 0; column < size; column++) {
    lower[column * size + column] = 1 / lower[column * size + column]!;
    for (let row = column + 1; row < size; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum += lower[row * size + k]! * lower[k * size + column]!;
      lower[row * size + column] = -sum / lower[row * size + row]!;
    }
  }
}
