import { jointBootstrap } from '../../../src/stats/index.js';
import { fold, key } from '../../../src/tensor/index.js';
import { christoffersen, kupiec } from '../../../src/trade/index.js';
import type { Judged } from './covariance.js';

const TAILS = [0.01, 0.05];
const LAWS = ['normal', 'past'] as const;
/** Quantiles of the normal law and its mean beyond them, in standard deviations. */
const NORMAL: Readonly<Record<number, Tail>> = {
  0.01: { quantile: 2.3263, beyond: 2.6652 },
  0.05: { quantile: 1.6449, beyond: 2.0627 },
};
/** Days of standardised returns that a quantile is taken of, at least, or half of all; until then nothing is judged. */
const SEEN = 504;

/** Of returns over their forecast volatility: losses above `quantile` are exceptions, of the mean `beyond`. */
interface Tail {
  readonly quantile: number;
  readonly beyond: number;
}

/** A row of the table: one covariance, one tail, one law. */
export interface Coverage {
  readonly [column: string]: string | number;
}

/**
 * How often equal weights fell below their value at risk, and how far on those days, by the normal law and by the quantile of the model's own past
 * standardised returns (Barone-Adesi, Giannopoulos & Vosper 1999), judged on the same days.
 */
export function coverage(days: readonly number[], portfolios: readonly (Judged & { readonly model: string })[]): Coverage[] {
  return portfolios.flatMap(({ model, equal }, p) => {
    const cases = TAILS.flatMap((tail) => LAWS.map((law) => ({ tail, law, rows: judgedDays(days, equal, tail, law) })));
    const ratios = (drawn: Int32Array) => cases.map(({ rows }) => overShortfall(drawn, rows));
    const { estimates, intervals } = jointBootstrap(ratios, cases[0].rows.length, { key: fold(key(76), p), block: 21, draws: 299 });
    return cases.map(({ tail, law, rows }, c) => {
      const hits = rows.map(({ z, quantile }) => z < -quantile);
      const { rate, pValue, exceptions } = kupiec(hits, tail);
      const { independence, conditionalCoverage } = christoffersen(hits, tail);
      return {
        model,
        tail: 100 * tail,
        law,
        days: rows.length,
        exceptions,
        'rate (%)': 100 * rate,
        'p Kupiec': pValue,
        'p independence': independence.pValue,
        'p conditional': conditionalCoverage.pValue,
        'loss over ES': estimates[c],
        from: intervals[c].low,
        to: intervals[c].high,
      };
    });
  });
}

/** The losses of the days with an exception over what was expected of them. */
function overShortfall(drawn: Int32Array, rows: readonly Judgement[]): number {
  let [loss, expected] = [0, 0];
  for (let r = 0; r < drawn.length; r++) {
    const { z, quantile, beyond } = rows[drawn[r]];
    if (z < -quantile) [loss, expected] = [loss - z, expected + beyond];
  }
  return expected > 0 ? loss / expected : 1; // a sample without an exception says nothing against the forecast
}

type Judgement = Tail & { readonly z: number };

function judgedDays(days: readonly number[], equal: readonly number[], tail: number, law: (typeof LAWS)[number]): Judgement[] {
  const judged: Judgement[] = [];
  let start = 0;
  for (const count of days) {
    const past = Float64Array.from(equal.slice(0, start)).sort();
    if (past.length >= Math.min(SEEN, equal.length / 2)) {
      const worst = past.subarray(0, Math.max(1, Math.floor(tail * past.length)));
      const own = { quantile: -worst[worst.length - 1], beyond: -worst.reduce((sum, z) => sum + z, 0) / worst.length };
      for (const z of equal.slice(start, start + count)) judged.push({ z, ...(law === 'normal' ? NORMAL[tail] : own) });
    }
    start += count;
  }
  return judged;
}
