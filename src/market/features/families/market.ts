import type { Expression } from '../expression.js';
import { price } from '../expression.js';
import { type Entry, family } from '../feature.js';
import { above, affine, log, multiply, negative, ratio, sqrt, square, subtract } from '../operators/arithmetic.js';
import { crossCount, crossDeviation, crossMean } from '../operators/cross-section.js';
import { cumulativeSum } from '../operators/cumulative.js';
import { lag } from '../operators/lag.js';
import { windowFall } from '../operators/window-extremes.js';
import { windowCovariance, windowVariance } from '../operators/window-moments.js';
import { windowMean, windowSum } from '../operators/window-sum.js';
import { logReturn, RETURN, returnOver, SHARE, squaredReturn, VOLATILITY, zero } from './common.js';

const { raw } = String;

/** m_t, the mean of the log returns of the assets: the market of the panel. */
export const market = crossMean(logReturn);
const marketSquared = square(market);

export const beta = (w: number): Expression => ratio(windowCovariance(logReturn, market, w), windowVariance(market, w));
const correlation = (w: number) =>
  ratio(windowCovariance(logReturn, market, w), sqrt(multiply(windowVariance(logReturn, w), windowVariance(market, w))));
/** What the market does not explain of the last w rows: var r (1 − ρ²). */
export const idiosyncratic = (w: number): Expression => sqrt(multiply(windowVariance(logReturn, w), affine(square(correlation(w)), -1, 1)));
/** e_t = r_t − β_{t−1} m_t, with the β of the rows before. */
const residual = subtract(logReturn, multiply(lag(beta(252), 1), market));
const MARKET = 'm is the mean log return of the assets of the data';

/** How each asset moves with the others. */
export const betas = family('beta', [
  ...[63, 126, 252].map(
    (w): Entry => ({
      name: `beta-${w}`,
      formula: raw`\frac{\operatorname{cov}_{i<${w}}(r_{t-i},m_{t-i})}{\operatorname{var}_{i<${w}}(m_{t-i})}`,
      unit: 'a slope: 1 moves as the market does',
      source: `Sharpe 1964; ${MARKET}`,
      expression: beta(w),
    }),
  ),
  {
    name: 'shrunk-beta-252',
    formula: raw`0.6\,\beta_{252}+0.4`,
    unit: 'a slope: 1 moves as the market does',
    source: `Frazzini & Pedersen 2014, of the plain β; ${MARKET}`,
    expression: affine(beta(252), 0.6, 0.4),
  },
  ...[63, 126, 252].map(
    (w): Entry => ({
      name: `market-correlation-${w}`,
      formula: raw`\operatorname{corr}_{i<${w}}(r_{t-i},m_{t-i})`,
      unit: 'a correlation',
      source: `the definition; ${MARKET}`,
      expression: correlation(w),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `idiosyncratic-volatility-${w}`,
      formula: raw`\sqrt{(1-\rho^2)\operatorname{var}_{i<${w}}(r_{t-i})},\quad \rho=\operatorname{corr}_{i<${w}}(r_{t-i},m_{t-i})`,
      unit: VOLATILITY,
      source: `Ang, Hodrick, Xing & Zhang 2006, of one factor; ${MARKET}`,
      expression: idiosyncratic(w),
    }),
  ),
  {
    name: 'residual-return-1',
    formula: raw`e_t=r_t-\beta_{252,t-1}\,m_t`,
    unit: RETURN,
    source: `the market model with the β of the rows before; ${MARKET}`,
    expression: residual,
  },
  {
    name: 'residual-reversal-21',
    formula: raw`-\frac{\sum_{i<21}e_{t-i}}{\sqrt{21}\,s_{21}(e)},\quad e_t=r_t-\beta_{252,t-1}\,m_t`,
    unit: 'standard deviations; above 0 where the asset fell behind',
    source: `Blitz, Huij, Lansdorp & Verbeek 2013, of one factor; ${MARKET}`,
    expression: affine(ratio(windowSum(residual, 21), sqrt(windowVariance(residual, 21))), -1 / Math.sqrt(21)),
  },
  {
    name: 'residual-momentum-252-21',
    formula: raw`\frac{\bar e}{s(e)},\quad e_{t-i},\ 21\le i<252,\quad e_t=r_t-\beta_{252,t-1}\,m_t`,
    unit: 'standard deviations',
    source: `Blitz, Huij & Martens 2011, of one factor; ${MARKET}`,
    expression: lag(ratio(windowMean(residual, 231), sqrt(windowVariance(residual, 231))), 21),
  },
  {
    name: 'downside-beta-252',
    formula: raw`\frac{\sum_{i<252}r_{t-i}\min(m_{t-i},0)}{\sum_{i<252}\min(m_{t-i},0)^2}`,
    unit: 'a slope',
    source: `Bawa & Lindenberg 1977: co-moment over lower partial moment, at 0; ${MARKET}`,
    expression: ratio(affine(windowSum(multiply(logReturn, negative(market)), 252), -1), windowSum(square(negative(market)), 252)),
  },
  {
    name: 'coskewness-252',
    formula: raw`\frac{\overline{e\,m^2}}{\sqrt{\overline{e^2}}\;\overline{m^2}},\quad e_t=r_t-\beta_{252,t-1}\,m_t,\ 252\text{ rows}`,
    unit: 'a number: below 0 where the asset loses when the market moves much',
    source: `Harvey & Siddique 2000, their direct measure, about 0; ${MARKET}`,
    expression: ratio(
      windowMean(multiply(residual, marketSquared), 252),
      multiply(sqrt(windowMean(square(residual), 252)), windowMean(marketSquared, 252)),
    ),
  },
  {
    name: 'lagged-beta-252',
    formula: raw`\frac{\operatorname{cov}_{i<252}(r_{t-i},m_{t-i-1})}{\operatorname{var}_{i<252}(m_{t-i-1})}`,
    unit: 'a slope: above 0 where the asset follows the market late',
    source: `Dimson 1979; Hou & Moskowitz 2005; ${MARKET}`,
    expression: ratio(windowCovariance(logReturn, lag(market, 1), 252), windowVariance(lag(market, 1), 252)),
  },
  {
    name: 'beta-change-63',
    formula: raw`\beta_{63,t}-\beta_{252,t}`,
    unit: 'a slope',
    source: `the short β beside the long one; ${MARKET}`,
    expression: subtract(beta(63), beta(252)),
  },
]);

/** Average correlation: of N assets, two or more, that share every row of the window, weighted by the product of their deviations. */
const averageCorrelation = (w: number): Expression => {
  const [variance, count] = [windowVariance(logReturn, w), crossCount(logReturn)];
  const [meanVariance, meanDeviation] = [crossMean(variance), crossMean(sqrt(variance))];
  return ratio(
    subtract(multiply(count, windowVariance(market, w)), meanVariance),
    multiply(subtract(multiply(count, square(meanDeviation)), meanVariance), above(crossCount(variance), affine(count, 0, 1))),
  );
};
const SAME = 'the same for all assets';

/** What all assets do together: the same number for each of them. */
export const correlations = family('market', [
  ...[1, 5, 21, 63, 252].map(
    (h): Entry => ({
      name: `market-return-${h}`,
      formula: h === 1 ? raw`m_t=\frac1N\sum_n r_{t,n}` : raw`\sum_{i<${h}}m_{t-i},\quad m_t=\frac1N\sum_n r_{t,n}`,
      unit: `${RETURN}; ${SAME}`,
      source: 'the mean of the assets',
      expression: h === 1 ? market : windowSum(market, h),
    }),
  ),
  ...[21, 63, 252].map(
    (w): Entry => ({
      name: `market-volatility-${w}`,
      formula: raw`\sqrt{\tfrac1{${w}}\sum_{i<${w}}m_{t-i}^2},\quad m_t=\frac1N\sum_n r_{t,n}`,
      unit: `${VOLATILITY}; ${SAME}`,
      source: 'realised volatility of the mean of the assets',
      expression: sqrt(windowMean(marketSquared, w)),
    }),
  ),
  {
    name: 'market-max-drawdown-252',
    formula: raw`\max_{252>i\ge j\ge0}M_{t-i}-M_{t-j},\quad M_t=\sum_{s\le t}m_s`,
    unit: `a log return lost; ${SAME}`,
    source: 'the maximum drawdown of the mean of the assets',
    expression: { ...windowFall(cumulativeSum(market), 252), warmUp: 252 }, // differences of the sum: its start falls out
  },
  {
    name: 'dispersion-1',
    formula: raw`\sqrt{\tfrac1{N-1}\sum_n(r_{t,n}-m_t)^2}`,
    unit: `a log return: 0.01 is 1 %; ${SAME}`,
    source: 'Christie & Huang 1995: the deviation of returns across assets',
    expression: crossDeviation(logReturn),
  },
  ...[21, 63].map(
    (w): Entry => ({
      name: `dispersion-${w}`,
      formula: raw`\tfrac1{${w}}\sum_{i<${w}}d_{t-i},\quad d_t^2=\tfrac1{N-1}\sum_n(r_{t,n}-m_t)^2`,
      unit: `a log return: 0.01 is 1 %; ${SAME}`,
      source: 'Christie & Huang 1995, averaged',
      expression: windowMean(crossDeviation(logReturn), w),
    }),
  ),
  ...[63, 252].map(
    (w): Entry => ({
      name: `average-correlation-${w}`,
      formula: raw`\frac{\sum_{n\ne k}\sigma_n\sigma_k\rho_{nk}}{\sum_{n\ne k}\sigma_n\sigma_k}=\frac{N^2\operatorname{var}(m)-\sum_n\sigma_n^2}{(\sum_n\sigma_n)^2-\sum_n\sigma_n^2},\quad ${w}\text{ rows}`,
      unit: `a correlation; ${SAME}`,
      source:
        'Pollet & Wilson 2010, weighted by the deviations, as of an implied correlation; exact where all assets have every row of the window',
      expression: averageCorrelation(w),
    }),
  ),
  ...[1, 21].map(
    (w): Entry => ({
      name: `breadth-${w}`,
      formula: raw`\tfrac1N\sum_n\Bigl[\ln\tfrac{p_{t,n}}{p_{t-${w},n}}>0\Bigr]`,
      unit: `${SHARE}; ${SAME}`,
      source: 'the share of assets that rose',
      expression: crossMean(above(returnOver(w), zero)),
    }),
  ),
  {
    name: 'breadth-above-mean-200',
    formula: raw`\tfrac1N\sum_n\Bigl[p_{t,n}>\tfrac1{200}\sum_{i<200}p_{t-i,n}\Bigr]`,
    unit: `${SHARE}; ${SAME}`,
    source: 'the share of assets above their 200-row mean',
    expression: crossMean(above(price, windowMean(price, 200))),
  },
  {
    name: 'volatility-dispersion-21',
    formula: raw`\sqrt{\tfrac1{N-1}\sum_n(\ell_{n}-\bar\ell)^2},\quad \ell_n=\tfrac12\ln\tfrac1{21}\sum_{i<21}r_{t-i,n}^2`,
    unit: `log volatility: 0.3 is 30 %; ${SAME}`,
    source: 'the deviation of log realised volatility across assets',
    expression: affine(crossDeviation(log(windowMean(squaredReturn, 21))), 0.5),
  },
]);
