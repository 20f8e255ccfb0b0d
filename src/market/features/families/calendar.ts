import { day, type Expression, series } from '../expression.js';
import { type Entry, family } from '../feature.js';
import { affine, log, ratio, sqrt, square, subtract } from '../operators/arithmetic.js';
import { month, monthShare, weekday, yearCosine, yearSine } from '../operators/calendar.js';
import { rowsSince } from '../operators/cumulative.js';
import { difference } from '../operators/lag.js';
import { windowVariance } from '../operators/window-moments.js';
import { windowMean } from '../operators/window-sum.js';
import { market } from './market.js';

const { raw } = String;
const entry = (name: string, formula: string, unit: string, source: string, expression: Expression): Entry => ({
  name,
  formula,
  unit,
  source,
  expression,
});

/** What the date says, known long before. */
export const calendar = family('calendar', [
  entry('weekday', raw`0\text{ Monday},\dots,6\text{ Sunday}`, 'a number from 0 to 6', 'French 1980', weekday),
  entry('year-sine', raw`\sin(2\pi y)`, 'y is the share of the year that is over', 'the season as a point on a circle', yearSine),
  entry('year-cosine', raw`\cos(2\pi y)`, 'y is the share of the year that is over', 'the season as a point on a circle', yearCosine),
  entry(
    'month-share',
    raw`\frac{\text{day of the month}}{\text{days of the month}}`,
    'a share: 1 on the last day',
    'Ariel 1987',
    monthShare,
  ),
  entry(
    'rows-into-month',
    raw`t-\min\{s\le t:\ \mathrm{month}(s)=\mathrm{month}(t)\}`,
    'rows: 0 on the first of the month; missing before the first month that begins in the data',
    'Lakonishok & Smidt 1988: the turn of the month',
    rowsSince(difference(month)),
  ),
  entry(
    'days-since-last-row',
    raw`\mathrm{day}(t)-\mathrm{day}(t-1)`,
    'days: 3 on a Monday, more after holidays',
    'French 1980',
    difference(day),
  ),
]);

const VIX = series('VIX');
const term = subtract(series('tenYearYield'), series('threeMonthYield'));
const credit = subtract(series('BAA'), series('AAA'));
const marketVariance = affine(windowMean(square(market), 21), 252);
const YIELD = 'a fraction a year: 0.01 is 1 %';

/** What is the same for all assets and dated by when it was known: series of the frame by these names. */
export const macro = family('macro', [
  entry('vix', raw`V_t`, 'percent a year', 'the series VIX', VIX),
  ...[1, 5, 21].map((h) =>
    entry(`vix-change-${h}`, raw`\ln\frac{V_t}{V_{t-${h}}}`, 'a log change: 0.1 is 10 % more', 'the series VIX', difference(log(VIX), h)),
  ),
  entry(
    'vix-z-252',
    raw`\frac{V_t-\bar V}{s_{252}(V)}`,
    'standard deviations of the last 252 rows',
    'the series VIX',
    ratio(subtract(VIX, windowMean(VIX, 252)), sqrt(windowVariance(VIX, 252))),
  ),
  entry(
    'variance-risk-premium-21',
    raw`\Bigl(\frac{V_t}{100}\Bigr)^2-\frac{252}{21}\sum_{i<21}m_{t-i}^2`,
    'a variance a year: 0.04 is (20 %)²; of daily rows',
    'Bollerslev, Tauchen & Zhou 2009, with the mean log return of the assets as the market',
    subtract(square(affine(VIX, 0.01)), marketVariance),
  ),
  entry('term-spread', raw`y_{10}-y_{0.25}`, YIELD, 'Fama & French 1989; the series tenYearYield and threeMonthYield', term),
  entry(
    'term-spread-change-21',
    raw`s_t-s_{t-21},\quad s=y_{10}-y_{0.25}`,
    YIELD,
    'the series tenYearYield and threeMonthYield',
    difference(term, 21),
  ),
  entry('short-rate-change-21', raw`y_t-y_{t-21}`, YIELD, 'the series threeMonthYield', difference(series('threeMonthYield'), 21)),
  entry(
    'credit-spread',
    raw`y_{\mathrm{Baa}}-y_{\mathrm{Aaa}}`,
    YIELD,
    'Fama & French 1989: the default spread; the series BAA and AAA',
    credit,
  ),
  entry(
    'credit-spread-change-63',
    raw`c_t-c_{t-63},\quad c=y_{\mathrm{Baa}}-y_{\mathrm{Aaa}}`,
    YIELD,
    'the series BAA and AAA',
    difference(credit, 63),
  ),
]);
