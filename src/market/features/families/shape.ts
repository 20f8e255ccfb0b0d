import { type Entry, family } from '../feature.js';
import { affine, ratio, sqrt, square, subtract } from '../operators/arithmetic.js';
import { cumulativeMax, rowsSince } from '../operators/cumulative.js';
import { difference, lag } from '../operators/lag.js';
import { sinceMax, sinceMin, windowFall, windowMax } from '../operators/window-extremes.js';
import { windowQuantile } from '../operators/window-order.js';
import { windowKurtosis, windowSkewness } from '../operators/window-shape.js';
import { windowMean } from '../operators/window-sum.js';
import { logPrice, logReturn, RETURN } from './common.js';

const { raw } = String;

/** The form of the distribution of returns beside its width. */
export const shape = family('shape', [
  ...[21, 63, 126, 252].map(
    (w): Entry => ({
      name: `skewness-${w}`,
      formula: raw`G_1=\tfrac{\sqrt{w(w-1)}}{w-2}\,\frac{m_3}{m_2^{3/2}},\quad m_k=\tfrac1w\sum_{i<w}(r_{t-i}-\bar r)^k,\ w=${w}`,
      unit: 'a number: below 0 where large falls outweigh large rises',
      source: 'Amaya, Christoffersen, Jacobs & Vasquez 2015, of daily returns; adjusted as pandas has it',
      expression: windowSkewness(logReturn, w),
    }),
  ),
  ...[63, 126, 252].map(
    (w): Entry => ({
      name: `kurtosis-${w}`,
      formula: raw`G_2=\tfrac{w-1}{(w-2)(w-3)}\Bigl((w+1)\bigl(\tfrac{m_4}{m_2^2}-3\bigr)+6\Bigr),\quad m_k=\tfrac1w\sum_{i<w}(r_{t-i}-\bar r)^k,\ w=${w}`,
      unit: 'a number: 0 of normal returns, more of fat tails',
      source: 'Amaya, Christoffersen, Jacobs & Vasquez 2015, of daily returns; excess, adjusted as pandas has it',
      expression: windowKurtosis(logReturn, w),
    }),
  ),
  ...[63, 252].map(
    (w): Entry => ({
      name: `value-at-risk-95-${w}`,
      formula: raw`-q_{0.05}(r_t,\dots,r_{t-${w - 1}})`,
      unit: 'a log return lost: 0.02 is a loss of 2 % that one row in twenty exceeds',
      source: 'historical simulation; the quantile between two values in proportion',
      expression: affine(windowQuantile(logReturn, 0.05, w), -1),
    }),
  ),
  {
    name: 'tail-ratio-252',
    formula: raw`\frac{q_{0.95}(r)}{-q_{0.05}(r)},\quad r_t,\dots,r_{t-251}`,
    unit: 'a ratio: 1 where large rises and falls are alike',
    source: 'the ratio of the outer quantiles',
    expression: ratio(windowQuantile(logReturn, 0.95, 252), affine(windowQuantile(logReturn, 0.05, 252), -1)),
  },
]);

const fromHigh = (w: number) => subtract(logPrice, windowMax(logPrice, w));

/** Falls from the highest price so far, and how long they last. */
export const drawdown = family('drawdown', [
  {
    name: 'drawdown',
    formula: raw`\ln\frac{p_t}{\max_{s\le t}p_s}`,
    unit: `${RETURN}; 0 at the highest price of all rows so far`,
    source: 'the definition, in logs',
    expression: subtract(logPrice, cumulativeMax(logPrice)),
  },
  {
    name: 'drawdown-duration',
    formula: raw`t-\max\{s\le t:\ p_s>p_u\ \text{for all}\ u<s\}`,
    unit: 'rows since the price last reached a new high; missing before it first did',
    source: 'the definition',
    expression: rowsSince(subtract(logPrice, lag(cumulativeMax(logPrice), 1))),
  },
  ...[63, 126, 252].map(
    (w): Entry => ({
      name: `max-drawdown-${w}`,
      formula: raw`\max_{${w}>i\ge j\ge0}\ln\frac{p_{t-i}}{p_{t-j}}`,
      unit: 'a log return lost: 0.2 is a fall of 18 %',
      source: 'Magdon-Ismail & Atiya 2004, in logs',
      expression: windowFall(logPrice, w),
    }),
  ),
  ...[63, 252].flatMap((w): Entry[] => [
    {
      name: `rows-since-high-${w}`,
      formula: raw`\min\{i<${w}:\ p_{t-i}=\max_{j<${w}}p_{t-j}\}`,
      unit: 'rows',
      source: 'Aroon without its scale, Chande 1995, of the price',
      expression: sinceMax(logPrice, w),
    },
    {
      name: `rows-since-low-${w}`,
      formula: raw`\min\{i<${w}:\ p_{t-i}=\min_{j<${w}}p_{t-j}\}`,
      unit: 'rows',
      source: 'Aroon without its scale, Chande 1995, of the price',
      expression: sinceMin(logPrice, w),
    },
  ]),
  ...[14, 63].map(
    (w): Entry => ({
      name: `ulcer-index-${w}`,
      formula: raw`\sqrt{\tfrac1{${w}}\sum_{i<${w}}d_{t-i}^2},\quad d_t=\ln\frac{p_t}{\max_{i<${w}}p_{t-i}}`,
      unit: RETURN,
      source: 'Martin & McCann 1989, in logs',
      expression: sqrt(windowMean(square(fromHigh(w)), w)),
    }),
  ),
  {
    name: 'drawdown-change-21',
    formula: raw`D_t-D_{t-21},\quad D_t=\ln\frac{p_t}{\max_{i<252}p_{t-i}}`,
    unit: `${RETURN}; above 0 on the way back to the high of the year`,
    source: 'the change of nearness-to-high-252',
    expression: difference(fromHigh(252), 21),
  },
]);
