import { type Entry, family } from '../feature.js';
import { abs, affine, log, multiply, negative, positive, ratio, sqrt, square, subtract } from '../operators/arithmetic.js';
import { ewma } from '../operators/ewma.js';
import { lag } from '../operators/lag.js';
import { windowMax, windowMin } from '../operators/window-extremes.js';
import { windowVariance } from '../operators/window-moments.js';
import { windowRank } from '../operators/window-order.js';
import { windowMean } from '../operators/window-sum.js';
import { logReturn, RATIO, RETURN, realisedVolatility, squaredReturn, VOLATILITY } from './common.js';

const { raw } = String;
const VARIANCE = 'a variance per row: 0.0001 is (1 %)²';

const bipower = (w: number) => affine(windowMean(multiply(abs(logReturn), lag(abs(logReturn), 1)), w), Math.PI / 2);
const realisedVariance = (w: number) => windowMean(squaredReturn, w);

/** How much the price moves, of closes alone; of the range of bars see the family `range`. */
export const volatility = family('volatility', [
  ...[5, 10, 21, 42, 63, 126, 252].map(
    (w): Entry => ({
      name: `realised-volatility-${w}`,
      formula: raw`\sqrt{\tfrac1{${w}}\sum_{i<${w}}r_{t-i}^2}`,
      unit: VOLATILITY,
      source: 'Andersen, Bollerslev, Diebold & Labys 2003; the mean is taken as zero',
      expression: realisedVolatility(w),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `standard-deviation-${w}`,
      formula: raw`\sqrt{\tfrac1{${w - 1}}\sum_{i<${w}}(r_{t-i}-\bar r)^2}`,
      unit: VOLATILITY,
      source: 'the definition, as pandas has it',
      expression: sqrt(windowVariance(logReturn, w)),
    }),
  ),
  ...[0.94, 0.97].map(
    (lambda): Entry => ({
      name: `ewma-volatility-${lambda.toFixed(2).slice(2)}`,
      formula: raw`\sqrt{v_t},\quad v_t=${lambda}\,v_{t-1}+${(1 - lambda).toFixed(2)}\,r_t^2,\quad v_1=r_1^2`,
      unit: VOLATILITY,
      source: 'J.P. Morgan & Reuters 1996, RiskMetrics; no mean is removed, and the seed is the first square',
      expression: sqrt(ewma(squaredReturn, 1 - lambda)),
    }),
  ),
  ...[21, 63, 252].flatMap((w): Entry[] => [
    {
      name: `downside-deviation-${w}`,
      formula: raw`\sqrt{\tfrac1{${w}}\sum_{i<${w}}\min(r_{t-i},0)^2}`,
      unit: VOLATILITY,
      source: 'Barndorff-Nielsen, Kinnebrock & Shephard 2010: the root of the negative semivariance',
      expression: sqrt(windowMean(square(negative(logReturn)), w)),
    },
    {
      name: `upside-deviation-${w}`,
      formula: raw`\sqrt{\tfrac1{${w}}\sum_{i<${w}}\max(r_{t-i},0)^2}`,
      unit: VOLATILITY,
      source: 'Barndorff-Nielsen, Kinnebrock & Shephard 2010: the root of the positive semivariance',
      expression: sqrt(windowMean(square(positive(logReturn)), w)),
    },
  ]),
  ...[21, 63].map(
    (w): Entry => ({
      name: `bipower-volatility-${w}`,
      formula: raw`\sqrt{\tfrac\pi2\cdot\tfrac1{${w}}\sum_{i<${w}}|r_{t-i}||r_{t-i-1}|}`,
      unit: VOLATILITY,
      source: 'Barndorff-Nielsen & Shephard 2004, of daily returns',
      expression: sqrt(bipower(w)),
    }),
  ),
  ...[21, 63].map(
    (w): Entry => ({
      name: `jump-share-${w}`,
      formula: raw`1-\frac{\mathrm{BV}_{${w}}}{\mathrm{RV}_{${w}}}`,
      unit: 'a share of the variance: 0.2 is 20 % by jumps; below 0 by chance',
      source: 'Barndorff-Nielsen & Shephard 2006, of daily returns, not cut off at 0',
      expression: affine(ratio(bipower(w), realisedVariance(w)), -1, 1),
    }),
  ),
  ...[
    [5, 21],
    [5, 63],
    [21, 63],
    [21, 252],
    [63, 252],
  ].map(
    ([short, long]): Entry => ({
      name: `volatility-ratio-${short}-${long}`,
      formula: raw`\frac{\sigma_{${short}}}{\sigma_{${long}}},\quad \sigma_w^2=\tfrac1w\sum_{i<w}r_{t-i}^2`,
      unit: RATIO,
      source: 'the slope of the term structure of realised volatility',
      expression: ratio(realisedVolatility(short), realisedVolatility(long)),
    }),
  ),
  ...(
    [
      ['day', 1],
      ['week', 5],
      ['month', 22],
    ] as const
  ).flatMap(([name, w]): Entry[] => [
    {
      name: `har-${name}`,
      formula: w === 1 ? raw`r_t^2` : raw`\tfrac1{${w}}\sum_{i<${w}}r_{t-i}^2`,
      unit: VARIANCE,
      source: 'Corsi 2009: the terms of the heterogeneous autoregression',
      expression: w === 1 ? squaredReturn : realisedVariance(w),
    },
  ]),
  ...(
    [
      ['week', 5],
      ['month', 22],
    ] as const
  ).map(
    ([name, w]): Entry => ({
      name: `log-har-${name}`,
      formula: raw`\ln\Bigl(\tfrac1{${w}}\sum_{i<${w}}r_{t-i}^2\Bigr)`,
      unit: 'the logarithm of a variance per row',
      source: 'Corsi 2009 in logs, as Andersen, Bollerslev & Diebold 2007; missing where the window has no return but 0',
      expression: log(realisedVariance(w)),
    }),
  ),
  ...(
    [
      ['day', 1],
      ['week', 5],
      ['month', 22],
    ] as const
  ).map(
    ([name, w]): Entry => ({
      name: `har-leverage-${name}`,
      formula: raw`\min\Bigl(\tfrac1{${w}}\ln\tfrac{p_t}{p_{t-${w}}},0\Bigr)`,
      unit: RETURN,
      source: 'Corsi & Renò 2012: the leverage terms of LHAR',
      expression: affine(negative(windowMean(logReturn, w)), -1),
    }),
  ),
  {
    name: 'realised-quarticity-22',
    formula: raw`\tfrac1{3\cdot22}\sum_{i<22}r_{t-i}^4`,
    unit: 'a variance squared per row',
    source: 'Bollerslev, Patton & Quaedvlieg 2016: the term of HARQ, of daily returns, where E r⁴ = 3σ⁴',
    expression: affine(windowMean(square(squaredReturn), 22), 1 / 3),
  },
  ...[21, 63].map(
    (w): Entry => ({
      name: `mean-absolute-return-${w}`,
      formula: raw`\tfrac1{${w}}\sum_{i<${w}}|r_{t-i}|`,
      unit: RETURN,
      source: 'Ding, Granger & Engle 1993',
      expression: windowMean(abs(logReturn), w),
    }),
  ),
  ...[21, 63].flatMap((w): Entry[] => [
    {
      name: `max-return-${w}`,
      formula: raw`\max_{i<${w}}r_{t-i}`,
      unit: RETURN,
      source: 'Bali, Cakici & Whitelaw 2011, of log returns',
      expression: windowMax(logReturn, w),
    },
    {
      name: `min-return-${w}`,
      formula: raw`\min_{i<${w}}r_{t-i}`,
      unit: RETURN,
      source: 'Bali, Cakici & Whitelaw 2011, of log returns',
      expression: windowMin(logReturn, w),
    },
  ]),
  {
    name: 'volatility-of-volatility-63',
    formula: raw`\sqrt{\operatorname{var}_{i<63}\ln\sigma_{5,t-i}}`,
    unit: 'a standard deviation of log volatility: 0.3 is 30 %',
    source: 'Baltussen, van Bekkum & van der Grient 2018, of realised in place of implied volatility',
    expression: sqrt(windowVariance(log(realisedVolatility(5)), 63)),
  },
  {
    name: 'volatility-rank-252',
    formula: raw`\tfrac1{252}\operatorname{rank}\bigl(\sigma_{21,t}\mid\sigma_{21,t},\dots,\sigma_{21,t-251}\bigr)`,
    unit: 'a share: 1 where volatility is the highest of the window',
    source: 'as pandas: rolling(252).rank(pct=True)',
    expression: windowRank(realisedVolatility(21), 252),
  },
  {
    name: 'volatility-change-21',
    formula: raw`\ln\sigma_{21,t}-\ln\sigma_{21,t-21}`,
    unit: 'a log change: 0.1 is 10 % more',
    source: 'the change of realised volatility over two windows that share no row',
    expression: subtract(log(realisedVolatility(21)), lag(log(realisedVolatility(21)), 21)),
  },
]);
