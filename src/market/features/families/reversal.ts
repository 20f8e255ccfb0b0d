import { type Entry, family } from '../feature.js';
import { affine, multiply, ratio, sqrt, subtract } from '../operators/arithmetic.js';
import { crossMean } from '../operators/cross-section.js';
import { difference, lag } from '../operators/lag.js';
import { windowCovariance, windowVariance } from '../operators/window-moments.js';
import { logPrice, logReturn, RETURN, realisedVolatility, returnOver } from './common.js';

const { raw } = String;

/** Past losers: what tends to turn, over days and over years, and how returns follow one another. */
export const reversal = family('reversal', [
  ...[1, 5, 21].map(
    (h): Entry => ({
      name: `reversal-${h}`,
      formula: raw`\frac1N\sum_n R_{t,n}-R_t,\quad R_t=\ln\frac{p_t}{p_{t-${h}}}`,
      unit: `${RETURN}; above 0 where the asset fell behind the others`,
      source:
        h === 21
          ? 'Jegadeesh 1990, of log returns against the mean of the assets'
          : 'Lehmann 1990, of log returns against the mean of the assets',
      expression: subtract(crossMean(returnOver(h)), returnOver(h)),
    }),
  ),
  {
    name: 'long-term-reversal-756-252',
    formula: raw`-\ln\frac{p_{t-252}}{p_{t-756}}`,
    unit: RETURN,
    source: 'De Bondt & Thaler 1985: three years without the last, in rows',
    expression: affine(lag(difference(logPrice, 504), 252), -1),
  },
  ...[1, 5].map(
    (h): Entry => ({
      name: `return-shock-${h}`,
      formula: raw`\frac{\ln(p_t/p_{t-${h}})}{\sqrt{${h}}\,\sigma_{63,t-${h}}},\quad \sigma_{63}^2=\tfrac1{63}\sum_{i<63}r_{t-i}^2`,
      unit: 'standard deviations',
      source: 'a return in units of the volatility before it',
      expression: ratio(returnOver(h), affine(lag(realisedVolatility(63), h), Math.sqrt(h))),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `autocorrelation-${w}`,
      formula: raw`\operatorname{corr}_{i<${w}}(r_{t-i},r_{t-i-1})`,
      unit: 'a correlation',
      source: 'Lo & MacKinlay 1988, at lag 1',
      expression: ratio(
        windowCovariance(logReturn, lag(logReturn, 1), w),
        sqrt(multiply(windowVariance(logReturn, w), windowVariance(lag(logReturn, 1), w))),
      ),
    }),
  ),
  ...[
    [5, 126],
    [21, 252],
  ].map(
    ([h, w]): Entry => ({
      name: `variance-ratio-${h}-${w}`,
      formula: raw`\frac{\operatorname{var}_{i<${w}}\ln(p_{t-i}/p_{t-i-${h}})}{${h}\operatorname{var}_{i<${w}}r_{t-i}}`,
      unit: 'a ratio: 1 of a random walk, more of a trend, less of reversal',
      source: 'Lo & MacKinlay 1988, without its small-sample corrections',
      expression: ratio(windowVariance(returnOver(h), w), affine(windowVariance(logReturn, w), h)),
    }),
  ),
  {
    name: 'seasonal-return-252-231',
    formula: raw`\ln\frac{p_{t-231}}{p_{t-252}}`,
    unit: RETURN,
    source: 'Heston & Sadka 2008: what the coming month brought a year ago, in rows',
    expression: lag(difference(logPrice, 21), 231),
  },
]);
