import { describe, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { references } from '../../../tests/support/references.js';
import { conformalisedQuantiles, splitConformal } from './split-conformal.js';

interface Made {
  readonly level: number;
  readonly y: number[];
  /** Forecast, low and high of the calibration, and of the new rows. */
  readonly x: number[][];
  readonly target: number[][];
  readonly split: number[][];
  readonly quantiles: number[][];
}

describe('against mapie', () => {
  it.each(references<Made[]>('mapie'))('intervals at $level are its own', ({ level, y, x, target, split, quantiles }) => {
    const ends = ({ low, high }: { low: Float64Array; high: Float64Array }) => [...low, ...high];
    expectClose(ends(splitConformal({ y, forecast: x[0] }, target[0], level)), split.flat(), 13);
    const found = conformalisedQuantiles({ y, low: x[1], high: x[2] }, { low: target[1], high: target[2] }, level);
    expectClose(ends(found), quantiles.flat(), 13);
  });
});
