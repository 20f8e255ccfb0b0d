import { fixed, key, percent } from '../../base/index.js';
import {
  annualVolatility,
  type Backtest,
  calendarGrowth,
  drawdownOfEquity,
  marketModel,
  maximumDrawdown,
  sharpe,
} from '../../trade/index.js';
import { meanWithError } from '../../trade/internal.js';
import { type Benchmark, inWords } from './charts.js';
import { periodsOf, sumOver } from './periods.js';

/** A line of the sheet's table: what was measured, what it is, and how sure that is. */
export interface Measure {
  readonly measure: string;
  readonly value: string;
  /** the 95 % interval, HAC, or where and when */
  readonly sure: string;
}

/** Rows below which a spread over resampled paths, or over a rolling window, says nothing. */
export const ENOUGH = 12;

interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * What a series [T] of shares of equity sums to a year, or in all of less than one, with its 95 % HAC interval over months, none of fewer than
 * twelve. Months and not rows, since what is traded once a month is no less sure for the days between; what is never below zero has no
 * interval there.
 */
function yearly(series: Float64Array, dates: readonly string[], years: number): { value: number; interval: Interval | undefined } {
  const sums = Float64Array.from(periodsOf(dates, 'month'), (month) => sumOver(series, month));
  const total = sums.reduce((sum, one) => sum + one, 0);
  if (years < 1) return { value: total, interval: undefined };
  if (sums.length < ENOUGH) return { value: total / years, interval: undefined };
  const { low, high } = meanWithError(sums).interval;
  const [perYear, least] = [sums.length / years, series.every((one) => one >= 0) ? 0 : Number.NEGATIVE_INFINITY];
  return { value: total / years, interval: { low: Math.max(least, low * perYear), high: high * perYear } };
}

/** The numbers of a run. Ratios are left out where nothing was left: returns of what was lost and owed have none. */
export function measuresOf(run: Backtest, perYear: number, benchmark?: Benchmark): Measure[] {
  const { dates, returns, equity, capital, turnover, costs, stale, ruined } = run;
  const years = dates.length / perYear;
  const fall = drawdownOfEquity([capital, ...equity]);
  // One path shows one maximum; a part of a year has too few days to be drawn again, and so have a few quarters.
  const others =
    ruined || years < 1 || dates.length < ENOUGH ? undefined : maximumDrawdown(returns, { resample: { key: key(0) } }).resampled;
  const at = (row: number) => (row < 0 ? 'the start' : dates[row]);
  // A few weeks taken to a year say nothing.
  const each = years < 1 ? 'in all' : 'a year';
  const ratios: Measure[] = [];
  const line = (measure: string, value: string, sure = ''): Measure => ({ measure, value, sure });
  const shares = ({ low, high }: Interval) => `${percent(low, 1)} to ${percent(high, 1)}`;
  const numbers = ({ low, high }: Interval) => `${fixed(low)} to ${fixed(high)}`;
  const rates = ({ low, high }: Interval) => `${percent(low)} to ${percent(high)}`;
  const tenths = ({ low, high }: Interval) => `${fixed(low, 1)} to ${fixed(high, 1)}`;
  if (!ruined) {
    const growth = calendarGrowth({ dates, returns }, { since: run.start });
    const { annual, hac } = sharpe(returns, { perYear });
    const volatility = annualVolatility(returns, { perYear });
    ratios.push(
      years < 1
        ? line('growth in all, net', percent(growth.total, 1), `over ${fixed(365.25 * growth.years, 0)} days`)
        : line('growth a year, net', percent(growth.value, 1), shares(growth.interval)),
      line('volatility a year', percent(volatility.value, 1), shares(volatility.interval)),
      line('Sharpe ratio a year, over a rate of 0', fixed(annual), numbers(hac.interval)),
    );
    if (benchmark) {
      const { annualAlpha, beta } = marketModel(returns, benchmark.returns, { perYear });
      const rival = sharpe(benchmark.returns, { perYear });
      ratios.push(
        line(`beta to ${benchmark.name}`, fixed(beta.value), numbers(beta.interval)),
        line(`alpha over ${benchmark.name} a year, over a rate of 0`, percent(annualAlpha.value, 1), shares(annualAlpha.interval)),
        line(`Sharpe ratio a year of ${benchmark.name}`, fixed(rival.annual), numbers(rival.hac.interval)),
      );
    }
  }
  const traded = yearly(turnover, dates, years);
  const taken = Object.entries(costs).map(([name, amounts]) => {
    const { value, interval } = yearly(
      amounts.map((amount, t) => amount / (t > 0 ? equity[t - 1] : capital)),
      dates,
      years,
    );
    return line(`${inWords(name)} ${each}, of equity`, percent(value), interval && rates(interval));
  });
  const mostStale = stale.reduce((most, share) => Math.max(most, share), 0);
  return [
    ...(ruined ? [line('ruined', `on ${ruined}`, 'no decision counts from then on')] : []),
    ...ratios,
    line(
      'largest drawdown',
      percent(fall.value, 1),
      `${at(fall.peak)} to ${at(fall.trough)}${fall.recovered === undefined ? ', not made up' : ''}` +
        (others ? `; ${shares(others)} with its days in other orders` : ''),
    ),
    line(
      `turnover ${each}, bought and sold`,
      `${fixed(traded.value, 1)} × equity`,
      ruined || !traded.interval ? '' : tenths(traded.interval),
    ),
    ...(ruined ? [] : taken),
    ...(mostStale > 0 ? [line('most of equity without a price', percent(mostStale, 1), 'valued at its last')] : []),
  ];
}
