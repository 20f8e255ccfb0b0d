import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { normalForecast } from './laws.js';
import { crps, logDensityScores } from './probability-scores.js';

const two = normalForecast({ mean: [0, 1], standardDeviation: [1, 2] });

describe('scores of laws', () => {
  // At the mean CRPS is d (2φ(0) − 1/√π), and the logarithmic score log d + ½ log 2π.
  it('are those of each row by its own law', () => {
    const atMean = 2 / Math.sqrt(2 * Math.PI) - 1 / Math.sqrt(Math.PI);
    expectClose(crps([0, 1], two), [atMean, 2 * atMean], 12);
    expectClose(logDensityScores([0, 1], two), [0.5 * Math.log(2 * Math.PI), Math.log(2) + 0.5 * Math.log(2 * Math.PI)], 12);
    expectClose(logDensityScores([2], normalForecast({ mean: [0], standardDeviation: 1 })), [2 + 0.5 * Math.log(2 * Math.PI)], 12);
  });

  it('name rows that do not fit', () => {
    expect(() => crps([1, 2, 3], two)).toThrow('crps: outcomes and forecasts must be as many, and at least one: got y 3 and forecasts 2');
    expect(() => logDensityScores([1], two)).toThrow('logDensityScores: outcomes and forecasts must be as many');
    expect(() => logDensityScores([1, Number.NaN], two)).toThrow('logDensityScores: y is NaN at row 1');
  });
});
