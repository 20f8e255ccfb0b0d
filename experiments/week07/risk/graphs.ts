import { diagonal, inverseGram, type Matrix } from '../../../src/linalg/index.js';
import { cholesky } from '../../../src/linalg/internal.js';
import { correlationMatrix, laggedCorrelations, ledoitWolf, partialCorrelations, spanningTree } from '../../../src/stats/index.js';

/** How assets are linked, by the year before. */
export const GRAPHS = ['correlation', 'tree', 'partial', 'lead-lag'] as const;
export type GraphName = (typeof GRAPHS)[number];

/** Who sees whom [N, N]: 1 where asset i takes of asset j, and 0 on the diagonal. */
export type Links = Float64Array;

/** Correlations of which a link is made. */
const CORRELATED = 0.4;
/** Partial correlations of which a link is made. */
const PARTIAL = 0.1;
/** A correlation with the day before beyond two of its standard errors. */
const LED = 2 / Math.sqrt(251);

/** Rows of returns [T, N]. */
export const matrixOf = (data: Float64Array, N: number): Matrix => ({ rows: data.length / N, cols: N, data });

/**
 * The graphs of returns [T, N]: correlations beyond a threshold; the tree that joins all by the highest ones (Mantegna 1999); partial correlations, of
 * the shrunk covariance; and who follows whom by a day.
 */
export function graphsOf(returns: Float64Array, N: number): Readonly<Record<GraphName, Links>> {
  const x = matrixOf(returns, N);
  const R = correlationMatrix(x);
  const links = ({ data }: Matrix, rule: (value: number) => boolean): Links =>
    data.map((value, at) => Number(at % (N + 1) !== 0 && rule(value)));
  const joined = new Float64Array(N * N);
  for (const [i, j] of spanningTree(R)) joined[i * N + j] = joined[j * N + i] = 1;
  return {
    correlation: links(R, (r) => r > CORRELATED),
    tree: joined,
    partial: links(partialCorrelations(ledoitWolf(x).covariance), (p) => Math.abs(p) > PARTIAL),
    'lead-lag': links(laggedCorrelations(x), (r) => Math.abs(r) > LED),
  };
}

/** Σ⁻¹ [N, N] and log det Σ of a positive definite Σ. */
export function decomposed(covariance: Matrix): { readonly inverse: Float64Array; readonly logDeterminant: number } {
  const r = cholesky(covariance, { limit: 1e8 });
  if (!r) throw new Error('risk: a covariance is not positive definite');
  return { inverse: inverseGram(r).data, logDeterminant: 2 * diagonal(r).reduce((sum, x) => sum + Math.log(x), 0) };
}

/** What each asset takes of its neighbours [N, N]: their mean, or its own where it has none. */
export function meanOfNeighbours(links: Links, N: number): Float64Array {
  return links.map((link, at) => {
    const i = Math.floor(at / N);
    const degree = links.subarray(i * N, (i + 1) * N).reduce((sum, one) => sum + one, 0);
    return degree > 0 ? link / degree : Number(at % (N + 1) === 0);
  });
}

/** Kipf & Welling's Â of links that may have a direction: D^(−½) (A + I) D^(−½) with the degrees of the rows. */
export function renormalised(links: Links, N: number): Float64Array {
  const root = Float64Array.from({ length: N }, (_, i) =>
    Math.sqrt(1 + links.subarray(i * N, (i + 1) * N).reduce((sum, one) => sum + one, 0)),
  );
  return links.map((link, at) => (link + Number(at % (N + 1) === 0)) / (root[Math.floor(at / N)] * root[at % N]));
}
