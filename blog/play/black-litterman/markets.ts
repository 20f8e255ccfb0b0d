import type { Matrix } from '../../../src/linalg/index.js';
import { type BlackLitterman, blackLitterman, impliedReturns, optimalWeights, type View } from '../../../src/trade/browser.js';

/** Seven markets of shares: He & Litterman 1999, The intuition behind Black-Litterman model portfolios, tables 1 and 2. */
export const MARKETS = ['Australia', 'Canada', 'France', 'Germany', 'Japan', 'UK', 'USA'];

const CORRELATION = [
  [1, 0.488, 0.478, 0.515, 0.439, 0.512, 0.491],
  [0.488, 1, 0.664, 0.655, 0.31, 0.608, 0.779],
  [0.478, 0.664, 1, 0.861, 0.355, 0.783, 0.668],
  [0.515, 0.655, 0.861, 1, 0.354, 0.777, 0.653],
  [0.439, 0.31, 0.355, 0.354, 1, 0.405, 0.306],
  [0.512, 0.608, 0.783, 0.777, 0.405, 1, 0.652],
  [0.491, 0.779, 0.668, 0.653, 0.306, 0.652, 1],
];
const VOLATILITY = [0.16, 0.203, 0.248, 0.271, 0.21, 0.2, 0.187];

/** Each market's share of the world's capital. */
export const CAPITAL: readonly number[] = [0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615];

/** Σ [7, 7], of returns of a year. */
export const COVARIANCE: Matrix = {
  rows: 7,
  cols: 7,
  data: Float64Array.from(CORRELATION.flatMap((row, i) => row.map((rho, j) => rho * VOLATILITY[i] * VOLATILITY[j]))),
  names: MARKETS,
};

/** What the page's controls say. */
export interface Opinion {
  /** Pairs of weights, by market, with the mean that they will earn in a year, and how sure that is, 0 … 1. */
  readonly views: readonly (Pick<View, 'weights' | 'mean'> & { readonly confidence: number })[];
  /** δ */
  readonly riskAversion: number;
}

/** Weights and returns before and after the views. */
export interface Outcome extends Pick<BlackLitterman, 'mean'> {
  readonly prior: Float64Array;
  readonly weights: Float64Array;
}

const TAU = 0.05;

/** By the library's own functions; see `blackLitterman` and `optimalWeights`. */
export function outcomeOf({ views, riskAversion }: Opinion): Outcome {
  const prior = impliedReturns(CAPITAL, COVARIANCE, { riskAversion });
  const { mean, returnsCovariance } = blackLitterman(COVARIANCE, views, { prior, tau: TAU });
  return { prior, mean, weights: optimalWeights(mean, returnsCovariance, { riskAversion }) };
}

/** Germany against France and the UK, each by its capital. */
export const GERMANY: View['weights'] = { Germany: 1, France: -0.052 / (0.052 + 0.124), UK: -0.124 / (0.052 + 0.124) };
export const CANADA: View['weights'] = { Canada: 1, USA: -1 };

/**
 * What is wrong with views that are all taken for certain, in the page's words: the reader's own can say of Canada and the USA what another
 * view says already, or the contrary. Germany's stands apart from both, since no other speaks of France.
 */
export function clash(views: Opinion['views']): string | undefined {
  const certain = views.filter(({ weights, confidence }) => confidence === 1 && 'Canada' in weights && 'USA' in weights);
  return certain.length > 1
    ? 'your own view repeats or contradicts ‘Canada earns more than the USA’, and both are certain: make one less sure'
    : undefined;
}
