import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { addOuter, plus, type Rows, rowsOf, rowTimes, slopeOfTanh, tanh, times, timesColumn, zeros } from '../../../tests/support/dense.js';
import { centralDifferences } from '../../../tests/support/differences.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, type HostArray, key, normal } from '../../base/index.js';
import { svd } from '../../linalg/index.js';
import { rnn } from './rnn.js';

// One sequence of T steps, F inputs and D units: x [T, F], h [D], wx [F, D], wh [D, D], b [D], and d [T, D] = ∂L/∂hₜ of L = Σ d ⊙ h.
const [T, F, D] = [5, 2, 3];
const SHAPES = { x: [1, T, F], h: [1, D], wx: [F, D], wh: [D, D], b: [D] };
type Names = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Names[];
type Arrays = Record<Names, Float64Array>;
const draw = (seed: number, shape: number[], scale = 0.7) =>
  Float64Array.from(normal(fold(key(seed), shape.length), shape).data, (value) => Math.fround(scale * value));
const sample = (seed: number) => ({
  at: Object.fromEntries(NAMES.map((name, i) => [name, draw(10 * seed + i, SHAPES[name])])) as Arrays,
  d: draw(10 * seed + 9, [T, D]),
});
const SAMPLES = [sample(1), sample(2)];

/** Every hₜ, from h₀ on, in plain double precision. */
function states({ x, h, wx, wh, b }: Arrays): number[][] {
  const found = [Array.from(h)];
  for (const input of rowsOf(x, F)) found.push(tanh(plus(rowTimes(input, rowsOf(wx, D)), rowTimes(found.at(-1)!, rowsOf(wh, D)), [...b])));
  return found;
}
const lossOf = (at: Arrays, d: ArrayLike<number>, from = 0) =>
  states(at)
    .slice(1)
    .reduce((sum, h, t) => sum + h.reduce((inner, value, i) => inner + d[(t + from) * D + i] * value, 0), 0);
const differencesOf = (at: Arrays, d: Float64Array) => {
  const arrays = NAMES.map((name) => at[name]);
  const found = centralDifferences(() => lossOf(at, d), arrays);
  return Object.fromEntries(NAMES.map((name, i) => [name, found[i]])) as Arrays;
};

type Backward = (at: Arrays, d: Float64Array) => Arrays;
const points = (at: Arrays, steps = T): HostArray<Float32Array>[] =>
  NAMES.map((name) => ({ data: Float32Array.from(at[name]), shape: name === 'x' ? [1, steps, F] : SHAPES[name] }));

/** The library's, in double precision. */
const library: Backward = (at, d) => {
  const steps = at.x.length / F;
  const layer = (...inputs: tf.Tensor[]) =>
    rnn({ wx: inputs[2], wh: inputs[3], b: inputs[4] }, inputs[0], { state: { h: inputs[1] } }).outputs;
  const { grads } = inDouble(layer, points(at, steps), { data: Float32Array.from(d), shape: [1, steps, D] });
  return Object.fromEntries(NAMES.map((name, i) => [name, Float64Array.from(grads[i])])) as Arrays;
};

/** The formulas of (a) and (b), with one of them changed. */
interface Formulas {
  readonly through?: (h: number[]) => number[];
  readonly back?: (wh: Rows, du: number[]) => number[];
  readonly own?: (d: number[], t: number) => number[];
  readonly earlier?: (h: number[][], t: number) => number[];
  readonly shift?: (du: number[], t: number) => number[];
}
const wrong =
  ({ through = slopeOfTanh, back = timesColumn, own = (d) => d, earlier = (h, t) => h[t], shift = (du) => du }: Formulas): Backward =>
  (at, d) => {
    const [h, inputs, wh, wx] = [states(at), rowsOf(at.x, F), rowsOf(at.wh, D), rowsOf(at.wx, D)];
    const [dWx, dWh, dx] = [zeros(F, D), zeros(D, D), zeros(T, F)];
    let [dh, dB] = [new Array<number>(D).fill(0), new Array<number>(D).fill(0)];
    for (let t = T - 1; t >= 0; t--) {
      dh = plus(dh, own(rowsOf(d, D)[t], t));
      const du = times(through(h[t + 1]), dh);
      addOuter(dWx, inputs[t], du);
      addOuter(dWh, earlier(h, t), du);
      dB = plus(dB, shift(du, t));
      dx[t] = timesColumn(wx, du);
      dh = back(wh, du);
    }
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    return { x: flat(dx), h: Float64Array.from(dh), wx: flat(dWx), wh: flat(dWh), b: Float64Array.from(dB) };
  };

const expectSame = (got: Partial<Arrays>, want: Partial<Arrays>, within = 1e-6) => {
  for (const name of Object.keys(want) as Names[]) expect(distance(got[name]!, want[name]!), name).toBeLessThan(within);
};

theorem<Backward>('thm:bptt', 'ab', {
  real: library,
  check: (backward) => {
    for (const { at, d } of SAMPLES) expectSame(backward(at, d), differencesOf(at, d));
    expectSame(wrong({})(SAMPLES[0].at, SAMPLES[0].d), differencesOf(SAMPLES[0].at, SAMPLES[0].d)); // the changed ones are changed from what is right
  },
  mutants: {
    'forgets the slope of tanh': wrong({ through: (h) => h.map(() => 1) }),
    'takes 1 − h': wrong({ through: (h) => h.map((value) => 1 - value) }),
    'takes 1 + h²': wrong({ through: (h) => h.map((value) => 1 + value ** 2) }),
    'takes the transpose of wh back': wrong({ back: (wh, du) => rowTimes(du, wh) }),
    'sends nothing back': wrong({ back: (_, du) => du.map(() => 0) }),
    'adds the state to its gradient by a residual': wrong({ back: (wh, du) => plus(timesColumn(wh, du), du) }),
    'counts the loss of the last step alone': wrong({ own: (d, t) => (t === T - 1 ? d : d.map(() => 0)) }),
    'multiplies by hₜ instead of hₜ₋₁': wrong({ earlier: (h, t) => h[t + 1] }),
    'leaves h₀ out of the weights': wrong({ earlier: (h, t) => (t === 0 ? h[0].map(() => 0) : h[t]) }),
    'gives the shift the last step alone': wrong({ shift: (du, t) => (t === T - 1 ? du : du.map(() => 0)) }),
  },
});

type Weights = Pick<Arrays, 'wx' | 'wh' | 'b'>;
/** The gradients of the weights by two pieces, s steps and the rest; what the second sends back is handed to the first or is not. */
type InPieces = (at: Arrays, d: Float64Array, s: number, handOn: boolean) => Weights;
const pieces =
  (send: (q: Float64Array, dFirst: Float64Array, s: number, handOn: boolean) => void): InPieces =>
  (at, d, s, handOn) => {
    const second = library({ ...at, x: at.x.slice(s * F), h: Float64Array.from(states(at)[s]) }, d.slice(s * D));
    const dFirst = d.slice(0, s * D);
    send(second.h, dFirst, s, handOn);
    const first = library({ ...at, x: at.x.slice(0, s * F) }, dFirst);
    const sum = (name: keyof Weights) => first[name].map((value, i) => value + second[name][i]);
    return { wx: sum('wx'), wh: sum('wh'), b: sum('b') };
  };
const give = (q: Float64Array, d: Float64Array, step: number, scale = 1) => {
  q.forEach((value, i) => {
    d[(step - 1) * D + i] += scale * value;
  });
};

theorem<InPieces>('thm:bptt', 'c', {
  real: pieces((q, d, s, handOn) => {
    if (handOn) give(q, d, s);
  }),
  check: (inPieces) => {
    for (const { at, d } of SAMPLES)
      for (const s of [2, 3]) {
        const whole = differencesOf(at, d);
        expectSame(inPieces(at, d, s, true), { wx: whole.wx, wh: whole.wh, b: whole.b });
        // Σ over t ≤ s of KₜᵀJₜ₊₁ᵀ … Jₛᵀ q, written out.
        const [h, wh, inputs] = [states(at), rowsOf(at.wh, D), rowsOf(at.x, F)];
        const later = { ...at, x: at.x.slice(s * F), h: Float64Array.from(h[s]) };
        let q = Array.from(centralDifferences(() => lossOf(later, d, s), [later.h])[0]);
        const [lostX, lostH] = [zeros(F, D), zeros(D, D)];
        let lostB = new Array<number>(D).fill(0);
        for (let t = s; t >= 1; t--) {
          const du = times(slopeOfTanh(h[t]), q);
          addOuter(lostX, inputs[t - 1], du);
          addOuter(lostH, h[t - 1], du);
          lostB = plus(lostB, du);
          q = timesColumn(wh, du);
        }
        const less = (all: Float64Array, lost: number[]) => all.map((value, i) => value - lost[i]);
        const cut = { wx: less(whole.wx, lostX.flat()), wh: less(whole.wh, lostH.flat()), b: less(whole.b, lostB) };
        expectSame(inPieces(at, d, s, false), cut);
        expect(distance(cut.wh, whole.wh)).toBeGreaterThan(0.05); // it is not small
      }
  },
  mutants: {
    'never hands on': pieces(() => undefined),
    'always hands on': pieces((q, d, s) => give(q, d, s)),
    'hands on half': pieces((q, d, s, handOn) => give(q, d, s, handOn ? 0.5 : 0)),
    'hands on to a step before': pieces((q, d, s, handOn) => give(q, d, s - 1, handOn ? 1 : 0)),
    'changes the sign': pieces((q, d, s, handOn) => give(q, d, s, handOn ? -1 : 0)),
  },
});

/** ∂hₜ/∂h₀ after n steps with the library's layer, [D, D], its hidden states, and a bound on its norm. */
interface Decay {
  jacobian(at: Arrays, n: number): number[][];
  bound(norm: number, hidden: Rows): { tight: number; loose: number };
}
const jacobian = (at: Arrays, n: number): number[][] =>
  Array.from({ length: D }, (_, i) => {
    const d = new Float64Array(n * D);
    d[(n - 1) * D + i] = 1;
    return Array.from(library({ ...at, x: at.x.slice(0, n * F) }, d).h);
  });
const normOf = (a: number[][]) => svd({ rows: D, cols: D, data: Float64Array.from(a.flat()) }).s;
const gammas = (hidden: Rows) => hidden.reduce((product, h) => product * Math.max(...slopeOfTanh(h)), 1);
const decay = (bound: Decay['bound'], change: (a: number[][]) => number[][] = (a) => a): Decay => ({
  bound,
  jacobian: (at, n) => change(jacobian(at, n)),
});
const rightBound: Decay['bound'] = (norm, hidden) => ({ tight: norm ** hidden.length * gammas(hidden), loose: norm ** hidden.length });

/** A turn in three dimensions, orthogonal, times c. */
const turned = (c: number) => {
  const [cos, sin] = [0.6, 0.8];
  return Float64Array.from(
    [
      [c * cos, -c * sin, 0],
      [c * sin * cos, c * cos * cos, -c * sin],
      [c * sin * sin, c * cos * sin, c * cos],
    ].flat(),
  );
};
const atRest = (wh: ArrayLike<number>): Arrays => ({
  x: new Float64Array(12 * F),
  h: new Float64Array(D),
  wx: new Float64Array(F * D),
  wh: Float64Array.from(wh),
  b: new Float64Array(D),
});

theorem<Decay>('thm:vanishing-gradients', 'ab', {
  real: decay(rightBound),
  check: ({ jacobian, bound }) => {
    for (const { at } of SAMPLES)
      for (const n of [1, 3, 5]) {
        const hidden = states({ ...at, x: at.x.slice(0, n * F) }).slice(1);
        const [norm] = normOf(rowsOf(at.wh, D));
        const found = jacobian(at, n);
        // The product Jₙ … J₁ with J = diag(1 − h²) whᵀ.
        let product = zeros(D, D).map((row, i) => row.map((_, j) => Number(i === j)));
        for (const h of hidden) {
          const before = product;
          product = before.map((_, i) =>
            before.map((_, j) => (1 - h[i] ** 2) * before.reduce((sum, row, k) => sum + at.wh[k * D + i] * row[j], 0)),
          );
        }
        expect(distance(found.flat(), product.flat())).toBeLessThan(1e-6);
        const { tight, loose } = bound(norm, hidden);
        expect(normOf(found)[0]).toBeLessThanOrEqual(tight * (1 + 1e-6));
        expect(tight).toBeLessThanOrEqual(loose * (1 + 1e-9));
      }
    for (const c of [0.8, 1.25])
      for (const n of [1, 4, 12]) {
        const singular = normOf(jacobian(atRest(turned(c)), n));
        const { tight, loose } = bound(
          c,
          Array.from({ length: n }, () => new Array<number>(D).fill(0)),
        );
        for (const one of singular) for (const value of [tight, loose]) expect(one / value).toBeCloseTo(1, 5); // attained, by every one
        expect(singular[0] / c ** n).toBeCloseTo(1, 5);
      }
  },
  mutants: {
    'counts one step too many': decay((norm, hidden) => ({
      tight: norm ** (hidden.length + 1) * gammas(hidden),
      loose: norm ** (hidden.length + 1),
    })),
    'counts one step too few': decay((norm, hidden) => ({
      tight: norm ** (hidden.length - 1) * gammas(hidden),
      loose: norm ** (hidden.length - 1),
    })),
    'allows twice as much': decay((norm, hidden) => ({
      tight: 2 * norm ** hidden.length * gammas(hidden),
      loose: 2 * norm ** hidden.length,
    })),
    'takes the square of each slope': decay((norm, hidden) => ({
      tight: norm ** hidden.length * gammas(hidden) ** 4,
      loose: norm ** hidden.length,
    })),
    'takes the least slope of each step': decay((norm, hidden) => ({
      tight: norm ** hidden.length * hidden.reduce((product, h) => product * Math.min(...slopeOfTanh(h)), 1),
      loose: norm ** hidden.length,
    })),
    'is the Jacobian transposed': decay(rightBound, (a) => a.map((row, i) => row.map((_, j) => a[j][i]))),
    'has a Jacobian that keeps a tenth of the state': decay(rightBound, (a) =>
      a.map((row, i) => row.map((value, j) => value + (i === j ? 0.1 : 0))),
    ),
  },
});

/** Upper triangular, so its eigenvalues are its diagonal: 0.9 and two of half, far from normal, with a norm above 5. */
const SHEARED = [0.9, 5, 0, 0, 0.45, 2, 0, 0, 0.45];
const NILPOTENT = [0, 2, 0, 0, 0, 2, 0, 0, 0];
type Radius = (wh: readonly number[]) => number;
const diagonal = (wh: readonly number[]) => Math.max(Math.abs(wh[0]), Math.abs(wh[4]), Math.abs(wh[8]));

theorem<Radius>('thm:vanishing-gradients', 'c', {
  real: diagonal, // the spectral radius of a triangular matrix
  check: (radius) => {
    for (const scale of [1, 1.25, 1.5]) {
      const wh = SHEARED.map((value) => scale * value);
      const [first, n] = [radius(wh), 160];
      expect(normOf(rowsOf(Float64Array.from(wh), D))[0]).toBeGreaterThan(5);
      const at = { ...atRest(wh), x: new Float64Array(n * F) };
      const far = (steps: number) => normOf(jacobian(at, steps))[0];
      const half = far(n / 2);
      expect((far(n) / half) ** (2 / n)).toBeCloseTo(first, 4); // growth a step, once the start is forgotten
      if (first < 1) expect(far(n)).toBeLessThan(1e-5);
      else expect(far(n)).toBeGreaterThan(half);
    }
    expect(normOf(jacobian(atRest(NILPOTENT), 3))[0]).toBeLessThan(1e-12); // a norm of 2, and all is gone after three steps
    expect(radius(NILPOTENT)).toBe(0);
  },
  mutants: {
    'takes the norm': (wh) => normOf(rowsOf(Float64Array.from(wh), D))[0],
    'takes the trace': (wh) => wh[0] + wh[4] + wh[8],
    'takes the greatest entry': (wh) => Math.max(...wh),
    'takes the mean of the eigenvalues': (wh) => (wh[0] + wh[4] + wh[8]) / 3,
    'takes the least eigenvalue': (wh) => Math.min(wh[0], wh[4], wh[8]),
  },
});
