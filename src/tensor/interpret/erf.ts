/**
 * The error function in double precision, |error| ≤ 2⁻⁵² over the whole line.
 *
 *     erf x = 2/√π ∫₀ˣ e^(−t²) dt
 *
 * Cody 1969, "Rational Chebyshev approximations for the error function", in the arrangement of his CALERF (1990): one rational
 * function for erf near 0, two for e^(x²)·erfc x further out, with x² split so that e^(−x²) keeps its last digits.
 */
export function erf(x: number): number {
  const y = Math.abs(x);
  if (!(y > 0.46875)) return x * rational(NEAR_TOP, NEAR_BOTTOM, y * y);
  if (y >= 6) return Math.sign(x);
  const erfc = expMinusSquare(y) * (y <= 4 ? rational(MIDDLE_TOP, MIDDLE_BOTTOM, y) : far(y));
  return Math.sign(x) * (0.5 - erfc + 0.5);
}

function far(y: number): number {
  const z = 1 / (y * y);
  return (INVERSE_ROOT_PI - z * rational(FAR_TOP, FAR_BOTTOM, z)) / y;
}

function expMinusSquare(y: number): number {
  const coarse = Math.trunc(y * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(y - coarse) * (y + coarse));
}

function rational(top: readonly number[], bottom: readonly number[], x: number): number {
  let p = 0;
  let q = 0;
  for (const c of top) p = p * x + c;
  for (const c of bottom) q = q * x + c;
  return p / q;
}

const INVERSE_ROOT_PI = 0.5641895835477563;

// Coefficients, highest power first.
const NEAR_TOP = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const NEAR_BOTTOM = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_TOP = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_BOTTOM = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
];
const FAR_TOP = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
];
const FAR_BOTTOM = [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];
