import { expect } from 'vitest';
import { simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric } from '../../linalg/index.js';
import { gram } from '../../linalg/internal.js';
import { type MarchenkoPastur, marchenkoPastur } from './marchenko-pastur.js';

type Law = typeof marchenkoPastur;

/** The eigenvalues of XᵀX/T of T × N independent normal numbers of a variance. */
const eigenvalues = (T: number, N: number, variance: number): Float64Array =>
  simulatedOnce(`${T} ${N} ${variance}`, () => {
    const data = gaussian(T + N, T * N).map((value) => Math.sqrt(variance) * value);
    const products = gram({ rows: T, cols: N, data });
    return Float64Array.from(eigenSymmetric({ ...products, data: products.data.map((value) => value / T) }).values);
  });
const CASES = [
  { T: 360, N: 120, variance: 1 },
  { T: 80, N: 120, variance: 1 }, // more columns than rows
  { T: 240, N: 120, variance: 2.5 },
];
/** ∫ h dν by the midpoint rule after λ = centre + radius · cos φ, which the edges do not hurt. */
function integral({ low, high, density, atom }: MarchenkoPastur, h: (value: number) => number): number {
  const [centre, radius, steps] = [(low + high) / 2, (high - low) / 2, 2000];
  let sum = atom * h(0);
  for (let k = 0; k < steps; k++) {
    const angle = ((k + 0.5) * Math.PI) / steps;
    const value = centre + radius * Math.cos(angle);
    sum += h(value) * density(value) * radius * Math.sin(angle) * (Math.PI / steps);
  }
  return sum;
}
const changed =
  (change: (right: MarchenkoPastur, options: Parameters<Law>[0]) => Partial<MarchenkoPastur>): Law =>
  (options) => {
    const right = marchenkoPastur(options);
    return { ...right, ...change(right, options) };
  };
const WRONG: Record<string, Law> = {
  'takes rows over columns': ({ ratio, variance }) => marchenkoPastur({ ratio: 1 / ratio, ...(variance && { variance }) }),
  'forgets the variance': ({ ratio }) => marchenkoPastur({ ratio }),
  'squares the ratio': ({ ratio, variance }) => marchenkoPastur({ ratio: ratio ** 2, ...(variance && { variance }) }),
  'takes the standard deviation for the variance': ({ ratio, variance = 1 }) => marchenkoPastur({ ratio, variance: Math.sqrt(variance) }),
};

theorem<Law>('thm:marchenko-pastur', 'ac', {
  real: marchenkoPastur,
  check: (law) => {
    for (const { T, N, variance } of CASES) {
      const l = eigenvalues(T, N, variance);
      const limit = law({ ratio: N / T, variance });
      const mean = (h: (value: number) => number) => l.reduce((sum, value) => sum + h(value), 0) / N;
      for (const x of [0.1, 1, 5].map((one) => one * variance)) {
        // √var ≤ 1/√(NTx³) and ζ ≤ 1/(4xT), by the proof, for unit variance
        const y = x / variance;
        const open = (4 / Math.sqrt(N * T * y ** 3) + 1 / (4 * y * T)) / variance;
        expect(Math.abs(mean((value) => 1 / (value + x)) - limit.resolvent(x))).toBeLessThan(Math.min(open, 0.03 / variance));
      }
      // A bounded continuous h of another kind, and the edges
      const h = (value: number) => Math.cos(value / variance);
      expect(Math.abs(mean(h) - integral(limit, h))).toBeLessThan(0.03);
      expect(Math.abs(Math.max(...l) / limit.high - 1)).toBeLessThan(0.1);
      expect(l.filter((value) => value < 1e-9).length / N).toBeCloseTo(limit.atom, 9);
    }
  },
  mutants: WRONG,
});

theorem<Law>('thm:marchenko-pastur', 'b', {
  real: marchenkoPastur,
  check: (law) => {
    for (const ratio of [0.1, 0.5, 1, 3])
      for (const variance of [1, 2.5]) {
        const one = law({ ratio, variance });
        expect(one.low).toBeCloseTo(variance * (1 - Math.sqrt(ratio)) ** 2, 12);
        expect(one.high).toBeCloseTo(variance * (1 + Math.sqrt(ratio)) ** 2, 12);
        expect(integral(one, () => 1)).toBeCloseTo(1, 3);
        expect(integral(one, (value) => value)).toBeCloseTo(variance, 6);
        for (const x of [0.3, 2]) {
          const root = one.resolvent(x);
          expect(root).toBeGreaterThan(0);
          expect(ratio * variance * x * root ** 2 + (x + variance - ratio * variance) * root - 1).toBeCloseTo(0, 10);
          expect(integral(one, (value) => 1 / (value + x))).toBeCloseTo(root, 3);
        }
        expect(one.density(one.low / 2)).toBe(0);
        expect(one.density(one.high * 1.1)).toBe(0);
      }
  },
  mutants: {
    ...WRONG,
    'forgets the zeros': changed(() => ({ atom: 0 })),
    'has twice the density': changed(({ density }) => ({ density: (value) => 2 * density(value) })),
    'forgets to divide by the eigenvalue': changed(({ density }) => ({ density: (value) => density(value) * value })),
    'takes the other root': changed(({ resolvent }, { ratio, variance = 1 }) => ({
      resolvent: (x) => -1 / (ratio * variance * x * resolvent(x)),
    })),
  },
});
