import { price } from '../expression.js';
import { type Entry, family } from '../feature.js';
import { add, affine, negative, positive, ratio, sqrt, subtract } from '../operators/arithmetic.js';
import { ema, wilder } from '../operators/ewma.js';
import { difference, lag } from '../operators/lag.js';
import { windowMax, windowMin } from '../operators/window-extremes.js';
import { windowVariance } from '../operators/window-moments.js';
import { windowMean } from '../operators/window-sum.js';
import { PRICE } from './common.js';

const { raw } = String;
const PERCENT = 'from 0 to 100';

const change = difference(price);
const gains = (n: number) => wilder(positive(change), n);
const losses = (n: number) => wilder(negative(change), n);
const rsi = (n: number) => affine(ratio(gains(n), add(gains(n), losses(n))), 100);
const macd = subtract(ema(price, 12), ema(price, 26));
const signal = ema(macd, 9);
const percent = (a: typeof price, b: typeof price) => affine(ratio(a, b), 100, -100);
/** As Bollinger takes it, Σ(p − p̄)²/w. */
const deviation = (w: number) => sqrt(affine(windowVariance(price, w), (w - 1) / w));
const tripled = ema(ema(ema(price, 15), 15), 15);
const stochasticRsi = ratio(subtract(rsi(14), windowMin(rsi(14), 14)), subtract(windowMax(rsi(14), 14), windowMin(rsi(14), 14)));
const EMA_SEED = 'each EMA is seeded by the mean of its first values';

/** Oscillators of closes. Those of bars are in the family `range`. */
export const oscillators = family('oscillators', [
  ...[7, 14, 28].map(
    (n): Entry => ({
      name: `rsi-${n}`,
      formula: raw`100\,\frac{u}{u+d},\quad u,d\text{ Wilder's averages of }\max(\Delta p,0),\max(-\Delta p,0)\text{ over }${n}`,
      unit: PERCENT,
      source: `Wilder 1978; seeded by the mean of the first ${n} changes, as TA-Lib's RSI; missing where no price has moved`,
      expression: rsi(n),
    }),
  ),
  {
    name: 'cmo-14',
    formula: raw`100\,\frac{u-d}{u+d},\quad u,d\text{ as of the RSI over }14`,
    unit: 'from −100 to 100',
    source: "Chande & Kroll 1994, smoothed by Wilder's averages as TA-Lib's CMO",
    expression: affine(ratio(subtract(gains(14), losses(14)), add(gains(14), losses(14))), 100),
  },
  {
    name: 'stochastic-rsi-14',
    formula: raw`\frac{R_t-\min_{i<14}R_{t-i}}{\max_{i<14}R_{t-i}-\min_{i<14}R_{t-i}},\quad R=\mathrm{RSI}_{14}`,
    unit: 'from 0 to 1; missing where the RSI has not moved',
    source: 'Chande & Kroll 1994',
    expression: stochasticRsi,
  },
  {
    name: 'macd-12-26',
    formula: raw`\mathrm{EMA}_{12}(p)-\mathrm{EMA}_{26}(p)`,
    unit: PRICE,
    source: `Appel 1979; ${EMA_SEED} (TA-Lib's MACD starts both on one row: the same after the warm-up)`,
    scaling: { price: 1 },
    expression: macd,
  },
  {
    name: 'macd-signal-12-26-9',
    formula: raw`\mathrm{EMA}_9\bigl(\mathrm{EMA}_{12}(p)-\mathrm{EMA}_{26}(p)\bigr)`,
    unit: PRICE,
    source: `Appel 1979; ${EMA_SEED}`,
    scaling: { price: 1 },
    expression: signal,
  },
  {
    name: 'macd-histogram-12-26-9',
    formula: raw`M-\mathrm{EMA}_9(M),\quad M=\mathrm{EMA}_{12}(p)-\mathrm{EMA}_{26}(p)`,
    unit: PRICE,
    source: `Appel 1979; ${EMA_SEED}`,
    scaling: { price: 1 },
    expression: subtract(macd, signal),
  },
  {
    name: 'ppo-12-26',
    formula: raw`100\Bigl(\frac{\mathrm{EMA}_{12}(p)}{\mathrm{EMA}_{26}(p)}-1\Bigr)`,
    unit: 'percent',
    source: `Appel 1979, in percent; ${EMA_SEED}`,
    expression: percent(ema(price, 12), ema(price, 26)),
  },
  {
    name: 'ppo-histogram-12-26-9',
    formula: raw`100\,\frac{M-\mathrm{EMA}_9(M)}{\mathrm{EMA}_{26}(p)},\quad M=\mathrm{EMA}_{12}(p)-\mathrm{EMA}_{26}(p)`,
    unit: 'percent',
    source: `Appel 1979, in percent of the slow average; ${EMA_SEED}`,
    expression: affine(ratio(subtract(macd, signal), ema(price, 26)), 100),
  },
  ...[10, 20, 50].flatMap((w): Entry[] => [
    {
      name: `bollinger-b-${w}`,
      formula: raw`\frac{p_t-(\bar p-2s)}{4s},\quad s^2=\tfrac1{${w}}\sum_{i<${w}}(p_{t-i}-\bar p)^2`,
      unit: 'a share: 0 at the lower band, 1 at the upper one',
      source: 'Bollinger 2001: %b',
      expression: affine(ratio(subtract(price, windowMean(price, w)), deviation(w)), 0.25, 0.5),
    },
    {
      name: `bollinger-width-${w}`,
      formula: raw`\frac{4s}{\bar p},\quad s^2=\tfrac1{${w}}\sum_{i<${w}}(p_{t-i}-\bar p)^2`,
      unit: 'a fraction of the price: 0.1 is 10 %',
      source: 'Bollinger 2001: the width of the bands',
      expression: affine(ratio(deviation(w), windowMean(price, w)), 4),
    },
  ]),
  {
    name: 'trix-15',
    formula: raw`100\Bigl(\frac{e_t}{e_{t-1}}-1\Bigr),\quad e=\mathrm{EMA}_{15}(\mathrm{EMA}_{15}(\mathrm{EMA}_{15}(p)))`,
    unit: 'percent per row',
    source: `Hutson 1983; ${EMA_SEED}`,
    expression: percent(tripled, lag(tripled, 1)),
  },
  {
    name: 'tsi-25-13',
    formula: raw`100\,\frac{\mathrm{EMA}_{13}(\mathrm{EMA}_{25}(\Delta p))}{\mathrm{EMA}_{13}(\mathrm{EMA}_{25}(|\Delta p|))}`,
    unit: 'from −100 to 100',
    source: `Blau 1991; ${EMA_SEED}`,
    expression: affine(ratio(ema(ema(change, 25), 13), ema(ema(add(positive(change), negative(change)), 25), 13)), 100),
  },
  ...[20, 50].map(
    (n): Entry => ({
      name: `dema-distance-${n}`,
      formula: raw`\frac{p_t}{2e_t-\mathrm{EMA}_{${n}}(e)_t}-1,\quad e=\mathrm{EMA}_{${n}}(p)`,
      unit: 'a fraction: 0.01 is 1 % above the average',
      source: `Mulloy 1994; ${EMA_SEED}`,
      expression: affine(ratio(price, subtract(affine(ema(price, n), 2), ema(ema(price, n), n))), 1, -1),
    }),
  ),
]);
