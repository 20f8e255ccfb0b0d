import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  addOuter,
  logistic,
  plus,
  rowsOf,
  rowTimes,
  slopeOfLogistic,
  slopeOfTanh,
  tanh,
  times,
  timesColumn,
  zeros,
} from '../../../tests/support/dense.js';
import { centralDifferences } from '../../../tests/support/differences.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, normal } from '../../base/index.js';
import { lstm } from './lstm.js';
import { lstmVariant } from './lstm-variants.js';

// One sequence; L = Σ d ⊙ h + dc ⊙ c_T. Gates i, f, o and the candidate g in the columns of wx, wh and b; peepholes p of i, f, o.
const [T, F, D] = [4, 2, 2];
const SHAPES = { x: [1, T, F], h: [1, D], c: [1, D], wx: [F, 4 * D], wh: [D, 4 * D], b: [4 * D], p: [3, D] };
type Names = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Names[];
type Arrays = Record<Names, Float64Array>;
interface Seed {
  readonly d: Float64Array;
  readonly dc: Float64Array;
}
const draw = (seed: number, shape: number[]) =>
  Float64Array.from(normal(fold(key(seed), 1), shape).data, (value) => Math.fround(0.8 * value));
const sample = (seed: number, peepholes: boolean) => ({
  at: Object.fromEntries(
    NAMES.map((name, i) => [name, name === 'p' && !peepholes ? new Float64Array(3 * D) : draw(20 * seed + i, SHAPES[name])]),
  ) as Arrays,
  seed: { d: draw(20 * seed + 10, [T, D]), dc: draw(20 * seed + 11, [D]) },
});
const PLAIN = [sample(1, false), sample(2, false)];
const PEEPHOLES = [sample(3, true), sample(4, true)];

interface Step {
  readonly i: number[];
  readonly f: number[];
  readonly o: number[];
  readonly g: number[];
  readonly c: number[];
  readonly h: number[];
}

/** The steps in plain double precision; the first is the start. */
function stepsOf({ x, h, c, wx, wh, b, p }: Arrays): Step[] {
  const none = new Array<number>(D).fill(0);
  const found: Step[] = [{ i: none, f: none, o: none, g: none, c: [...c], h: [...h] }];
  const peep = rowsOf(p, D);
  for (const input of rowsOf(x, F)) {
    const before = found.at(-1)!;
    const u = rowsOf(plus(rowTimes(input, rowsOf(wx, 4 * D)), rowTimes(before.h, rowsOf(wh, 4 * D)), [...b]), D);
    const i = logistic(plus(u[0], times(peep[0], before.c)));
    const f = logistic(plus(u[1], times(peep[1], before.c)));
    const g = tanh(u[3]);
    const c = plus(times(f, before.c), times(i, g));
    const o = logistic(plus(u[2], times(peep[2], c)));
    found.push({ i, f, o, g, c, h: times(o, tanh(c)) });
  }
  return found;
}
const lossOf = (at: Arrays, { d, dc }: Seed) => {
  const steps = stepsOf(at);
  const ofStates = steps.slice(1).reduce((sum, { h }, t) => sum + h.reduce((inner, value, i) => inner + d[t * D + i] * value, 0), 0);
  return ofStates + steps[T].c.reduce((sum, value, i) => sum + dc[i] * value, 0);
};
const differencesOf = (at: Arrays, seed: Seed) => {
  const found = centralDifferences(
    () => lossOf(at, seed),
    NAMES.map((name) => at[name]),
  );
  return Object.fromEntries(NAMES.map((name, i) => [name, found[i]])) as Arrays;
};

type Backward = (at: Arrays, seed: Seed) => Arrays;
/** A layer's gradients in double precision: the seed of the cell is put behind that of the states. */
const byLayer =
  (names: readonly Names[], layer: (inputs: Record<Names, tf.Tensor>) => { outputs: tf.Tensor; state: { c: tf.Tensor } }): Backward =>
  (at, { d, dc }) => {
    const call = (...inputs: tf.Tensor[]) => {
      const { outputs, state } = layer(Object.fromEntries(names.map((name, i) => [name, inputs[i]])) as Record<Names, tf.Tensor>);
      return outputs.concat(state.c.expandDims(1), 1); // [1, T + 1, D]
    };
    const points = names.map((name) => ({ data: Float32Array.from(at[name]), shape: SHAPES[name] }));
    const { grads } = inDouble(call, points, { data: Float32Array.from([...d, ...dc]), shape: [1, T + 1, D] });
    return Object.fromEntries(names.map((name, i) => [name, Float64Array.from(grads[i])])) as Arrays;
  };
const library = byLayer(['x', 'h', 'c', 'wx', 'wh', 'b'], ({ x, h, c, wx, wh, b }) => lstm({ wx, wh, b }, x, { state: { h, c } }));
const variant = byLayer(NAMES, ({ x, h, c, wx, wh, b, p }) =>
  lstmVariant({ wx, wh, b, peepholes: p }, x, { peepholes: true, state: { h, c } }),
);

/** What a step's backward has at hand. */
interface At extends Step {
  readonly before: Step;
  readonly dh: number[];
  /** what the step after sends to the cell, and through its peepholes */
  readonly later: number[];
  readonly peep: number[][];
}
/** The formulas of the theorem; the changed ones replace some. */
const RIGHT = {
  output: ({ dh, c, o }: At) => times(dh, tanh(c), slopeOfLogistic(o)),
  cell: ({ dh, o, c, later, peep }: At, dO: number[]) => plus(later, times(dh, o, slopeOfTanh(tanh(c))), times(peep[2], dO)),
  input: ({ g, i }: At, dc: number[]) => times(dc, g, slopeOfLogistic(i)),
  forget: ({ before, f }: At, dc: number[]) => times(dc, before.c, slopeOfLogistic(f)),
  candidate: ({ i, g }: At, dc: number[]) => times(dc, i, slopeOfTanh(g)),
  earlier: ({ f, peep }: At, dc: number[], dI: number[], dF: number[]) => plus(times(dc, f), times(peep[0], dI), times(peep[1], dF)),
  back: (wh: number[][], du: number[]) => timesColumn(wh, du),
  state: ({ before }: At) => before.h,
  peepOutput: ({ c }: At) => c,
  peepForget: ({ before }: At) => before.c,
};
const wrong =
  (change: Partial<typeof RIGHT>): Backward =>
  (at, { d, dc: seed }) => {
    const rule = { ...RIGHT, ...change };
    const [steps, inputs, wx, wh, peep] = [stepsOf(at), rowsOf(at.x, F), rowsOf(at.wx, 4 * D), rowsOf(at.wh, 4 * D), rowsOf(at.p, D)];
    const [dWx, dWh, dx, dP] = [zeros(F, 4 * D), zeros(D, 4 * D), zeros(T, F), zeros(3, D)];
    let [dh, later, dB] = [new Array<number>(D).fill(0), [...seed], new Array<number>(4 * D).fill(0)];
    for (let t = T; t >= 1; t--) {
      dh = plus(dh, rowsOf(d, D)[t - 1]);
      const here: At = { ...steps[t], before: steps[t - 1], dh, later, peep };
      const dO = rule.output(here);
      const dc = rule.cell(here, dO);
      const [dI, dF, dG] = [rule.input(here, dc), rule.forget(here, dc), rule.candidate(here, dc)];
      const du = [...dI, ...dF, ...dO, ...dG];
      addOuter(dWx, inputs[t - 1], du);
      addOuter(dWh, rule.state(here), du);
      dB = plus(dB, du);
      dx[t - 1] = timesColumn(wx, du);
      dP[0] = plus(dP[0], times(here.before.c, dI));
      dP[1] = plus(dP[1], times(rule.peepForget(here), dF));
      dP[2] = plus(dP[2], times(rule.peepOutput(here), dO));
      dh = rule.back(wh, du);
      later = rule.earlier(here, dc, dI, dF);
    }
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    return {
      x: flat(dx),
      h: Float64Array.from(dh),
      c: Float64Array.from(later),
      wx: flat(dWx),
      wh: flat(dWh),
      b: Float64Array.from(dB),
      p: flat(dP),
    };
  };

const checkOn =
  (samples: typeof PLAIN, names: readonly Names[]) =>
  (backward: Backward): void => {
    for (const { at, seed } of samples) {
      const [got, want] = [backward(at, seed), differencesOf(at, seed)];
      for (const name of names) expect(distance(got[name], want[name]), name).toBeLessThan(1e-6);
    }
  };

describe('the changed formulas', () => {
  it('are changed from right ones', () => {
    checkOn([...PLAIN, ...PEEPHOLES], NAMES)(wrong({}));
  });
});

theorem<Backward>('thm:lstm-backward', 'ab', {
  real: library,
  check: checkOn(PLAIN, ['x', 'h', 'c', 'wx', 'wh', 'b']),
  mutants: {
    'forgets tanh c at the output gate': wrong({ output: ({ dh, o }) => times(dh, slopeOfLogistic(o)) }),
    'takes o for o(1 − o)': wrong({ output: ({ dh, c, o }) => times(dh, tanh(c), o) }),
    'forgets the slope of tanh c': wrong({ cell: ({ dh, o, later }) => plus(later, times(dh, o)) }),
    'forgets the output gate before the cell': wrong({ cell: ({ dh, c, later }) => plus(later, times(dh, slopeOfTanh(tanh(c)))) }),
    'sends nothing along the cell': wrong({ cell: ({ dh, o, c }) => times(dh, o, slopeOfTanh(tanh(c))) }),
    'sends the whole along the cell': wrong({ earlier: (_, dc) => dc }),
    'sends i along the cell': wrong({ earlier: ({ i }, dc) => times(dc, i) }),
    'takes f for g at the input gate': wrong({ input: ({ f, i }, dc) => times(dc, f, slopeOfLogistic(i)) }),
    'takes cₜ for cₜ₋₁ at the forget gate': wrong({ forget: ({ c, f }, dc) => times(dc, c, slopeOfLogistic(f)) }),
    'takes 1 − f for f(1 − f)': wrong({
      forget: ({ before, f }, dc) =>
        times(
          dc,
          before.c,
          f.map((value) => 1 - value),
        ),
    }),
    'takes g(1 − g) at the candidate': wrong({ candidate: ({ i, g }, dc) => times(dc, i, slopeOfLogistic(g)) }),
    'forgets the input gate at the candidate': wrong({ candidate: ({ g }, dc) => times(dc, slopeOfTanh(g)) }),
    'sends nothing to the state before': wrong({ back: () => new Array<number>(D).fill(0) }),
    'sends the candidate alone to the state before': wrong({
      back: (wh, du) =>
        timesColumn(
          wh,
          du.map((value, j) => (j < 3 * D ? 0 : value)),
        ),
    }),
    'multiplies by hₜ instead of hₜ₋₁': wrong({ state: ({ h }) => h }),
  },
});

theorem<Backward>('thm:lstm-backward', 'c', {
  real: variant,
  check: checkOn(PEEPHOLES, NAMES),
  mutants: {
    'forgets the peephole of o': wrong({ cell: ({ dh, o, c, later }) => plus(later, times(dh, o, slopeOfTanh(tanh(c)))) }),
    'takes it away': wrong({
      cell: ({ dh, o, c, later, peep }, dO) =>
        plus(
          later,
          times(dh, o, slopeOfTanh(tanh(c))),
          times(
            peep[2],
            dO.map((value) => -value),
          ),
        ),
    }),
    'forgets the peepholes of i and f': wrong({ earlier: ({ f }, dc) => times(dc, f) }),
    'forgets that of i': wrong({ earlier: ({ f, peep }, dc, _, dF) => plus(times(dc, f), times(peep[1], dF)) }),
    'forgets that of f': wrong({ earlier: ({ f, peep }, dc, dI) => plus(times(dc, f), times(peep[0], dI)) }),
    'takes them for one another': wrong({
      earlier: ({ f, peep }, dc, dI, dF) => plus(times(dc, f), times(peep[1], dI), times(peep[0], dF)),
    }),
    'multiplies by cₜ₋₁ at o': wrong({ peepOutput: ({ before }) => before.c }),
    'multiplies by cₜ at f': wrong({ peepForget: ({ c }) => c }),
  },
});

/** ∂c_n/∂c₀, the diagonal and the greatest entry off it, of an LSTM of D units with the library. */
function carried(params: Pick<Arrays, 'wx' | 'wh' | 'b'>, inputs: number[][]): { diagonal: number[]; off: number } {
  const n = inputs.length;
  const points = [
    { data: Float32Array.from(inputs.flat()), shape: [1, n, F] },
    { data: Float32Array.from([0.3, -0.2]), shape: [1, D] },
    ...(['wx', 'wh', 'b'] as const).map((name) => ({ data: Float32Array.from(params[name]), shape: SHAPES[name] })),
  ];
  const rows = [0, 1].map((unit) => {
    const cell = (...[x, c, wx, wh, b]: tf.Tensor[]) => lstm({ wx, wh, b }, x, { state: { h: c.mul(0), c } }).state.c;
    return Array.from(inDouble(cell, points, { data: Float32Array.from([1 - unit, unit]), shape: [1, D] }).grads[1] as ArrayLike<number>);
  });
  return { diagonal: [rows[0][0], rows[1][1]], off: Math.max(Math.abs(rows[0][1]), Math.abs(rows[1][0])) };
}
const still = (at: Arrays) => ({ ...at, wh: new Float64Array(D * 4 * D) });
const INPUTS = rowsOf(draw(77, [6, F]), F);

type Kept = (gates: { readonly i: number[]; readonly f: number[]; readonly o: number[] }[]) => number[];
theorem<Kept>('thm:forget-bias', 'a', {
  real: (gates) => times(...gates.map(({ f }) => f)),
  check: (kept) => {
    for (const { at } of PLAIN)
      for (const n of [1, 3, 6]) {
        const params = still(at);
        const { diagonal, off } = carried(params, INPUTS.slice(0, n));
        // The gates themselves: with wh = 0 they follow from the inputs.
        const gates = INPUTS.slice(0, n).map((input) => {
          const u = rowsOf(plus(rowTimes(input, rowsOf(at.wx, 4 * D)), [...at.b]), D);
          return { i: logistic(u[0]), f: logistic(u[1]), o: logistic(u[2]) };
        });
        expect(distance(diagonal, kept(gates))).toBeLessThan(1e-6);
        expect(off).toBe(0);
      }
  },
  mutants: {
    'takes the input gates': (gates) => times(...gates.map(({ i }) => i)),
    'takes the output gates too': (gates) => times(...gates.map(({ f, o }) => times(f, o))),
    'takes their mean': (gates) => gates[0].f.map((_, j) => gates.reduce((sum, { f }) => sum + f[j], 0) / gates.length),
    'leaves the last out': (gates) => (gates.length > 1 ? times(...gates.slice(0, -1).map(({ f }) => f)) : [1, 1]),
    'takes 1 − f': (gates) => times(...gates.map(({ f }) => f.map((value) => 1 - value))),
  },
});

/** What is left of a cell after n steps at the shift b, after how many half is, and the sum of all that is left. */
interface Memory {
  left(b: number, n: number): number;
  half(b: number): number;
  sum(b: number): number;
}
const MEMORY: Memory = {
  left: (b, n) => logistic([b])[0] ** n,
  half: (b) => Math.LN2 / Math.log(1 + Math.exp(-b)),
  sum: (b) => 1 + Math.exp(b),
};
theorem<Memory>('thm:forget-bias', 'b', {
  real: MEMORY,
  check: ({ left, half, sum }) => {
    const at = still(PLAIN[0].at);
    for (let i = 0; i < F; i++) at.wx.fill(0, i * 4 * D + D, i * 4 * D + 2 * D);
    const found = (b: number, n: number) => {
      at.b.fill(b, D, 2 * D);
      return carried(
        at,
        Array.from({ length: n }, (_, t) => INPUTS[t % 6]),
      ).diagonal;
    };
    for (const b of [0, 1, Math.fround(2.3)]) {
      for (const n of [1, 2, 9]) for (const one of found(b, n)) expect(one / left(b, n)).toBeCloseTo(1, 5);
      const [one] = found(b, 1); // of each step, since every step has the same gate
      expect(one ** half(b)).toBeCloseTo(0.5, 6);
      expect(Array.from({ length: 400 }, (_, n) => one ** n).reduce((a, c) => a + c)).toBeCloseTo(sum(b), 5);
    }
    expect([half(0), half(1), sum(0), sum(1)].map((value) => Number(value.toFixed(2)))).toEqual([1, 2.21, 2, 3.72]); // as stated
  },
  mutants: {
    'has no shift': { ...MEMORY, left: (_, n) => 2 ** -n },
    'fades as e^(−n/b)': { ...MEMORY, left: (b, n) => Math.exp(-n / (1 + b)) },
    'counts one step more': { ...MEMORY, left: (b, n) => logistic([b])[0] ** (n + 1) },
    'takes 1 + e^b under the logarithm': { ...MEMORY, half: (b) => Math.LN2 / Math.log(1 + Math.exp(b)) },
    'has the time to 1/e': { ...MEMORY, half: (b) => 1 / Math.log(1 + Math.exp(-b)) },
    'sums to e^b': { ...MEMORY, sum: (b) => Math.exp(b) },
    'sums to 1 + b': { ...MEMORY, sum: (b) => 1 + b },
  },
});

type Cost = (b: number, variance: number) => { low: number; high: number };
const cost: Cost = (b, variance) => ({ low: Math.log(1 + Math.exp(-b)), high: Math.log(1 + Math.exp(-b)) + variance / 8 });
theorem<Cost>('thm:forget-bias', 'c', {
  real: cost,
  check: (bounds) => {
    // What a step costs: with no candidate c₁ = f c₀, so −log c₁ of c₀ = 1 is −log f, of 4,001 forget gates at u = b + s q; q has the variance 1.
    const quantiles = Array.from({ length: 4001 }, (_, k) => ((k - 2000) / 2000) * Math.sqrt(3)); // uniform
    const variance = quantiles.reduce((sum, q) => sum + q * q, 0) / quantiles.length;
    const spent = (b: number, s: number) => {
      const B = quantiles.length;
      const wx = Float32Array.from([0, s, 0, 0]);
      const inputs = [
        { data: Float32Array.from(quantiles), shape: [B, 1, 1] },
        { data: new Float32Array(B).fill(1), shape: [B, 1] },
        { data: wx, shape: [1, 4] },
        { data: Float32Array.from([0, b, 0, 0]), shape: [4] },
      ];
      const cell = (...[x, c, wx, b]: tf.Tensor[]) => lstm({ wx, wh: wx.mul(0), b }, x, { state: { h: c.mul(0), c } }).state.c;
      return Array.from(inDouble(cell, inputs).y as ArrayLike<number>).reduce((sum, c) => sum - Math.log(c), 0) / B;
    };
    for (const b of [0, 1])
      for (const s of [0.1, 0.5, 2]) {
        const { low, high } = bounds(b, s * s * variance);
        expect(spent(b, s)).toBeGreaterThanOrEqual(low);
        expect(spent(b, s)).toBeLessThanOrEqual(high);
      }
    const v = 0.01 * variance;
    expect((spent(0, 0.1) - bounds(0, v).low) / (bounds(0, v).high - bounds(0, v).low)).toBeGreaterThan(0.98); // nearly attained above …
    expect(spent(0, 0.001)).toBeCloseTo(bounds(0, 0).low, 6); // … and below
  },
  mutants: {
    'has a fourth of the variance': (b, variance) => ({ ...cost(b, variance), high: cost(b, 2 * variance).high }),
    'has a sixteenth of the variance': (b, variance) => ({ ...cost(b, variance), high: cost(b, variance / 2).high }),
    'has the deviation for the variance': (b, variance) => ({ ...cost(b, variance), high: cost(b, Math.sqrt(variance)).high }),
    'lets noise lengthen the memory': (b, variance) => ({ low: cost(b, 0).low - variance / 8, high: cost(b, 0).low }),
    'has the upper bound below too': (b, variance) => ({ low: cost(b, variance).high, high: cost(b, variance).high }),
    'turns the sign of the shift': (b, variance) => cost(-b, variance),
  },
});
