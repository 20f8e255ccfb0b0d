import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/index.js';
import { compareExecution } from './compare-execution.js';

const z = (k: number, n: number) => normal(fold(key(9), k), [n], 'float64').data;

describe('compareExecution', () => {
  const flow = { orderValue: 50_000, ordersPerYear: 500 };

  it('finds a saving of a basis point beneath the noise that both share, and what that is a year', () => {
    const market = z(0, 400).map((x) => 20 * x);
    const own = [z(1, 400), z(2, 400)];
    const trial = { control: market.map((x, i) => 4 + x + 2 * own[0][i]), candidate: market.map((x, i) => 3 + x + 2 * own[1][i]) };
    const found = compareExecution(trial, flow);
    expect(found.better).toBe('candidate');
    expect(found.since).toBeLessThan(400);
    expect([found.interval.low < 1, 1 < found.interval.high]).toEqual([true, true]);
    const saved = trial.control.reduce((sum, x, i) => sum + x - trial.candidate[i], 0) / 400;
    expect(found.yearly).toBeCloseTo(saved * 2500, 6); // a basis point of 25 million a year
    expect(found.yearlyInterval.high).toBeCloseTo(2500 * found.interval.high, 9);
    expect(compareExecution({ control: trial.candidate, candidate: trial.control }, flow).better).toBe('control');
    // The same unpaired would say nothing: the noise of the market alone is 20 basis points an order.
    expect(compareExecution({ ...trial, candidate: trial.candidate.toReversed() }, flow).better).toBe('not known');
  });

  it('says what is no trial', () => {
    const control = new Float64Array(40);
    expect(() => compareExecution({ control, candidate: control.subarray(1) }, flow)).toThrow(
      'the control has 40 orders and the candidate 39',
    );
    expect(() => compareExecution({ control: [1], candidate: [1] }, flow)).toThrow('the number of orders must be a whole number from 30');
    expect(() => compareExecution({ control, candidate: control.map(() => Number.NaN) }, flow)).toThrow('difference 0 is NaN');
    expect(() => compareExecution({ control, candidate: control }, { ...flow, orderValue: 0 })).toThrow('orderValue');
  });
});
