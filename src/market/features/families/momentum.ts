import { price } from '../expression.js';
import { type Entry, family } from '../feature.js';
import { above, abs, affine, log, multiply, positive, ratio, sign, sqrt, square, subtract } from '../operators/arithmetic.js';
import { ema } from '../operators/ewma.js';
import { difference, lag } from '../operators/lag.js';
import { windowMax, windowMin } from '../operators/window-extremes.js';
import { windowVariance } from '../operators/window-moments.js';
import { windowMean, windowSum, windowTrend } from '../operators/window-sum.js';
import { logPrice, logReturn, RETURN, realisedVolatility, returnOver, SHARE, zero } from './common.js';

const { raw } = String;

/** Past winners: returns that skip the latest rows, and the trend in several measures. */
export const momentum = family('momentum', [
  ...[
    { lookback: 63, skip: 21, source: 'Jegadeesh & Titman 1993, the formation period in rows' },
    { lookback: 126, skip: 21, source: 'Jegadeesh & Titman 1993, the formation period in rows' },
    { lookback: 189, skip: 21, source: 'Jegadeesh & Titman 1993, the formation period in rows' },
    { lookback: 252, skip: 21, source: 'Jegadeesh & Titman 1993: 12–1 months, in rows' },
    { lookback: 252, skip: 126, source: 'Novy-Marx 2012: intermediate momentum, 12–7 months, in rows' },
  ].map(
    ({ lookback, skip, source }): Entry => ({
      name: `momentum-${lookback}-${skip}`,
      formula: raw`\ln\frac{p_{t-${skip}}}{p_{t-${lookback}}}`,
      unit: RETURN,
      source,
      expression: lag(difference(logPrice, lookback - skip), skip),
    }),
  ),
  ...[21, 63, 126, 252].map(
    (w): Entry => ({
      name: `scaled-momentum-${w}`,
      formula: raw`\frac{\ln(p_t/p_{t-${w}})}{\sqrt{\sum_{i<${w}} r_{t-i}^2}}`,
      unit: 'standard deviations: 2 is a rise of two over the window',
      source: 'Moskowitz, Ooi & Pedersen 2012, with the volatility of the same window',
      expression: ratio(returnOver(w), affine(realisedVolatility(w), Math.sqrt(w))),
    }),
  ),
  ...[21, 63, 126, 252].map(
    (w): Entry => ({
      name: `trend-${w}`,
      formula: raw`\hat b,\quad \ln p_{t-i} \approx a - b\,i,\ i<${w}`,
      unit: 'a log return per row: 0.001 is 0.1 % a day of daily rows',
      source: 'least squares of the log price on time',
      expression: windowTrend(logPrice, w),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `trend-r2-${w}`,
      formula: raw`R^2 \text{ of } \ln p_{t-i} \approx a - b\,i,\ i<${w}`,
      unit: 'a share of the variance: 1 is a straight line',
      source: 'least squares of the log price on time',
      expression: ratio(affine(square(windowTrend(logPrice, w)), (w * (w + 1)) / 12), windowVariance(logPrice, w)),
    }),
  ),
  ...[5, 10, 20, 50, 100, 200].map(
    (w): Entry => ({
      name: `price-to-mean-${w}`,
      formula: raw`\ln\frac{p_t}{\frac1{${w}}\sum_{i<${w}}p_{t-i}}`,
      unit: RETURN,
      source: 'Brock, Lakonishok & LeBaron 1992, the rule of the moving average before its sign',
      expression: subtract(logPrice, log(windowMean(price, w))),
    }),
  ),
  ...[
    [5, 20],
    [20, 100],
    [50, 200],
  ].map(
    ([fast, slow]): Entry => ({
      name: `mean-crossover-${fast}-${slow}`,
      formula: raw`\ln\frac{\bar p_{${fast}}}{\bar p_{${slow}}},\quad \bar p_w=\tfrac1w\sum_{i<w}p_{t-i}`,
      unit: RETURN,
      source: 'Brock, Lakonishok & LeBaron 1992',
      expression: subtract(log(windowMean(price, fast)), log(windowMean(price, slow))),
    }),
  ),
  ...[
    [8, 24],
    [16, 48],
    [32, 96],
  ].map(
    ([fast, slow]): Entry => ({
      name: `ema-crossover-${fast}-${slow}`,
      formula: raw`\frac{\mathrm{EMA}_{${fast}}(p)-\mathrm{EMA}_{${slow}}(p)}{s_{63}},\quad s_{63}\text{ the deviation of }p`,
      unit: 'standard deviations of the price',
      source: 'Baz, Granger, Harvey, Le Roux & Rattray 2015; EMAs seeded by the mean of their first values',
      expression: ratio(subtract(ema(price, fast), ema(price, slow)), sqrt(windowVariance(price, 63))),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `nearness-to-high-${w}`,
      formula: raw`\ln\frac{p_t}{\max_{i<${w}}p_{t-i}}`,
      unit: `${RETURN}; 0 at the high`,
      source: 'George & Hwang 2004, of adjusted closes; in logs',
      expression: subtract(logPrice, windowMax(logPrice, w)),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `nearness-to-low-${w}`,
      formula: raw`\ln\frac{p_t}{\min_{i<${w}}p_{t-i}}`,
      unit: `${RETURN}; 0 at the low`,
      source: 'George & Hwang 2004, of the low; in logs',
      expression: subtract(logPrice, windowMin(logPrice, w)),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `up-share-${w}`,
      formula: raw`\tfrac1{${w}}\sum_{i<${w}}[r_{t-i}>0]`,
      unit: SHARE,
      source: 'the sign test of momentum',
      expression: windowMean(above(logReturn, zero), w),
    }),
  ),
  ...[63, 252].map(
    (w): Entry => ({
      name: `information-discreteness-${w}`,
      formula: raw`\operatorname{sgn}\Bigl(\ln\tfrac{p_t}{p_{t-${w}}}\Bigr)\cdot\tfrac1{${w}}\sum_{i<${w}}\bigl([r_{t-i}<0]-[r_{t-i}>0]\bigr)`,
      unit: 'from −1, a rise or fall in many small steps, to 1, in few large ones',
      source: 'Da, Gurun & Warachka 2014',
      expression: multiply(sign(returnOver(w)), affine(windowMean(sign(logReturn), w), -1)),
    }),
  ),
  ...[21, 63].map(
    (w): Entry => ({
      name: `acceleration-${w}`,
      formula: raw`\ln\frac{p_t}{p_{t-${w}}}-\ln\frac{p_{t-${w}}}{p_{t-${2 * w}}}`,
      unit: RETURN,
      source: 'Gettleman & Marks 2006: the change of momentum',
      expression: difference(returnOver(w), w),
    }),
  ),
  ...[10, 21, 63].map(
    (w): Entry => ({
      name: `efficiency-ratio-${w}`,
      formula: raw`\frac{|p_t-p_{t-${w}}|}{\sum_{i<${w}}|p_{t-i}-p_{t-i-1}|}`,
      unit: 'a share: 1 where every step went one way',
      source: 'Kaufman 1995',
      expression: ratio(abs(difference(price, w)), windowSum(abs(difference(price)), w)),
    }),
  ),
  ...[63, 252].map(
    (w): Entry => ({
      name: `gain-to-pain-${w}`,
      formula: raw`\frac{\sum_{i<${w}}\max(r_{t-i},0)}{\sum_{i<${w}}|r_{t-i}|}`,
      unit: 'a share: 0.5 where gains and losses are equal',
      source: 'the omega ratio of Keating & Shadwick 2002 at 0, as Ω/(1 + Ω)',
      expression: ratio(windowSum(positive(logReturn), w), windowSum(abs(logReturn), w)),
    }),
  ),
]);
