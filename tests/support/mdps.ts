import { fold, key, normal, uniform } from '../../src/base/random.js';
import type { FiniteMdp } from '../../src/rl/tabular/finite-mdp.js';

/** A distribution from positive numbers. */
export const normalised = (v: readonly number[]): number[] => v.map((x) => x / v.reduce((sum, y) => sum + y, 0));

/** π(a | s) of logits `[s][a]`. */
export const softmaxRows = (logits: readonly (readonly number[])[]): number[][] => logits.map((row) => normalised(row.map(Math.exp)));

/** Numbers `[i][j]` of a seed, standard normal. */
export const normalRows = (seed: number, rows: number, cols: number): number[][] => {
  const { data } = normal(key(seed), [rows, cols], 'float64');
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
};

/** A process of S states and A actions by chance: every transition possible, rewards standard normal. */
export function randomMdp(seed: number, { S, A, discount }: { S: number; A: number; discount: number }): FiniteMdp {
  const { data } = uniform(fold(key(seed), 1), [S, A, S], 'float64');
  const row = (s: number, a: number) => Array.from(data.subarray((s * A + a) * S, (s * A + a + 1) * S), (u) => u ** 3 + 0.01);
  return {
    transition: Array.from({ length: S }, (_, s) => Array.from({ length: A }, (_, a) => normalised(row(s, a)))),
    reward: normalRows(seed + 1000, S, A),
    discount,
  };
}

/** Every policy of S states that always takes one of A actions. */
export const deterministicPolicies = (S: number, A: number): number[][][] =>
  Array.from({ length: A ** S }, (_, code) =>
    Array.from({ length: S }, (_, s) => Array.from({ length: A }, (_, a) => Number(Math.floor(code / A ** s) % A === a))),
  );
