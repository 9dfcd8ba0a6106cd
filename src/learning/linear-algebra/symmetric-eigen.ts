const sweepsMax = 50;

/**
 * Diagonalises a symmetric matrix (row-major, `size` x `size`) in place by cyclic Jacobi rotations: afterwards its
 * diagonal holds the eigenvalues, unsorted, and column k of `vectors` the eigenvector of eigenvalue k.
 * Source: Golub and Van Loan, Matrix Computations (2013), section 8.5.
 */
export function symmetricEigen(matrix: Float64Array, size: number, vectors: Float64Array): void {
  vectors.fill(0);
  for (let k = 0; k < size; k++) vectors[k * size + k] = 1;
  for (let sweep = 0; sweep < sweepsMax && !isDiagonal(matrix, size); sweep++) {
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, size, vectors, p, q);
    }
  }
}

function isDiagonal(matrix: Float64Array, size: number): boolean {
  let off = 0;
  let on = 0;
  for (let row = 0; row < size; row++) {
    on += matrix[row * size + row]! ** 2;
    for (let column = 0; column < row; column++) off += matrix[row * size + column]! ** 2;
  }
  return off <= 1e-32 * on;
}

/** One rotation in the plane of p and q that makes their off-diagonal element zero. */
function rotate(matrix: Float64Array, size: number, vectors: Float64Array, p: number, q: number): void {
  const off = matrix[p * size + q]!;
  if (off === 0) return;
  const tau = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * off);
  const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) turn(matrix, k * size + p, k * size + q, cosine, sine);
  for (let k = 0; k < size; k++) turn(matrix, p * size + k, q * size + k, cosine, sine);
  for (let k = 0; k < size; k++) turn(vectors, k * size + p, k * size + q, cosine, sine);
}

function turn(values: Float64Array, at: number, other: number, cosine: number, sine: number): void {
  const [first, second] = [values[at]!, values[other]!];
  values[at] = cosine * first - sine * second;
  values[other] = sine * first + cosine * second;
}
