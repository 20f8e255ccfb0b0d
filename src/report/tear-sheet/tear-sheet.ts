import { type Bundle, table } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Panel } from '../../market/index.js';
import type { Backtest } from '../../trade/index.js';
import { checkPerYear } from '../../trade/internal.js';
import { type Benchmark, costChart, drawdownChart, growthChart, rollingBetaChart, rollingSharpeChart, turnoverChart } from './charts.js';
import { monthlyReturns } from './months.js';
import { ENOUGH, type Measure, measuresOf } from './numbers.js';
import { htmlPage, type Sheet, svgPage } from './page.js';

/** With what a run is compared, and how its rolling numbers are taken. */
export interface TearSheetOptions {
  /** above the numbers; the source of the prices unless told */
  readonly title?: string;
  /**
   * prices of one asset on the run's dates and on its `start`; it may have dates between them. An index of prices leaves out the dividends that
   * adjusted closes of a run hold, some 2 % a year of stocks, which alpha then has too: compare like with like
   */
  readonly benchmark?: Panel;
  /** rows a year: 252, 12; as the dates tell unless told */
  readonly perYear?: number;
  /** rows of rolling numbers, 3 or more; a year of them unless told, or a third of a shorter run, and 12 at least */
  readonly window?: number;
}

/**
 * A report in three forms: `bundles` for a notebook, the table of numbers first, then the charts; one `svg` picture; and an `html` page that
 * stands alone, in light and dark.
 *
 *     await show(...sheet.bundles);
 *     writeFileSync('sheet.html', sheet.html);
 */
export interface TearSheet {
  readonly bundles: readonly Bundle[];
  readonly svg: string;
  readonly html: string;
}

/**
 * The tear sheet of a backtest: its numbers with their 95 % intervals, what 1 has become, drawdown, rolling Sharpe ratio and beta, the table of
 * months, turnover, and what each cost took.
 *
 *     const { bundles } = await tearSheet(run, { benchmark: await loadPanel('skfolio/sp500-index') });
 *
 * Of a run that lost all there are no ratios; its date stands first.
 *
 * @throws when the run has fewer than three rows or never held anything, and when the benchmark has several assets, or
 *         lacks a price on a date of the run or on its start
 */
export async function tearSheet(run: Backtest, options: TearSheetOptions = {}): Promise<TearSheet> {
  checkOptions('tearSheet', options, ['title', 'benchmark', 'perYear', 'window']);
  const { dates, returns } = run;
  if (dates.length < 3) throw new Error(`tearSheet: the run has ${dates.length} rows, and a curve needs three; load more history`);
  const perYear = checkPerYear('tearSheet', options.perYear, dates);
  const window = options.window ?? Math.max(ENOUGH, Math.min(Math.round(perYear), Math.floor(dates.length / 3)));
  checkWhole('tearSheet', 'window', window, { from: 3 }, 'fewer rows have no interval');
  const benchmark = options.benchmark && benchmarkOf(options.benchmark, run);
  const title = options.title ?? run.weights.source;

  const measures = measuresOf(run, perYear, benchmark);
  const numbers = tableOf(measures, `${title}, ${dates[0]} to ${dates.at(-1)}`);
  const drawn = [
    growthChart(run, benchmark),
    drawdownChart(run),
    run.ruined ? undefined : rollingSharpeChart(run, perYear, window),
    benchmark && !run.ruined ? rollingBetaChart(run, benchmark, perYear, window) : undefined,
    monthlyReturns(dates, returns),
    turnoverChart(run),
    run.ruined ? undefined : costChart(run),
  ];
  const charts = (await Promise.all(drawn)).filter((chart) => chart !== undefined);
  return sheetOf({ title, lines: linesOf(measures), tables: [String(numbers['text/html'])], charts }, numbers);
}

/** The three forms of a sheet. */
export const sheetOf = (sheet: Sheet, numbers: Bundle): TearSheet => ({
  bundles: [numbers, ...sheet.charts],
  svg: svgPage(sheet),
  html: htmlPage(sheet),
});

/** Measures as a table. */
export const tableOf = (measures: readonly Measure[], title: string): Bundle =>
  table(
    measures.map(({ measure, value, sure }) => ({ measure, value, '95 % interval, or when': sure })),
    { title },
  );

/** A table's rows as lines of text. */
export const linesOf = (measures: readonly Measure[]): (readonly [string, string, string])[] =>
  measures.map(({ measure, value, sure }) => [measure, value, sure]);

/** A benchmark's returns over the run's own periods: the first from the run's start, whatever dates the benchmark has between. */
function benchmarkOf(prices: Panel, { dates, start }: Backtest): Benchmark {
  const { assets, values, source } = prices;
  if (assets.length !== 1)
    throw new Error(`tearSheet: a benchmark is one asset, and ${source} has ${assets.length}; select(panel, { assets: [...] })`);
  const rows = new Map(prices.dates.map((date, t) => [date, t]));
  const at = dates.map((date) => rows.get(date));
  const missing = at.findIndex((row) => row === undefined || !(values[row] > 0));
  if (missing >= 0)
    throw new Error(
      `tearSheet: the benchmark ${assets[0]} has no price on ${dates[missing]}, a date of the run; align the two, or run on its dates`,
    );
  const first = rows.get(start) ?? -1;
  if (!(values[first] > 0))
    throw new Error(`tearSheet: the benchmark ${assets[0]} has no price on ${start}, where the run starts; load prices from that date on`);
  const before = [first, ...at.slice(0, -1)] as number[];
  return { name: assets[0], dates, returns: Float64Array.from(dates, (_, t) => values[at[t]!] / values[before[t]] - 1) };
}
