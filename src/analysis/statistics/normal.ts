/** Coefficients, lowest power first, of the rational approximations; each list states where it holds. */
type Rational = { readonly numerator: readonly number[]; readonly denominator: readonly number[] };

/** erf(x) / x in x^2, |x| <= 0.46875. */
const cody1: Rational = {
  numerator: [
    3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315,
  ],
  denominator: [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1],
};

/** exp(x^2) erfc(x) in x, 0.46875 < x <= 4. */
const cody2: Rational = {
  numerator: [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001,
    66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
  ],
  denominator: [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
    537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
  ],
};

/** x^2 (1 / sqrt(pi) - x exp(x^2) erfc(x)) in 1 / x^2, x > 4. */
const cody3: Rational = {
  numerator: [
    0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445,
    0.30532663496123236, 0.016315387137302097,
  ],
  denominator: [
    0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1,
  ],
};

/** quantile / (p - 1/2) in 0.180625 - (p - 1/2)^2, |p - 1/2| <= 0.425. */
const wichuraCentre: Rational = {
  numerator: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  denominator: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
};

/** |quantile| in sqrt(-ln(tail)) - 1.6, up to sqrt(-ln(tail)) = 5. */
const wichuraTail: Rational = {
  numerator: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  denominator: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

/** |quantile| in sqrt(-ln(tail)) - 5, beyond. */
const wichuraFarTail: Rational = {
  numerator: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  denominator: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return negativeHalfSquareExp(x) / Math.sqrt(2 * Math.PI);
}

/**
 * Distribution function of the standard normal; relative error below 1e-14 as far out as x = -37.
 * Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
 */
export function normalCdf(x: number): number {
  const y = Math.abs(x) * Math.SQRT1_2;
  if (y <= 0.46875) return 0.5 + 0.5 * x * Math.SQRT1_2 * evaluate(cody1, y * y);
  const tail = 0.5 * negativeHalfSquareExp(x) * (y <= 4 ? evaluate(cody2, y) : farTailScale(y));
  return x < 0 ? tail : 1 - tail;
}

/**
 * Inverse of `normalCdf` for p in (0, 1), relative error about 1e-15; -Infinity at 0, Infinity at 1, NaN outside.
 * Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
 */
export function normalQuantile(p: number): number {
  const fromCentre = p - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    return fromCentre * evaluate(wichuraCentre, 0.180625 - fromCentre * fromCentre);
  }
  const tail = fromCentre < 0 ? p : 1 - p;
  if (tail === 0) return fromCentre * Number.POSITIVE_INFINITY;
  const depth = Math.sqrt(-Math.log(tail));
  const magnitude = depth <= 5 ? evaluate(wichuraTail, depth - 1.6) : evaluate(wichuraFarTail, depth - 5);
  return fromCentre < 0 ? -magnitude : magnitude;
}

/** exp(y^2) erfc(y) for y > 4. */
function farTailScale(y: number): number {
  if (y === Number.POSITIVE_INFINITY) return 0;
  const inverseSquare = 1 / (y * y);
  return (1 / Math.sqrt(Math.PI) - inverseSquare * evaluate(cody3, inverseSquare)) / y;
}

/** exp(-x^2 / 2); x is split at sixteenths, whose squares are exact, or the rounding of x^2 would cost two digits. */
function negativeHalfSquareExp(x: number): number {
  const near = Math.abs(x);
  if (near > 40) return 0;
  const whole = Math.trunc(near * 16) / 16;
  return Math.exp(-0.5 * whole * whole) * Math.exp(-0.5 * (near - whole) * (near + whole));
}

function evaluate({ numerator, denominator }: Rational, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let power = coefficients.length - 1; power >= 0; power--) sum = sum * x + coefficients[power]!;
  return sum;
}
