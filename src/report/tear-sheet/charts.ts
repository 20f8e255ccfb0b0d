import type { Bundle, Row } from '../../base/index.js';
import { extent } from '../../base/internal.js';
import { type Backtest, type DatedReturns, marketModel, sharpe } from '../../trade/index.js';
import { line } from '../figures.js';
import { PALETTE, plot } from '../plot.js';
import { periodsOf, periodsToShow, sumOver } from './periods.js';

/** Returns that a run is compared with, of its own dates. */
export interface Benchmark extends DatedReturns {
  /** `SP500` */
  readonly name: string;
  readonly returns: Float64Array;
}

/** Two of them stand beside each other. */
const SIZE = { width: 520, height: 200 };
/** One colour has one meaning in the whole sheet. */
const NET = PALETTE[0];
const GROSS = PALETTE[1];
const BENCHMARK = PALETTE[4];
const DATE = { field: 'date', title: 'date' };

/**
 * What 1 at the start has become, net and gross of costs, beside the benchmark. Net is the account's own equity, as in the chart of drawdowns:
 * returns do not tell what a gap gives back after a ruin, so there is no line before costs then.
 */
export function growthChart({ dates, equity, capital, gross, costs, ruined }: Backtest, benchmark?: Benchmark): Promise<Bundle> {
  const hasCosts = Object.keys(costs).length > 0 && !ruined;
  const curves: [string, Float64Array, string][] = [
    ['net', equity.map((money) => money / capital), NET],
    ...(hasCosts ? [['before costs', compounded(gross), GROSS] as [string, Float64Array, string]] : []),
    ...(benchmark ? [[benchmark.name, compounded(benchmark.returns), BENCHMARK] as [string, Float64Array, string]] : []),
  ];
  const rows = curves.flatMap(([of, wealth]) => dates.map((date, t) => ({ date, wealth: wealth[t], of })));
  const values = rows.map(({ wealth }) => wealth);
  const [least, most] = extent(values);
  const isLong = least > 0 && most > 8 * least;
  return line({
    title: 'What has 1 become?',
    subtitle: `${dates[0]} to ${dates.at(-1)}`,
    rows,
    x: DATE,
    y: { field: 'wealth', title: 'value of 1 at the start', ...(isLong && { log: true, domain: [0.95 * least, 1.05 * most] as const }) },
    series: 'of',
    colours: Object.fromEntries(curves.map(([of, , colour]) => [of, colour])),
    rules: [{ y: 1 }],
    ...SIZE,
  });
}

function compounded(returns: Float64Array): Float64Array {
  let wealth = 1;
  return returns.map((r) => (wealth *= 1 + r));
}

/** How far it is below its highest. */
export function drawdownChart({ dates, equity, capital }: Backtest): Promise<Bundle> {
  let peak = capital;
  const rows = dates.map((date, t) => {
    peak = Math.max(peak, equity[t]);
    return { date, drawdown: equity[t] / peak - 1 };
  });
  return line({
    title: 'How far below its highest was it?',
    subtitle: 'net, of the highest close so far',
    rows,
    x: DATE,
    y: { field: 'drawdown', title: 'drawdown (%)', format: '.0%' },
    rules: [{ y: 0 }],
    ...SIZE,
  });
}

/** Sharpe ratios of the last `window` rows at the end of each month, with their intervals. */
export function rollingSharpeChart({ dates, returns }: Backtest, perYear: number, window: number): Promise<Bundle> | undefined {
  const rows = rolling(dates, window, (start, end) => {
    const { annual, hac } = sharpe(returns.subarray(start, end), { perYear });
    return { value: annual, ...hac.interval };
  });
  return rollingChart(rows, { title: 'Was its Sharpe ratio steady?', axis: 'Sharpe ratio, a year', rule: 0, window });
}

/** Slopes on the benchmark of the last `window` rows at the end of each month, with their intervals. */
export function rollingBetaChart(
  { dates, returns }: Backtest,
  benchmark: Benchmark,
  perYear: number,
  window: number,
): Promise<Bundle> | undefined {
  const rows = rolling(dates, window, (start, end) => {
    const { beta } = marketModel(returns.subarray(start, end), benchmark.returns.subarray(start, end), { perYear });
    return { value: beta.value, ...beta.interval };
  });
  return rollingChart(rows, { title: `How much of ${benchmark.name} was in it?`, axis: `beta to ${benchmark.name}`, rule: 1, window });
}

interface Ranged {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A statistic of the last rows at the end of each month; left out where the rows do not vary, so that there is none. */
function rolling(dates: readonly string[], window: number, statistic: (start: number, end: number) => Ranged): Row[] {
  return periodsOf(dates, 'month')
    .filter(({ end }) => end >= window)
    .flatMap(({ end }) => {
      try {
        return [{ date: dates[end - 1], ...statistic(end - window, end) }];
      } catch {
        return [];
      }
    });
}

function rollingChart(
  rows: readonly Row[],
  { title, axis, rule, window }: { title: string; axis: string; rule: number; window: number },
): Promise<Bundle> | undefined {
  if (rows.length < 3) return undefined;
  return line({
    ...{ title, subtitle: `of the last ${window} rows at each month's end, with 95 % intervals (HAC)`, rows, x: DATE },
    y: { field: 'value', title: axis },
    band: { low: 'low', high: 'high' },
    rules: [{ y: rule }],
    ...SIZE,
  });
}

/** What was traded in each year, or month. */
export function turnoverChart({ dates, turnover }: Backtest): Promise<Bundle> {
  const { by, periods } = periodsToShow(dates);
  const values = periods.map((period) => ({ period: period.name, turnover: sumOver(turnover, period) }));
  return plot({
    title: { text: 'How much was traded?', subtitle: 'bought and sold, in multiples of equity: replacing the whole portfolio is 2' },
    ...SIZE,
    data: { values },
    mark: { type: 'bar' },
    encoding: { x: periodAxis(by), y: { field: 'turnover', type: 'quantitative', title: `turnover in the ${by} (× equity)` } },
  });
}

/** What each cost took in each year, or month, of the equity at its start. */
export function costChart({ dates, costs, equity, capital }: Backtest): Promise<Bundle> | undefined {
  const { by, periods } = periodsToShow(dates);
  const names = Object.keys(costs).filter((name) => costs[name].some((amount) => amount !== 0));
  const called = names.map(inWords);
  if (names.length === 0) return undefined;
  const values = periods.flatMap((period) =>
    names.map((name) => ({
      period: period.name,
      name: inWords(name),
      share: sumOver(costs[name], period) / (period.start > 0 ? equity[period.start - 1] : capital),
    })),
  );
  return plot({
    title: { text: 'What did trading and holding cost?', subtitle: `of the equity at the start of the ${by}; below zero it paid` },
    ...SIZE,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      x: periodAxis(by),
      y: { field: 'share', type: 'quantitative', title: `costs in the ${by} (%)`, axis: { format: '.1%' } },
      color: {
        field: 'name',
        type: 'nominal',
        sort: null,
        scale: { domain: called, range: names.map((_, i) => PALETTE[i % PALETTE.length]) },
        legend: { orient: 'top', title: null },
      },
    },
  });
}

const periodAxis = (by: string) => ({ field: 'period', type: 'ordinal', title: by, axis: { labelAngle: 0, labelOverlap: 'greedy' } });

/** `halfSpread` as words: half spread. */
export const inWords = (name: string): string => name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
