import { describe, expect, it } from 'vitest';
import empyrical from '../../../tests/references/empyrical.json' with { type: 'json' }; // made by tests/references/empyrical.py
import { calmar, maximumDrawdown } from './drawdown.js';
import { informationRatio, marketModel } from './exposure.js';
import { annualVolatility, countedGrowth } from './growth.js';
import { sharpe } from './sharpe.js';
import { sortino } from './sortino.js';
import { expectedShortfall, valueAtRisk } from './tail-risk.js';

describe.each(empyrical.cases)(
  'of $perYear returns a year, empyrical, scipy and statsmodels agree',
  ({ perYear, returns, market, ...want }) => {
    const near = (value: number) => expect.closeTo(value, 11);

    it('on the Sharpe ratio, its HAC error and its moments', () => {
      const found = sharpe(returns, { perYear, lags: 4 });
      expect(found).toMatchObject({ annual: near(want.sharpe), skewness: near(want.skewness), kurtosis: near(want.kurtosis) });
      expect(found.hac.standardError).toBeCloseTo(want.sharpeHacError4, 11);
      expect(sharpe(returns, { perYear, riskFree: 0.0001 }).annual).toBeCloseTo(want.sharpeOver1bp, 11);
    });

    it('on what divides by losses', () => {
      expect(sortino(returns, { perYear }).annual).toBeCloseTo(want.sortino, 11);
      expect(sortino(returns, { perYear, target: 0.0001 }).annual).toBeCloseTo(want.sortinoOver1bp, 11);
      expect(maximumDrawdown(returns).value).toBeCloseTo(want.drawdown, 12);
      expect(calmar(returns, { perYear })).toMatchObject({ value: near(want.calmar), growth: near(want.growth) });
    });

    it('on growth and volatility', () => {
      expect(countedGrowth(returns, { perYear }).value).toBeCloseTo(want.growth, 12);
      expect(annualVolatility(returns, { perYear }).value).toBeCloseTo(want.volatility, 12);
    });

    it('on the tails', () => {
      for (const [i, tail] of [0.01, 0.05, 0.1].entries()) {
        expect(valueAtRisk(returns, { tail }).value).toBeCloseTo(want.valueAtRisk[i], 12);
        const count = returns.length * tail;
        if (count < 2) {
          expect(() => expectedShortfall(returns, { tail })).toThrow('it takes 2 to have an error');
          continue;
        }
        // empyrical averages whole returns, ours counts the last in part.
        const whole = Math.floor((returns.length - 1) * tail) + 1;
        const last = [...returns].sort((a, b) => a - b)[whole - 1];
        expect(expectedShortfall(returns, { tail }).value).toBeCloseTo(
          (whole * want.expectedShortfall[i] - (whole - count) * last) / count,
          12,
        );
      }
    });

    it('on the market', () => {
      const { alpha, beta, annualAlpha } = marketModel(returns, market, { perYear, lags: 4 });
      expect(beta.value).toBeCloseTo(want.beta, 11);
      expect((1 + alpha.value) ** perYear - 1).toBeCloseTo(want.alpha, 11); // empyrical compounds
      expect([alpha.standardError, beta.standardError]).toEqual(want.hacErrors4.map(near));
      expect(annualAlpha.value).toBeCloseTo(alpha.value * perYear, 14);
      expect(informationRatio(returns, market, { perYear }).perPeriod).toBeCloseTo(want.informationRatio, 11);
    });
  },
);
