/*
 * Regularised incomplete gamma and beta functions: the tails of the normal, χ², Student's t and F laws. Each returns both tails, so that
 * a small p-value keeps its digits, which 1 − P loses.
 */

/** A lower tail and its complement; the smaller of the two is the accurate one, and the other is 1 less it. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** log Γ(x) for x > 0: Stirling's series from 12 on, below it by Γ(x + 1) = xΓ(x). Abramowitz & Stegun 6.1.41. */
export function logGamma(x: number): number {
  let [shifted, product] = [x, 1];
  while (shifted < 12) product *= shifted++;
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + stirling(shifted) - Math.log(product);
}

/** ψ(x) = d log Γ(x)/dx for x > 0: its asymptotic series from 12 on, below it by ψ(x + 1) = ψ(x) + 1/x. Abramowitz & Stegun 6.3.18. */
export function digamma(x: number): number {
  let [shifted, below] = [x, 0];
  while (shifted < 12) below += 1 / shifted++;
  const z = 1 / (shifted * shifted);
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132)))));
  return Math.log(shifted) - 0.5 / shifted - series - below;
}

/** P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹e⁻ᵗ dt and its complement, by its series below the mean and Legendre's continued fraction above it. */
export function incompleteGamma(a: number, x: number): Tails {
  if (Number.isNaN(x)) return { lower: x, upper: x }; // 0 or 1 would pass for an answer
  if (!(x > 0)) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, total] = [1 / a, 1 / a];
    for (let n = 1; term > total * EPSILON; n++) total += term *= x / (a + n);
    return both('lower', front * total);
  }
  const fraction = continuedFraction(x + 1 - a, (n) => [-n * (n - a), x + 2 * n + 1 - a]);
  return both('upper', front / fraction);
}

/**
 * I_x(a, b) = 1/B(a, b) ∫₀ˣ tᵃ⁻¹(1 − t)ᵇ⁻¹ dt and its complement.
 *
 * @param rest  1 − x, given apart because it loses its digits where x is near 1
 *
 * By the continued fraction of DLMF 8.17.22 on the side where it converges fast.
 */
export function incompleteBeta(a: number, b: number, x: number, rest: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (rest <= 0) return { lower: 1, upper: 0 };
  if (Number.isNaN(x + rest)) return { lower: Number.NaN, upper: Number.NaN };
  if (x > (a + 1) / (a + b + 2)) {
    const { lower, upper } = incompleteBeta(b, a, rest, x);
    return { lower: upper, upper: lower };
  }
  const front = Math.exp(a * Math.log(x) + b * Math.log(rest) - logBeta(a, b)) / a;
  const fraction = continuedFraction(1, (n) => {
    const m = n >> 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [n % 2 === 0 ? even : odd, 1];
  });
  return both('lower', front / fraction);
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), without the cancellation of the last two where one of them is large. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 12) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const total = small + large;
  const ratio = (large - 0.5) * -Math.log1p(small / large) - small * Math.log(total) + small + stirling(large) - stirling(total);
  return logGamma(small) + ratio;
}

/** log Γ(x) − ((x − ½) log x − x + ½ log 2π) for x ≥ 12. */
function stirling(x: number): number {
  const z = 1 / (x * x);
  return (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - (z * 691) / 360360))))) / x;
}

/** b₀ + a₁/(b₁ + a₂/(b₂ + …)), by Lentz's method; `step(n)` is [aₙ, bₙ] from n = 1 on. */
function continuedFraction(first: number, step: (n: number) => [a: number, b: number]): number {
  const tiny = 1e-300;
  let value = first || tiny;
  let [c, d] = [value, 0];
  for (let n = 1; n < 100_000; n++) {
    const [a, b] = step(n);
    d = 1 / (b + a * d || tiny);
    c = b + a / c || tiny;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < EPSILON) return value;
  }
  throw new Error('the continued fraction of a distribution function does not converge; are the degrees of freedom finite and positive?');
}

const EPSILON = 2 ** -53;

const both = (side: 'lower' | 'upper', value: number): Tails =>
  side === 'lower' ? { lower: value, upper: 1 - value } : { lower: 1 - value, upper: value };
