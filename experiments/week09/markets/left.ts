import { mean, standardDeviation } from '../../../src/linalg/index.js';
import { type Memorisation, studentT, type stylisedFactBands } from '../../../src/stats/index.js';
import type { Fan, Risk } from './ask.js';
import type { Draw, Predicted } from './judge.js';

/** What a part leaves: text, so that it travels. */
export interface Left {
  bands?: ReturnType<typeof stylisedFactBands> & { readonly block: number };
  readonly draws: (Draw & { readonly model: string; readonly seed: number })[];
  readonly memory: (Pick<Memorisation, 'nearer' | 'copied' | 'memorises'> & { readonly model: string })[];
  /** Of who was fitted on real windows. */
  readonly predictive: Predicted[];
  /** MMD² of equal laws, ascending. */
  discrepancies?: number[];
  /** The weight of the past that the moving correlation has, by fold. */
  readonly memories: { readonly fold: string; readonly memory: number }[];
  readonly risk: Risk[];
  readonly fans: Fan[];
  readonly came: {
    readonly fold: string;
    readonly dates: readonly string[];
    readonly one: readonly number[];
    readonly ten: readonly number[];
    readonly regimes: readonly number[];
    readonly regimesOfTen: readonly number[];
  }[];
  readonly nets: {
    readonly model: string;
    readonly seed: number;
    readonly fold: string;
    readonly factor: number;
    readonly critic: number;
    readonly generator: number;
  }[];
  readonly trials: number;
}

export const slug = (name: string) => name.replace(/\s+/g, '-');

/** A mean over draws or seeds with the interval of Student's law. */
export function over(values: readonly number[]): { value: number; low: number; high: number; spread: number } {
  const value = mean(values);
  if (values.length < 2) return { value, low: value, high: value, spread: 0 };
  const spread = standardDeviation(values);
  const reach = (studentT(values.length - 1).quantile(0.975) * spread) / Math.sqrt(values.length);
  return { value, low: value - reach, high: value + reach, spread };
}
