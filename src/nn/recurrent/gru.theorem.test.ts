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
import { gru } from './gru.js';

// One sequence; L = Σ d ⊙ h. Gates r, z and the candidate n in the columns; bn is the shift of the state's part of the candidate.
const [T, F, D] = [4, 2, 2];
const SHAPES = { x: [1, T, F], h: [1, D], wx: [F, 3 * D], wh: [D, 3 * D], b: [3 * D], bn: [D] };
type Names = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Names[];
type Arrays = Record<Names, Float64Array>;
const draw = (seed: number, shape: number[]) =>
  Float64Array.from(normal(fold(key(seed), 2), shape).data, (value) => Math.fround(0.8 * value));
const SAMPLES = [1, 2].map((seed) => ({
  at: Object.fromEntries(NAMES.map((name, i) => [name, draw(20 * seed + i, SHAPES[name])])) as Arrays,
  d: draw(20 * seed + 10, [T, D]),
}));

interface Step {
  readonly r: number[];
  readonly z: number[];
  readonly m: number[];
  readonly n: number[];
  readonly h: number[];
}
const rest = (z: number[]) => z.map((value) => 1 - value);

/** The steps in plain double precision; the first is the start. */
function stepsOf({ x, h, wx, wh, b, bn }: Arrays): Step[] {
  const none = new Array<number>(D).fill(0);
  const found: Step[] = [{ r: none, z: none, m: none, n: none, h: [...h] }];
  for (const input of rowsOf(x, F)) {
    const before = found.at(-1)!.h;
    const [ofInput, ofState] = [
      rowsOf(plus(rowTimes(input, rowsOf(wx, 3 * D)), [...b]), D),
      rowsOf(rowTimes(before, rowsOf(wh, 3 * D)), D),
    ];
    const [r, z, m] = [logistic(plus(ofInput[0], ofState[0])), logistic(plus(ofInput[1], ofState[1])), plus(ofState[2], [...bn])];
    const n = tanh(plus(ofInput[2], times(r, m)));
    found.push({ r, z, m, n, h: plus(times(rest(z), n), times(z, before)) });
  }
  return found;
}
const differencesOf = (at: Arrays, d: Float64Array) => {
  const loss = () =>
    stepsOf(at)
      .slice(1)
      .reduce((sum, { h }, t) => sum + h.reduce((inner, value, i) => inner + d[t * D + i] * value, 0), 0);
  const found = centralDifferences(
    loss,
    NAMES.map((name) => at[name]),
  );
  return Object.fromEntries(NAMES.map((name, i) => [name, found[i]])) as Arrays;
};

type Backward = (at: Arrays, d: Float64Array) => Arrays;
const library: Backward = (at, d) => {
  const layer = (...[x, h, wx, wh, b, bn]: tf.Tensor[]) => gru({ wx, wh, b, bn }, x, { state: { h } }).outputs;
  const points = NAMES.map((name) => ({ data: Float32Array.from(at[name]), shape: SHAPES[name] }));
  const { grads } = inDouble(layer, points, { data: Float32Array.from(d), shape: [1, T, D] });
  return Object.fromEntries(NAMES.map((name, i) => [name, Float64Array.from(grads[i])])) as Arrays;
};

interface At extends Step {
  readonly before: number[];
  readonly dh: number[];
}
const RIGHT = {
  candidate: ({ dh, z, n }: At) => times(dh, rest(z), slopeOfTanh(n)),
  update: ({ dh, before, n, z }: At) =>
    times(
      dh,
      plus(
        before,
        n.map((value) => -value),
      ),
      slopeOfLogistic(z),
    ),
  product: ({ r }: At, dN: number[]) => times(dN, r),
  reset: ({ m, r }: At, dN: number[]) => times(dN, m, slopeOfLogistic(r)),
  earlier: ({ dh, z }: At, back: number[]) => plus(times(dh, z), back),
  ofState: (dR: number[], dZ: number[], dM: number[], _dN: number[]) => [...dR, ...dZ, ...dM],
  shift: (dM: number[], _dN: number[]) => dM,
};
const wrong =
  (change: Partial<typeof RIGHT>): Backward =>
  (at, d) => {
    const rule = { ...RIGHT, ...change };
    const [steps, inputs, wx, wh] = [stepsOf(at), rowsOf(at.x, F), rowsOf(at.wx, 3 * D), rowsOf(at.wh, 3 * D)];
    const [dWx, dWh, dx] = [zeros(F, 3 * D), zeros(D, 3 * D), zeros(T, F)];
    let [dh, dB, dBn] = [new Array<number>(D).fill(0), new Array<number>(3 * D).fill(0), new Array<number>(D).fill(0)];
    for (let t = T; t >= 1; t--) {
      dh = plus(dh, rowsOf(d, D)[t - 1]);
      const here: At = { ...steps[t], before: steps[t - 1].h, dh };
      const dN = rule.candidate(here);
      const [dZ, dM, dR] = [rule.update(here), rule.product(here, dN), rule.reset(here, dN)];
      const [ofInput, ofState] = [[...dR, ...dZ, ...dN], rule.ofState(dR, dZ, dM, dN)];
      addOuter(dWx, inputs[t - 1], ofInput);
      addOuter(dWh, here.before, ofState);
      dB = plus(dB, ofInput);
      dBn = plus(dBn, rule.shift(dM, dN));
      dx[t - 1] = timesColumn(wx, ofInput);
      dh = rule.earlier(here, timesColumn(wh, [...dR, ...dZ, ...dM]));
    }
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    return { x: flat(dx), h: Float64Array.from(dh), wx: flat(dWx), wh: flat(dWh), b: Float64Array.from(dB), bn: Float64Array.from(dBn) };
  };
const check = (backward: Backward) => {
  for (const { at, d } of SAMPLES) {
    const [got, want] = [backward(at, d), differencesOf(at, d)];
    for (const name of NAMES) expect(distance(got[name], want[name]), name).toBeLessThan(1e-6);
  }
};

describe('the changed formulas', () => {
  it('are changed from right ones', () => check(wrong({})));
});

theorem<Backward>('thm:gru-backward', 'ab', {
  real: library,
  check,
  mutants: {
    'takes z for 1 − z at the candidate': wrong({ candidate: ({ dh, z, n }) => times(dh, z, slopeOfTanh(n)) }),
    'forgets the slope of the candidate': wrong({ candidate: ({ dh, z }) => times(dh, rest(z)) }),
    'changes the sign at z': wrong({
      update: ({ dh, before, n, z }) =>
        times(
          dh,
          plus(
            n,
            before.map((value) => -value),
          ),
          slopeOfLogistic(z),
        ),
    }),
    'forgets the candidate at z': wrong({ update: ({ dh, before, z }) => times(dh, before, slopeOfLogistic(z)) }),
    'forgets the reset gate': wrong({ product: (_, dN) => dN }),
    'takes the old state for m at r': wrong({ reset: ({ before, r }, dN) => times(dN, before, slopeOfLogistic(r)) }),
    'takes r for r(1 − r)': wrong({ reset: ({ m, r }, dN) => times(dN, m, r) }),
    'keeps none of the old state': wrong({ earlier: (_, back) => back }),
    'keeps 1 − z of it': wrong({ earlier: ({ dh, z }, back) => plus(times(dh, rest(z)), back) }),
    'sends nothing through the gates': wrong({ earlier: ({ dh, z }) => times(dh, z) }),
    "takes the candidate's gradient for that of its product": wrong({ ofState: (dR, dZ, _, dN) => [...dR, ...dZ, ...dN] }),
    'forgets the reset gate at the shift': wrong({ shift: (_, dN) => dN }),
  },
});
