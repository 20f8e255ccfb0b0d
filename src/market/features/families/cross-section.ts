import type { Expression } from '../expression.js';
import { type Entry, family } from '../feature.js';
import { ratio, subtract } from '../operators/arithmetic.js';
import { crossDeviation, crossMean, crossRank } from '../operators/cross-section.js';
import { difference, lag } from '../operators/lag.js';
import { windowFall, windowMax } from '../operators/window-extremes.js';
import { windowSkewness } from '../operators/window-shape.js';
import { logPrice, logReturn, RETURN, realisedVolatility, returnOver } from './common.js';
import { beta, idiosyncratic } from './market.js';

const { raw } = String;

/** What is compared across assets, by the name of its own feature. */
const COMPARED: Readonly<Record<string, Expression>> = {
  'return-1': returnOver(1),
  'return-5': returnOver(5),
  'return-21': returnOver(21),
  'return-63': returnOver(63),
  'momentum-126-21': lag(difference(logPrice, 105), 21),
  'momentum-252-21': lag(difference(logPrice, 231), 21),
  'realised-volatility-21': realisedVolatility(21),
  'realised-volatility-252': realisedVolatility(252),
  'max-return-21': windowMax(logReturn, 21),
  'skewness-252': windowSkewness(logReturn, 252),
  'nearness-to-high-252': subtract(logPrice, windowMax(logPrice, 252)),
  'max-drawdown-252': windowFall(logPrice, 252),
  'beta-252': beta(252),
  'idiosyncratic-volatility-63': idiosyncratic(63),
};
const SCORED = [
  'return-1',
  'return-5',
  'return-21',
  'momentum-252-21',
  'realised-volatility-21',
  'skewness-252',
  'beta-252',
  'idiosyncratic-volatility-63',
];

/** Where an asset stands among those of its date. */
export const crossSection = family('cross-section', [
  ...Object.entries(COMPARED).map(
    ([name, x]): Entry => ({
      name: `${name}-rank`,
      formula: raw`\tfrac1N\operatorname{rank}_n x_{t,n},\quad x=\text{${name}}`,
      unit: 'a share: 1 is the highest, 0.05 the lowest of twenty',
      source: "the rank across assets, ties sharing the mean of theirs, as pandas' rank(axis=1, pct=True)",
      expression: crossRank(x),
    }),
  ),
  ...SCORED.map(
    (name): Entry => ({
      name: `${name}-z`,
      formula: raw`\frac{x_{t,n}-\bar x_t}{s_t},\quad s_t^2=\tfrac1{N-1}\sum_n(x_{t,n}-\bar x_t)^2,\quad x=\text{${name}}`,
      unit: 'standard deviations across assets',
      source: 'the standard score across assets',
      expression: ratio(subtract(COMPARED[name], crossMean(COMPARED[name])), crossDeviation(COMPARED[name])),
    }),
  ),
  ...[63, 126, 252].map(
    (h): Entry => ({
      name: `relative-return-${h}`,
      formula: raw`R_{t,n}-\tfrac1N\sum_kR_{t,k},\quad R_t=\ln\frac{p_t}{p_{t-${h}}}`,
      unit: RETURN,
      source: 'the return beside the mean of the assets',
      expression: subtract(returnOver(h), crossMean(returnOver(h))),
    }),
  ),
]);
