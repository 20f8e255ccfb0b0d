import { mean } from '../../../src/linalg/index.js';

/** A model that is no net: its forecasts of the test rows, what its penalty, or the leaves of its trees, was chosen by, and how many were tried. */
export interface Fitted {
  readonly forecasts: Float64Array;
  readonly penalty?: number;
  readonly validation: number;
  readonly tried: number;
}

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];
/** What is to be forecast, by part. */
export type Labels = Record<Part, Float64Array>;

/** Mean of −log of the chance that was given to what came. */
export const logLoss = (p: ArrayLike<number>, y: ArrayLike<number>): number =>
  -mean(Float64Array.from(y, (up, i) => Math.log(up ? p[i] : 1 - p[i])));

/** The least loss on the rows to choose by. */
export function best(penalties: readonly number[], fit: (penalty: number) => Omit<Fitted, 'tried'>): Fitted {
  const all = penalties.map(fit);
  return { ...all.reduce((a, b) => (b.validation < a.validation ? b : a)), tried: all.length };
}
