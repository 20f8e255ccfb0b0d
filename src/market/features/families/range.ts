import { type Expression, field } from '../expression.js';
import { type Entry, family } from '../feature.js';
import {
  above,
  add,
  affine,
  log,
  maximum,
  minimum,
  multiply,
  orElse,
  positive,
  ratio,
  sqrt,
  square,
  subtract,
} from '../operators/arithmetic.js';
import { wilder } from '../operators/ewma.js';
import { difference, lag } from '../operators/lag.js';
import { sinceMax, sinceMin, windowMax, windowMin } from '../operators/window-extremes.js';
import { windowVariance } from '../operators/window-moments.js';
import { windowMeanDeviation } from '../operators/window-order.js';
import { windowMean, windowSum } from '../operators/window-sum.js';
import { PRICE, RETURN, VOLATILITY } from './common.js';

const { raw } = String;
export const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(field);
export const typicalPrice = affine(add(add(high, low), close), 1 / 3);
/** 0 where there is a close, to stand for a ratio of 0/0. */
export const none = affine(close, 0);
const logs = { open: log(open), high: log(high), low: log(low), close: log(close) };
export const logRange = subtract(logs.high, logs.low);
const squaredRange = square(logRange);
const overnight = subtract(logs.open, lag(logs.close, 1));
const session = subtract(logs.close, logs.open);
const before = lag(close, 1);
const trueRange = subtract(maximum(high, before), minimum(low, before));

const parkinson = affine(squaredRange, 1 / (4 * Math.LN2));
const garmanKlass = subtract(affine(squaredRange, 0.5), affine(square(session), 2 * Math.LN2 - 1));
const rogersSatchell = add(
  multiply(subtract(logs.high, logs.close), subtract(logs.high, logs.open)),
  multiply(subtract(logs.low, logs.close), subtract(logs.low, logs.open)),
);
const yangZhang = (w: number): Expression => {
  const k = 0.34 / (1.34 + (w + 1) / (w - 1));
  return sqrt(add(add(windowVariance(overnight, w), affine(windowVariance(session, w), k)), affine(windowMean(rogersSatchell, w), 1 - k)));
};

/** Volatility from the range of bars, several times as exact as from closes where prices are traded all along. */
const volatilities: Entry[] = [10, 21, 63].flatMap((w) => [
  {
    name: `parkinson-volatility-${w}`,
    formula: raw`\sqrt{\frac1{${w}\cdot4\ln2}\sum_{i<${w}}\Bigl(\ln\frac{H_{t-i}}{L_{t-i}}\Bigr)^2}`,
    unit: VOLATILITY,
    source: 'Parkinson 1980; of the session, without the night',
    expression: sqrt(windowMean(parkinson, w)),
  },
  {
    name: `garman-klass-volatility-${w}`,
    formula: raw`\sqrt{\frac1{${w}}\sum_{i<${w}}\tfrac12\Bigl(\ln\frac{H}{L}\Bigr)^2-(2\ln2-1)\Bigl(\ln\frac{C}{O}\Bigr)^2}`,
    unit: VOLATILITY,
    source: 'Garman & Klass 1980, their practical estimator; of the session, without the night',
    expression: sqrt(windowMean(garmanKlass, w)),
  },
  {
    name: `rogers-satchell-volatility-${w}`,
    formula: raw`\sqrt{\frac1{${w}}\sum_{i<${w}}\ln\frac HC\ln\frac HO+\ln\frac LC\ln\frac LO}`,
    unit: VOLATILITY,
    source: 'Rogers & Satchell 1991; of the session, without the night',
    expression: sqrt(windowMean(rogersSatchell, w)),
  },
  {
    name: `yang-zhang-volatility-${w}`,
    formula: raw`\sqrt{s^2\Bigl(\ln\tfrac{O_t}{C_{t-1}}\Bigr)+k\,s^2\Bigl(\ln\tfrac{C_t}{O_t}\Bigr)+(1-k)\,\mathrm{RS}},\quad k=\frac{0.34}{1.34+\frac{${w + 1}}{${w - 1}}}`,
    unit: VOLATILITY,
    source: 'Yang & Zhang 2000; RS is the variance of Rogers & Satchell',
    expression: yangZhang(w),
  },
]);

const atr = (n: number) => wilder(trueRange, n);
const up = difference(high);
const down = affine(difference(low), -1);
const plus = multiply(positive(up), above(up, down));
const minus = multiply(positive(down), above(down, up));
const directional = (movement: Expression, n: number) => affine(ratio(wilder(movement, n), atr(n)), 100);
const dx = (n: number): Expression => {
  const [p, m] = [wilder(plus, n), wilder(minus, n)];
  return affine(ratio(maximum(subtract(p, m), subtract(m, p)), add(p, m)), 100);
};
const DIRECTION = 'Wilder 1978; equal moves up and down give both 0; seeded by the mean of the first 14 rows, as TA-Lib after the warm-up';

const stochastic = (n: number) => affine(ratio(subtract(close, windowMin(low, n)), subtract(windowMax(high, n), windowMin(low, n))), 100);
const buying = subtract(close, minimum(low, before));
const pressure = (w: number) => ratio(windowSum(buying, w), windowSum(trueRange, w));
const vortex = (a: Expression, b: Expression) => ratio(windowSum(maximum(subtract(a, b), subtract(b, a)), 14), windowSum(trueRange, 14));
const entry = (name: string, formula: string, unit: string, source: string, expression: Expression, price = 0): Entry => ({
  name,
  formula,
  unit,
  source,
  expression,
  scaling: { price },
});
const PERCENT = 'from 0 to 100';

/** What the open, the high and the low add to the close: fields as they are, so adjusted for splits. */
export const range = family('range', [
  ...volatilities,
  entry('overnight-return-1', raw`\ln\frac{O_t}{C_{t-1}}`, RETURN, 'Lou, Polk & Skouras 2019', overnight),
  entry('session-return-1', raw`\ln\frac{C_t}{O_t}`, RETURN, 'Lou, Polk & Skouras 2019', session),
  ...[21, 63].flatMap((w) => [
    entry(
      `overnight-return-${w}`,
      raw`\sum_{i<${w}}\ln\frac{O_{t-i}}{C_{t-i-1}}`,
      RETURN,
      'Lou, Polk & Skouras 2019',
      windowSum(overnight, w),
    ),
    entry(`session-return-${w}`, raw`\sum_{i<${w}}\ln\frac{C_{t-i}}{O_{t-i}}`, RETURN, 'Lou, Polk & Skouras 2019', windowSum(session, w)),
  ]),
  entry(
    'overnight-volatility-21',
    raw`\sqrt{\tfrac1{21}\sum_{i<21}\Bigl(\ln\tfrac{O_{t-i}}{C_{t-i-1}}\Bigr)^2}`,
    VOLATILITY,
    'realised volatility of the nights',
    sqrt(windowMean(square(overnight), 21)),
  ),
  entry('range-1', raw`\ln\frac{H_t}{L_t}`, RETURN, 'Parkinson 1980', logRange),
  entry(
    'range-to-mean-21',
    raw`\frac{\ln(H_t/L_t)}{\frac1{21}\sum_{i<21}\ln(H_{t-i}/L_{t-i})}`,
    'a ratio',
    'the range beside its mean',
    ratio(logRange, windowMean(logRange, 21)),
  ),
  entry(
    'close-location-1',
    raw`\frac{2C_t-H_t-L_t}{H_t-L_t}`,
    'from −1 at the low to 1 at the high; 0 where both are one',
    'the close location value of Chaikin',
    orElse(ratio(subtract(affine(close, 2), add(high, low)), subtract(high, low)), none),
  ),
  entry(
    'body-share-1',
    raw`\frac{C_t-O_t}{H_t-L_t}`,
    'from −1 to 1; 0 where the bar has no range',
    'the body of the candle',
    orElse(ratio(subtract(close, open), subtract(high, low)), none),
  ),
  entry(
    'upper-shadow-1',
    raw`\ln\frac{H_t}{\max(O_t,C_t)}`,
    RETURN,
    'the upper wick of the candle',
    subtract(logs.high, maximum(logs.open, logs.close)),
  ),
  entry(
    'lower-shadow-1',
    raw`\ln\frac{\min(O_t,C_t)}{L_t}`,
    RETURN,
    'the lower wick of the candle',
    subtract(minimum(logs.open, logs.close), logs.low),
  ),
  entry('true-range-1', raw`\max(H_t,C_{t-1})-\min(L_t,C_{t-1})`, PRICE, 'Wilder 1978', trueRange, 1),
  ...[14, 21].map((n) =>
    entry(
      `atr-${n}`,
      raw`\text{Wilder's average of the true range over }${n}`,
      PRICE,
      `Wilder 1978; the first row has no true range, and the seed is the mean of the ${n} that follow, as TA-Lib's ATR`,
      atr(n),
      1,
    ),
  ),
  entry(
    'atr-14-with-first',
    raw`\text{Wilder's average of the true range over }14,\quad \mathrm{TR}_1=H_1-L_1`,
    PRICE,
    'Wilder 1978; the true range of the first row is H − L, and the seed is the mean of the first 14, as pandas-ta (its issue 189)',
    wilder(orElse(trueRange, subtract(high, low)), 14),
    1,
  ),
  entry(
    'natr-14',
    raw`100\,\frac{\mathrm{ATR}_{14}}{C_t}`,
    'percent of the close',
    "Wilder 1978; TA-Lib's NATR",
    affine(ratio(atr(14), close), 100),
  ),
  entry(
    'plus-di-14',
    raw`100\,\frac{\text{Wilder's average of }+\mathrm{DM}}{\mathrm{ATR}_{14}}`,
    PERCENT,
    DIRECTION,
    directional(plus, 14),
  ),
  entry(
    'minus-di-14',
    raw`100\,\frac{\text{Wilder's average of }-\mathrm{DM}}{\mathrm{ATR}_{14}}`,
    PERCENT,
    DIRECTION,
    directional(minus, 14),
  ),
  entry('dx-14', raw`100\,\frac{|{+\mathrm{DI}}-{-\mathrm{DI}}|}{{+\mathrm{DI}}+{-\mathrm{DI}}}`, PERCENT, DIRECTION, dx(14)),
  entry('adx-14', raw`\text{Wilder's average of }\mathrm{DX}\text{ over }14`, PERCENT, DIRECTION, wilder(dx(14), 14)),
  entry(
    'aroon-up-25',
    raw`100\Bigl(1-\tfrac1{25}\,\text{rows since the high of the last }26\Bigr)`,
    PERCENT,
    "Chande 1995; the latest of equal highs, as TA-Lib's AROON",
    affine(sinceMax(high, 26), -4, 100),
  ),
  entry(
    'aroon-down-25',
    raw`100\Bigl(1-\tfrac1{25}\,\text{rows since the low of the last }26\Bigr)`,
    PERCENT,
    "Chande 1995; the latest of equal lows, as TA-Lib's AROON",
    affine(sinceMin(low, 26), -4, 100),
  ),
  entry(
    'aroon-oscillator-25',
    raw`\text{Aroon up}-\text{Aroon down}`,
    'from −100 to 100',
    'Chande 1995',
    affine(subtract(sinceMin(low, 26), sinceMax(high, 26)), 4),
  ),
  entry(
    'cci-20',
    raw`\frac{x_t-\bar x}{0.015\,\overline{|x-\bar x|}},\quad x=\tfrac13(H+L+C),\ 20\text{ rows}`,
    'a number: of an index a little more than half lie between −100 and 100',
    "Lambert 1980; TA-Lib's CCI",
    ratio(subtract(typicalPrice, windowMean(typicalPrice, 20)), affine(windowMeanDeviation(typicalPrice, 20), 0.015)),
  ),
  entry(
    'stochastic-k-14',
    raw`100\,\frac{C_t-\min_{i<14}L}{\max_{i<14}H-\min_{i<14}L}`,
    PERCENT,
    "Lane 1984; the fast %K of TA-Lib's STOCHF",
    stochastic(14),
  ),
  entry(
    'stochastic-d-14-3',
    raw`\tfrac13\sum_{i<3}K_{t-i}`,
    PERCENT,
    'Lane 1984: the fast %D, which is the slow %K',
    windowMean(stochastic(14), 3),
  ),
  entry(
    'stochastic-slow-d-14-3-3',
    raw`\tfrac19\sum_{i<3}\sum_{j<3}K_{t-i-j}`,
    PERCENT,
    "Lane 1984: the slow %D of TA-Lib's STOCH",
    windowMean(windowMean(stochastic(14), 3), 3),
  ),
  entry(
    'williams-r-28',
    raw`-100\,\frac{\max_{i<28}H-C_t}{\max_{i<28}H-\min_{i<28}L}`,
    'from −100 to 0',
    "Williams 1973; TA-Lib's WILLR",
    affine(stochastic(28), 1, -100),
  ),
  entry(
    'ultimate-oscillator-7-14-28',
    raw`\tfrac{100}7(4a_7+2a_{14}+a_{28}),\quad a_w=\frac{\sum_{i<w}C-\min(L,C_{-1})}{\sum_{i<w}\mathrm{TR}}`,
    PERCENT,
    "Williams 1985; TA-Lib's ULTOSC",
    affine(add(add(affine(pressure(7), 4), affine(pressure(14), 2)), pressure(28)), 100 / 7),
  ),
  entry(
    'vortex-up-14',
    raw`\frac{\sum_{i<14}|H_{t-i}-L_{t-i-1}|}{\sum_{i<14}\mathrm{TR}_{t-i}}`,
    'a ratio',
    'Botes & Siepman 2010',
    vortex(high, lag(low, 1)),
  ),
  entry(
    'vortex-down-14',
    raw`\frac{\sum_{i<14}|L_{t-i}-H_{t-i-1}|}{\sum_{i<14}\mathrm{TR}_{t-i}}`,
    'a ratio',
    'Botes & Siepman 2010',
    vortex(low, lag(high, 1)),
  ),
  ...[20, 55].map((w) =>
    entry(
      `donchian-position-${w}`,
      raw`\frac{C_t-\min_{i<${w}}L}{\max_{i<${w}}H-\min_{i<${w}}L}`,
      'a share: 1 at the upper end of the channel',
      'Donchian 1960: where the close lies in its channel',
      affine(stochastic(w), 0.01),
    ),
  ),
]);
