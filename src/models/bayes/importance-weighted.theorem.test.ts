import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { importanceWeightedBound } from './importance-weighted.js';

type Bound = (logWeights: tf.Tensor) => tf.Tensor;

/** Weights that take two values with equal chances, so that means over draws are sums over all 2ᴷ outcomes. */
const WEIGHTS = [
  [1, 3],
  [0.2, 1.4],
];

/** All outcomes of K draws, [K, 2ᴷ]. */
const outcomes = (K: number, [low, high]: number[]) => ({
  data: Float64Array.from({ length: K * 2 ** K }, (_, at) => Math.log(((at % 2 ** K) >> Math.floor(at / 2 ** K)) & 1 ? high : low)),
  shape: [K, 2 ** K],
});
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const boundOf = (bound: Bound, K: number, weights: number[]) => mean(inDouble(bound, [outcomes(K, weights)]).y);

const MUTANTS: Record<string, Bound> = {
  'forgets to divide by K': (l) => l.exp().sum(0).log(),
  'divides by K − 1': (l) =>
    l
      .exp()
      .sum(0)
      .div(Math.max(1, l.shape[0] - 1))
      .log(),
  'is the mean of logarithms': (l) => l.mean(0),
  'is the largest': (l) => l.max(0),
  'is the mean weight, not its logarithm': (l) => l.exp().mean(0),
  'divides by K twice': (l) => l.exp().mean(0).log().sub(Math.log(l.shape[0])),
};

theorem<Bound>('thm:iwae', 'a', {
  real: importanceWeightedBound,
  check: (bound) => {
    for (const weights of WEIGHTS) {
      const [low, high] = weights;
      const evidence = Math.log((low + high) / 2);
      const bounds = [1, 2, 3, 4, 6, 8, 10].map((K) => boundOf(bound, K, weights));
      expect(bounds[0]).toBeCloseTo((Math.log(low) + Math.log(high)) / 2, 10); // the evidence lower bound
      expect(bounds[1]).toBeCloseTo((Math.log(low) + Math.log(high) + 2 * evidence) / 4, 10);
      for (let i = 1; i < bounds.length; i++) expect(bounds[i]).toBeGreaterThan(bounds[i - 1]);
      for (const value of bounds) expect(value).toBeLessThan(evidence);
    }
  },
  mutants: MUTANTS,
});

theorem<Bound>('thm:iwae', 'b', {
  real: importanceWeightedBound,
  // The gap of many draws is var ω/(2 K p²): at K = 12 it is within 3 and 8 per cent of that, 7 and 6 per cent of the gap of one draw.
  check: (bound) => {
    for (const weights of WEIGHTS) {
      const [low, high] = weights;
      const p = (low + high) / 2;
      const gap = (K: number) => Math.log(p) - boundOf(bound, K, weights);
      expect(Math.abs((12 * gap(12)) / (((high - low) / 2) ** 2 / (2 * p * p)) - 1)).toBeLessThan(0.1);
      expect(gap(12)).toBeGreaterThan(0);
      expect(gap(12)).toBeLessThan(gap(1) / 13);
      expect(gap(6) / gap(12)).toBeGreaterThan(1.8);
    }
  },
  mutants: MUTANTS,
});

theorem<Bound>('thm:iwae', 'c', {
  real: importanceWeightedBound,
  check: (bound) => {
    for (const logs of [
      [0.1, -1, 2],
      [-0.5, 0.3, 0.2, -3],
    ]) {
      const { grads } = inDouble(bound, [{ data: logs, shape: [logs.length] }]);
      const total = logs.reduce((sum, l) => sum + Math.exp(l), 0);
      expectClose(
        grads[0],
        logs.map((l) => Math.exp(l) / total),
        10,
      );
    }
  },
  mutants: {
    'is the mean of logarithms': MUTANTS['is the mean of logarithms'],
    'is the largest': MUTANTS['is the largest'],
    'is the mean weight, not its logarithm': MUTANTS['is the mean weight, not its logarithm'],
    'squares the weights': (l) => l.mul(2).exp().mean(0).log().mul(0.5),
  },
});
