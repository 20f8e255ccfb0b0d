import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { onDates } from './align.js';
import { dateRange, type Panel, select } from './panel.js';

/*
 * What to do about missing values. Nothing here takes a value from a later date: to fill backwards is to look ahead.
 */

/**
 * The panel without the dates on which an asset has no value: the longest history that is complete.
 *
 * @throws when no date is left
 */
export function dropMissing(panel: Panel): Panel {
  const N = panel.assets.length;
  const dates = panel.dates.filter((_, t) => !panel.values.subarray(t * N, (t + 1) * N).some(Number.isNaN));
  if (dates.length === 0)
    throw new Error(
      `${panel.source}: every date lacks a value of some asset (${panel.dates.length} rows, ${N} assets); drop assets with short histories`,
    );
  return onDates(panel, dates);
}

/**
 * Missing values take the last one of their asset, for some rows at most.
 *
 * Of prices a filled one makes a return of zero and the next a return of several days; of a position or a rate that is set, it is what holds.
 *
 * @param limit  rows: 1 fills the first row of a gap only
 * @throws       when limit is no whole number from 1 up
 */
export function forwardFill(panel: Panel, limit: number): Panel {
  checkWhole('forwardFill', 'limit', limit);
  const N = panel.assets.length;
  const values = panel.values.slice();
  const since = new Int32Array(N);
  for (let i = 0; i < values.length; i++) {
    const n = i % N;
    if (!Number.isNaN(values[i])) since[n] = 0;
    else if (i >= N && since[n]++ < limit) values[i] = values[i - N];
  }
  return { ...panel, values };
}

const SHARE = { above: 0, to: 1 };

/** How much of an asset must be there. */
export interface Coverage {
  /** the least share of rows with a value: `0.9` allows one in ten to be missing */
  readonly coverage: number;
}

/**
 * Leaves out an asset on the dates on which too few of its last `window` rows have a value, the current one included: a universe by coverage that is
 * known on its date. The first `window − 1` rows count those before the panel as missing.
 *
 *     maskSparse(returns, { window: 252, coverage: 0.95 })
 *
 * @throws when window is no whole number from 1 up, or coverage no share above 0
 */
export function maskSparse(panel: Panel, options: Coverage & { readonly window: number }): Panel {
  checkOptions('maskSparse', options, ['window', 'coverage']);
  const { window, coverage } = options;
  checkWhole('maskSparse', 'window', window);
  checkNumber('maskSparse', 'coverage', coverage, SHARE);
  const N = panel.assets.length;
  const present = new Int32Array(N);
  const values = panel.values.map((value, i) => {
    const n = i % N;
    const leaves = i - window * N;
    present[n] += (Number.isNaN(value) ? 0 : 1) - (leaves >= 0 && !Number.isNaN(panel.values[leaves]) ? 1 : 0);
    return present[n] >= coverage * window ? value : Number.NaN;
  });
  return { ...panel, values };
}

/**
 * The panel without the assets of which too few rows up to a date have a value. The date is that of the choice, the end of a training part:
 * only what follows it is a test that did not choose its assets.
 *
 *     dropSparse(returns, { upTo: '2016-12-31', coverage: 0.99 })
 *
 * @throws when no asset is left, no row lies up to the date, or coverage is no share above 0
 */
export function dropSparse(panel: Panel, options: Coverage & { readonly upTo: string }): Panel {
  checkOptions('dropSparse', options, ['upTo', 'coverage']);
  const { upTo, coverage } = options;
  checkNumber('dropSparse', 'coverage', coverage, SHARE);
  const [, rows] = dateRange(panel.dates, { to: upTo }, panel.source);
  const N = panel.assets.length;
  const shares = panel.assets.map((_, n) => {
    let present = 0;
    for (let t = 0; t < rows; t++) if (!Number.isNaN(panel.values[t * N + n])) present++;
    return present / rows;
  });
  const assets = panel.assets.filter((_, n) => shares[n] >= coverage);
  if (assets.length === 0)
    throw new Error(
      `dropSparse: no asset of ${panel.source} has ${coverage} of its ${rows} rows up to ${upTo}; the best has ${Math.max(...shares)}; lower the coverage, or start later`,
    );
  return select(panel, { assets });
}
