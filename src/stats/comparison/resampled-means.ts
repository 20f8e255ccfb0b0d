import { fold, type Key } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import { column, type Matrix, standardDeviation } from '../../linalg/index.js';
import { blockLength } from '../inference/block-length.js';
import { stationaryBootstrap } from '../inference/bootstrap.js';

/** How the samples of a comparison of several models are drawn, all models together. */
export interface ComparisonOptions {
  /** Decides the samples. */
  readonly key: Key;
  /** Mean block length of the stationary bootstrap; left out, the longest that `blockLength` chooses for a column of what is compared. */
  readonly block?: number;
  /** Samples; 1999. */
  readonly draws?: number;
}

/** Means of all columns over each sample, and how the samples were drawn. */
export interface ResampledMeans {
  /** [B, K] of the same rows in every column, so that the dependence of the columns is kept */
  readonly means: Matrix;
  readonly block: number;
}

/**
 * Column means of `draws` stationary bootstrap samples of x [T, K]. Unless given, the block is the longest that `blockLength` chooses for a
 * column; one that varies by rounding alone, as that of a model which is the mean of the others, has no say.
 */
export function resampledMeans(caller: string, x: Matrix, { key, block, draws = 1999 }: ComparisonOptions): ResampledMeans {
  checkWhole(caller, 'draws', draws, { from: 1 }, '1999 give a p-value of 0.05 an error of 0.005');
  const chosen = block ?? longestBlock(Array.from({ length: x.cols }, (_, k) => column(x, k)));
  const means = new Float64Array(draws * x.cols);
  for (let b = 0; b < draws; b++) means.set(meansOf(x, stationaryBootstrap(fold(key, b), x.rows, chosen)), b * x.cols);
  return { means: { rows: draws, cols: x.cols, data: means }, block: chosen };
}

/** Column means over the given rows, which may repeat: [K]. */
export function meansOf({ cols, data }: Matrix, rows: Int32Array): Float64Array {
  const total = new Float64Array(cols);
  for (let i = 0; i < rows.length; i++) for (let k = 0, at = rows[i] * cols; k < cols; k++, at++) total[k] += data[at];
  return total.map((value) => value / rows.length);
}

/** The longest block that `blockLength` chooses for one of several series [n]. */
export function longestBlock(columns: readonly Float64Array[]): number {
  const deviations = columns.map((values) => standardDeviation(values));
  const least = NOISE * deviations.reduce((most, deviation) => Math.max(most, deviation), 0);
  return columns.reduce((longest, values, k) => (deviations[k] > least ? Math.max(longest, blockLength(values).stationary) : longest), 1);
}

/** The part of the largest deviation below which one is rounding. */
export const NOISE = 1e-12;
