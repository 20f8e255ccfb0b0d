import { type Expression, price } from '../expression.js';
import { affine, log, sqrt, square } from '../operators/arithmetic.js';
import { difference } from '../operators/lag.js';
import { windowMean } from '../operators/window-sum.js';

/* What several families speak of. One row is a day where the data are daily. */

export const logPrice = log(price);

/** 0 where there is a price, to compare with. */
export const zero = affine(price, 0);

/** r_t = ln(p_t/p_{t−1}). */
export const logReturn = difference(logPrice);

export const squaredReturn = square(logReturn);

/** ln(p_t/p_{t−h}). */
export const returnOver = (h: number): Expression => (h === 1 ? logReturn : difference(logPrice, h));

/** √(Σ r²/w). */
export const realisedVolatility = (w: number): Expression => sqrt(windowMean(squaredReturn, w));

/** Units of several families. */
export const RETURN = 'a log return: 0.01 is 1 %';
export const VOLATILITY = 'a standard deviation per row: of daily rows 0.01 is 1 % a day, about 16 % a year';
export const RATIO = 'a ratio: 1 where both are the same';
export const PRICE = 'a price, in the currency of the data';
export const SHARE = 'a share: 0.6 is 60 %';
