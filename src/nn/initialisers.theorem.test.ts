import { expect } from 'vitest';
import { expectMean } from '../../tests/support/monte-carlo.js';
import { theorem } from '../../tests/support/theorem.js';
import { fold, type Key, key, normal } from '../base/random.js';
import { kaimingNormal, kaimingUniform, xavierNormal, xavierUniform } from './initialisers.js';

type Init = (key: Key, shape: readonly [number, number]) => { readonly data: Float32Array };
type Names = 'xavierNormal' | 'xavierUniform' | 'kaimingNormal' | 'kaimingUniform';
type Inits = Readonly<Record<Names, Init>>;

const real: Inits = { xavierNormal, xavierUniform, kaimingNormal, kaimingUniform };
const NAMES = Object.keys(real) as Names[];
const XAVIER = ['xavierNormal', 'xavierUniform'] as const;
const KAIMING = ['kaimingNormal', 'kaimingUniform'] as const;

/** Weights times something that depends on their shape. */
const scaled = (names: readonly Names[], by: (F: number, D: number) => number): Inits => ({
  ...real,
  ...Object.fromEntries(
    names.map((name): [Names, Init] => [
      name,
      (key, [F, D]) => {
        const w = real[name](key, [F, D]);
        return { data: w.data.map((x) => x * by(F, D)) };
      },
    ]),
  ),
});
const shifted = (names: readonly Names[]): Inits => ({
  ...real,
  ...Object.fromEntries(
    names.map((name): [Names, Init] => [
      name,
      (key, shape) => {
        const { data } = real[name](key, shape);
        return { data: data.map((x) => Math.abs(x)) };
      },
    ]),
  ),
});

/** z = Wᵀ x [D] of x [F]. */
function forward({ data }: { data: Float32Array }, x: ArrayLike<number>): Float64Array {
  const D = data.length / x.length;
  return Float64Array.from({ length: D }, (_, j) => Array.from(x).reduce((sum, xi, i) => sum + xi * data[i * D + j], 0));
}
/** W δ [F] of δ [D]. */
function backward({ data }: { data: Float32Array }, delta: ArrayLike<number>): Float64Array {
  const D = delta.length;
  return Float64Array.from({ length: data.length / D }, (_, i) => Array.from(delta).reduce((sum, d, j) => sum + d * data[i * D + j], 0));
}
const meanSquare = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v * v, 0) / x.length;
const vector = (seed: number, n: number) => normal(key(seed), [n], 'float64').data;

const SHAPES = [
  [30, 50],
  [64, 16],
] as const;
/** τ² of each initialiser. */
const VARIANCE: Readonly<Record<Names, (F: number, D: number) => number>> = {
  xavierNormal: (F, D) => 2 / (F + D),
  xavierUniform: (F, D) => 2 / (F + D),
  kaimingNormal: (F) => 2 / F,
  kaimingUniform: (F) => 2 / F,
};

theorem<Inits>('thm:initialisation', 'ab', {
  real,
  check: (inits) => {
    for (const name of NAMES)
      for (const [F, D] of SHAPES) {
        const [x, delta] = [vector(1, F), vector(2, D)];
        const draws = Array.from({ length: 60 }, (_, k) => inits[name](fold(key(3), k), [F, D]));
        const tau = VARIANCE[name](F, D);
        const z = draws.map((w) => forward(w, x));
        expectMean(
          z.flatMap((v) => Array.from(v)),
          0,
        );
        expectMean(
          z.flatMap((v) => Array.from(v, (zj) => zj * zj)),
          F * tau * meanSquare(x),
        );
        expectMean(
          z.map((v) => v[0] * v[1]),
          0,
        );
        const g = draws.map((w) => backward(w, delta));
        expectMean(
          g.flatMap((v) => Array.from(v, (gi) => gi * gi)),
          D * tau * meanSquare(delta),
        );
        if (name.startsWith('xavier')) expect((F * tau + D * tau) / 2).toBeCloseTo(1, 12);
      }
  },
  mutants: {
    'Xavier divides by the fan in alone': scaled(XAVIER, (F, D) => Math.sqrt((F + D) / 2 / F)),
    'Xavier divides by the fan out alone': scaled(XAVIER, (F, D) => Math.sqrt((F + D) / 2 / D)),
    'Xavier has 1 for 2': scaled(XAVIER, () => Math.SQRT1_2),
    'Xavier has the geometric mean': scaled(XAVIER, (F, D) => Math.sqrt((F + D) / 2 / Math.sqrt(F * D))),
    'He has 1 for 2': scaled(KAIMING, () => Math.SQRT1_2),
    'He divides by the fan out': scaled(KAIMING, (F, D) => Math.sqrt(F / D)),
    'has weights of one sign': shifted(NAMES),
  },
});

theorem<Inits>('thm:initialisation', 'c', {
  real,
  check: (inits) => {
    const widths = [16, 24, 12, 24, 16];
    const narrow = [20, 20, 20, 20, 20];
    const through = (init: Init, sizes: readonly number[], k: Key) => {
      let x: ArrayLike<number> = vector(4, sizes[0]);
      return sizes.slice(1).map((_, l) => {
        const z = forward(init(fold(k, l), [sizes[l], sizes[l + 1]]), x);
        x = z.map((v) => Math.max(v, 0));
        return meanSquare(z);
      });
    };
    const expectSignals = (init: Init, sizes: readonly number[], c: number) => {
      const draws = Array.from({ length: 400 }, (_, k) => through(init, sizes, fold(key(5), k)));
      for (let l = 1; l < sizes.length; l++)
        expectMean(
          draws.map((layers) => layers[l - 1]),
          c * (c / 2) ** (l - 1) * meanSquare(vector(4, sizes[0])),
        );
    };
    for (const name of KAIMING) expectSignals(inits[name], widths, 2);
    for (const name of XAVIER) expectSignals(inits[name], narrow, 1);
  },
  mutants: {
    'He has 1 for 2': scaled(KAIMING, () => Math.SQRT1_2),
    'He has 3 for 2': scaled(KAIMING, () => Math.sqrt(1.5)),
    'He divides by the fan out': scaled(KAIMING, (F, D) => Math.sqrt(F / D)),
    'He divides by the mean of both': scaled(KAIMING, (F, D) => Math.sqrt((2 * F) / (F + D))),
    'Xavier has 2 for 1': scaled(XAVIER, () => Math.SQRT2),
    'has weights of one sign': shifted(NAMES),
  },
});

theorem<Inits>('thm:initialisation', 'd', {
  real,
  check: (inits) => {
    for (const [F, D] of SHAPES) {
      const bounds = { xavierUniform: Math.sqrt(6 / (F + D)), kaimingUniform: Math.sqrt(6 / F) };
      for (const [name, bound] of Object.entries(bounds) as [keyof typeof bounds, number][]) {
        const w = Array.from({ length: 12 }, (_, k) => Array.from(inits[name](fold(key(6), k), [F, D]).data)).flat();
        const greatest = Math.max(...w.map(Math.abs));
        expect(greatest).toBeLessThanOrEqual(bound * (1 + 1e-6));
        expect(greatest).toBeGreaterThan(bound * (1 - 10 / w.length)); // e⁻¹⁰ otherwise
        expectMean(w, 0);
        expectMean(
          w.map((x) => x * x),
          bound ** 2 / 3,
        );
      }
    }
  },
  mutants: {
    'has 3 for 6': scaled(['xavierUniform', 'kaimingUniform'], () => Math.SQRT1_2),
    'has the deviation for the bound': scaled(['xavierUniform', 'kaimingUniform'], () => 1 / Math.sqrt(3)),
    'divides by the fan out': scaled(['kaimingUniform'], (F, D) => Math.sqrt(F / D)),
    'is normal': { ...real, xavierUniform: xavierNormal, kaimingUniform: kaimingNormal },
    'has weights of one sign': shifted(NAMES),
  },
});
