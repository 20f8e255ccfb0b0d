import { type Expression, field } from '../expression.js';
import { type Entry, family } from '../feature.js';
import {
  above,
  abs,
  add,
  affine,
  log,
  maximum,
  minimum,
  multiply,
  orElse,
  positive,
  ratio,
  sign,
  sqrt,
  square,
  subtract,
  tanh,
} from '../operators/arithmetic.js';
import { cumulativeSum } from '../operators/cumulative.js';
import { difference, lag } from '../operators/lag.js';
import { windowCovariance, windowVariance } from '../operators/window-moments.js';
import { windowMean, windowSum } from '../operators/window-sum.js';
import { logReturn, RETURN, SHARE } from './common.js';
import { close, high, logRange, low, none, typicalPrice } from './range.js';

const { raw } = String;
const volume = field('volume');
const dollars = multiply(close, volume);
const logVolume = log(volume);
/** Volume with the sign of the close's change. */
const signed = multiply(sign(difference(close)), volume);
const location = orElse(ratio(subtract(affine(close, 2), add(high, low)), subtract(high, low)), none);
const flow = multiply(typicalPrice, volume);
const moved = difference(typicalPrice);
const inflow = windowSum(multiply(flow, above(moved, affine(moved, 0))), 14);
const outflow = windowSum(multiply(flow, above(affine(moved, 0), moved)), 14);
const vwap = (w: number) => ratio(windowSum(flow, w), windowSum(volume, w));
const correlation = (x: Expression, y: Expression, w: number) =>
  ratio(windowCovariance(x, y, w), sqrt(multiply(windowVariance(x, w), windowVariance(y, w))));
const entry = (
  name: string,
  formula: string,
  unit: string,
  source: string,
  expression: Expression,
  scaling: Entry['scaling'] = {},
): Entry => ({
  name,
  formula,
  unit,
  source,
  expression,
  scaling,
});

/** How much is traded, and on which side. */
export const volumes = family('volume', [
  ...[1, 5].map((h) =>
    entry(
      `volume-change-${h}`,
      raw`\ln\frac{V_t}{V_{t-${h}}}`,
      'a log change: 0.1 is 10 % more',
      'the definition; missing where a volume is 0',
      difference(logVolume, h),
    ),
  ),
  ...[21, 63, 252].map((w) =>
    entry(
      `volume-ratio-${w}`,
      raw`\frac{V_t}{\frac1{${w}}\sum_{i<${w}}V_{t-i}}`,
      'a ratio: 2 is twice the usual',
      'Gervais, Kaniel & Mingelgrin 2001, beside the mean',
      ratio(volume, windowMean(volume, w)),
    ),
  ),
  entry(
    'volume-z-63',
    raw`\frac{\ln V_t-\overline{\ln V}}{s_{63}(\ln V)}`,
    'standard deviations of the last 63 rows',
    'the standard score of log volume',
    ratio(subtract(logVolume, windowMean(logVolume, 63)), sqrt(windowVariance(logVolume, 63))),
  ),
  entry(
    'volume-trend-21-252',
    raw`\ln\frac{\frac1{21}\sum_{i<21}V_{t-i}}{\frac1{252}\sum_{i<252}V_{t-i}}`,
    'a log ratio',
    'the month beside the year',
    subtract(log(windowMean(volume, 21)), log(windowMean(volume, 252))),
  ),
  entry(
    'volume-variation-63',
    raw`\frac{s_{63}(V)}{\bar V_{63}}`,
    'a ratio: 0.5 is a deviation of half the mean',
    'Chordia, Subrahmanyam & Anshuman 2001',
    ratio(sqrt(windowVariance(volume, 63)), windowMean(volume, 63)),
  ),
  ...[21, 252].map((w) =>
    entry(
      `dollar-volume-${w}`,
      raw`\tfrac1{${w}}\sum_{i<${w}}C_{t-i}V_{t-i}`,
      'currency per row',
      'Brennan, Chordia & Subrahmanyam 1998',
      windowMean(dollars, w),
      { price: 1, volume: 1 },
    ),
  ),
  entry(
    'obv',
    raw`\sum_{s\le t}\operatorname{sgn}(C_s-C_{s-1})V_s`,
    'shares, from 0 at the first row',
    'Granville 1963; TA-Lib starts at the first volume: the same but for a constant',
    cumulativeSum(signed),
    { volume: 1 },
  ),
  ...[21, 63].map((w) =>
    entry(
      `obv-share-${w}`,
      raw`\frac{\sum_{i<${w}}\operatorname{sgn}(C_{t-i}-C_{t-i-1})V_{t-i}}{\sum_{i<${w}}V_{t-i}}`,
      'from −1, all volume on falls, to 1',
      'Granville 1963, over a window and by its volume',
      ratio(windowSum(signed, w), windowSum(volume, w)),
    ),
  ),
  entry(
    'accumulation-distribution',
    raw`\sum_{s\le t}\frac{2C_s-H_s-L_s}{H_s-L_s}V_s`,
    'shares, from the first row',
    "Chaikin's line, TA-Lib's AD",
    cumulativeSum(multiply(location, volume)),
    { volume: 1 },
  ),
  ...[20, 63].map((w) =>
    entry(
      `chaikin-money-flow-${w}`,
      raw`\frac{\sum_{i<${w}}\ell_{t-i}V_{t-i}}{\sum_{i<${w}}V_{t-i}},\quad \ell=\frac{2C-H-L}{H-L}`,
      'from −1 to 1',
      'Chaikin; a bar without a range counts 0',
      ratio(windowSum(multiply(location, volume), w), windowSum(volume, w)),
    ),
  ),
  entry(
    'mfi-14',
    raw`100\,\frac{\sum_{i<14}xV[\Delta x>0]}{\sum_{i<14}xV[\Delta x\ne0]},\quad x=\tfrac13(H+L+C)`,
    'from 0 to 100',
    "Quong & Soudack 1989; TA-Lib's MFI",
    affine(ratio(inflow, add(inflow, outflow)), 100),
  ),
  ...[5, 21, 63].map((w) =>
    entry(
      `vwap-distance-${w}`,
      raw`\ln C_t-\ln\frac{\sum_{i<${w}}x_{t-i}V_{t-i}}{\sum_{i<${w}}V_{t-i}},\quad x=\tfrac13(H+L+C)`,
      RETURN,
      'Berkowitz, Logue & Noser 1988, over days, of typical prices',
      subtract(log(close), log(vwap(w))),
    ),
  ),
  ...[21, 63].map((w) =>
    entry(
      `volume-return-correlation-${w}`,
      raw`\operatorname{corr}_{i<${w}}\Bigl(\ln\tfrac{V_{t-i}}{V_{t-i-1}},r_{t-i}\Bigr)`,
      'a correlation',
      'Karpoff 1987',
      correlation(difference(logVolume), logReturn, w),
    ),
  ),
  entry(
    'volume-volatility-correlation-63',
    raw`\operatorname{corr}_{i<63}(\ln V_{t-i},|r_{t-i}|)`,
    'a correlation',
    'Karpoff 1987',
    correlation(logVolume, abs(logReturn), 63),
  ),
  entry(
    'up-volume-share-21',
    raw`\frac{\sum_{i<21}V_{t-i}[C_{t-i}>C_{t-i-1}]}{\sum_{i<21}V_{t-i}}`,
    SHARE,
    'the volume of rising rows',
    ratio(windowSum(positive(signed), 21), windowSum(volume, 21)),
  ),
]);

const beta = add(square(logRange), square(lag(logRange, 1)));
const gamma = square(subtract(maximum(log(high), lag(log(high), 1)), minimum(log(low), lag(log(low), 1))));
const WIDTH = 3 - 2 * Math.SQRT2;
const alpha = subtract(affine(sqrt(beta), (Math.SQRT2 - 1) / WIDTH), sqrt(affine(gamma, 1 / WIDTH)));
const corwinSchultz = positive(affine(tanh(affine(alpha, 0.5)), 2));
const middle = affine(add(log(high), log(low)), 0.5);
const from = subtract(lag(log(close), 1), lag(middle, 1));
const abdiRanaldo = sqrt(positive(affine(multiply(from, subtract(lag(log(close), 1), middle)), 4)));
const roll = (w: number) => affine(sqrt(positive(affine(windowCovariance(logReturn, lag(logReturn, 1), w), -1))), 2);
const SPREAD = 'a fraction of the price: 0.001 is a spread of 0.1 %';

/** What trading costs, as far as prices and volumes tell. */
export const liquidity = family('liquidity', [
  ...[21, 63, 252].map((w) =>
    entry(
      `amihud-${w}`,
      raw`\tfrac1{${w}}\sum_{i<${w}}\frac{|r_{t-i}|}{C_{t-i}V_{t-i}}`,
      'a log return per unit of currency traded',
      'Amihud 2002, of log returns; missing where nothing was traded',
      windowMean(ratio(abs(logReturn), dollars), w),
      { price: -1, volume: -1 },
    ),
  ),
  ...[21, 63, 252].map((w) =>
    entry(
      `roll-spread-${w}`,
      raw`2\sqrt{\max\bigl(-\operatorname{cov}_{i<${w}}(r_{t-i},r_{t-i-1}),0\bigr)}`,
      SPREAD,
      'Roll 1984, of log returns; 0 where the covariance is not negative',
      roll(w),
    ),
  ),
  ...[21, 63].map((w) =>
    entry(
      `corwin-schultz-spread-${w}`,
      raw`\tfrac1{${w}}\sum_{i<${w}}\max\Bigl(\tfrac{2(e^\alpha-1)}{1+e^\alpha},0\Bigr),\quad \alpha=\tfrac{\sqrt{2\beta}-\sqrt\beta}{3-2\sqrt2}-\sqrt{\tfrac{\gamma}{3-2\sqrt2}}`,
      SPREAD,
      'Corwin & Schultz 2012; negative ones count 0, and the night is not taken out',
      windowMean(corwinSchultz, w),
    ),
  ),
  entry(
    'abdi-ranaldo-spread-21',
    raw`\tfrac1{21}\sum_{i<21}\sqrt{\max\bigl(4(c_{-1}-\eta_{-1})(c_{-1}-\eta),0\bigr)},\quad c=\ln C,\ \eta=\tfrac12(\ln H+\ln L)`,
    SPREAD,
    'Abdi & Ranaldo 2017, their two-day estimator, dated by the later of the two days',
    windowMean(abdiRanaldo, 21),
  ),
  ...[21, 252].map((w) =>
    entry(
      `zero-return-share-${w}`,
      raw`\tfrac1{${w}}\sum_{i<${w}}[r_{t-i}=0]`,
      SHARE,
      'Lesmond, Ogden & Trzcinka 1999',
      affine(windowMean(abs(sign(logReturn)), w), -1, 1),
    ),
  ),
  entry('zero-volume-share-63', raw`\tfrac1{63}\sum_{i<63}[V_{t-i}=0]`, SHARE, 'Liu 2006', affine(windowMean(sign(volume), 63), -1, 1)),
  entry(
    'signed-dollar-impact-63',
    raw`\frac{\operatorname{cov}_{i<63}(r_{t-i},q_{t-i})}{\operatorname{var}_{i<63}(q_{t-i})},\quad q=\operatorname{sgn}(r)\sqrt{CV}`,
    'a log return per root of currency traded',
    'Hasbrouck 2009, of daily bars',
    impact(63),
    { price: -0.5, volume: -0.5 },
  ),
]);

function impact(w: number): Expression {
  const signedRoot = multiply(sign(logReturn), sqrt(dollars));
  return ratio(windowCovariance(logReturn, signedRoot, w), windowVariance(signedRoot, w));
}
