import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { type Bundle, fixed, key, normal, percent } from '../../base/index.js';
import { frameOf, type Panel } from '../../market/index.js';
import { backtest, halfSpread, icDecay, maximumDrawdown, proportional, sumCosts } from '../../trade/index.js';
import { factorTearSheet } from './factor-tear-sheet.js';
import { compoundOver, periodsOf, sumOver } from './periods.js';
import { tearSheet } from './tear-sheet.js';

const prices = simulatedPrices(800, ['A', 'B', 'C']);
const weights: Panel = {
  ...panelOf(
    prices.assets,
    [
      [0.5, 0.3, 0.1],
      [0.1, 0.3, 0.5],
      [0.3, 0.3, 0.3],
    ],
    { field: 'weight' },
  ),
  dates: [0, 250, 500].map((t) => prices.dates[t]),
};
const run = backtest({
  weights,
  prices: frameOf(prices),
  execution: 'nextClose',
  costs: sumCosts(proportional(0.001), halfSpread(0.0004)),
});
const market: Panel = { ...simulatedPrices(800, ['SP500'], 7), source: 'market' };

interface Chart {
  readonly title: string | { readonly text: string };
  readonly data?: { readonly values: unknown };
}
const chartsOf = (bundles: readonly Bundle[]) =>
  bundles.flatMap((bundle) => (bundle['application/vnd.vegalite.v5+json'] as Chart | undefined) ?? []);
const titleOf = ({ title }: Chart) => (typeof title === 'string' ? title : title.text);
const rowsOf = (bundles: readonly Bundle[], title: string): string =>
  JSON.stringify(chartsOf(bundles).find((chart) => titleOf(chart) === title)?.data ?? '');

describe('tearSheet', () => {
  it('answers a question with each chart, the numbers first', async () => {
    const { bundles } = await tearSheet(run, { benchmark: market });
    expect(Object.keys(bundles[0])).toContain('text/html');
    expect(chartsOf(bundles).map(titleOf)).toEqual([
      'What has 1 become?',
      'How far below its highest was it?',
      'Was its Sharpe ratio steady?',
      'How much of SP500 was in it?',
      'What did each month earn?',
      'How much was traded?',
      'What did trading and holding cost?',
    ]);
  });

  it('says the numbers of the run', async () => {
    const { bundles } = await tearSheet(run, { title: 'Three stocks', benchmark: market });
    const text = bundles[0]['text/plain'];
    expect(text).toContain(`Three stocks, ${run.dates[0]} to ${run.dates.at(-1)}`);
    // 799 rows are 799/252 years; turnover and costs add up what the run has.
    const years = 799 / 252;
    const turnover = run.turnover.reduce((sum, one) => sum + one, 0) / years;
    const commission = run.costs.commission.reduce((sum, cost, t) => sum + cost / (run.equity[t - 1] ?? run.capital), 0) / years;
    expect(text).toContain('alpha over SP500 a year, over a rate of 0');
    const { low, high } = maximumDrawdown(run.returns, { resample: { key: key(0) } }).resampled!;
    expect(text).toContain(`; ${percent(low, 1)} to ${percent(high, 1)} with its days in other orders`);
    for (const said of [`${turnover.toFixed(1)} × equity`, `${(100 * commission).toFixed(2)} %`, 'half spread a year', 'beta to SP500'])
      expect(text).toContain(said);
  });

  it('adds a year up by its days, and its costs over the equity at its start', async () => {
    const { bundles } = await tearSheet(run);
    const months = periodsOf(run.dates, 'month');
    const product = months.reduce((wealth, month) => wealth * (1 + compoundOver(run.returns, month)), 1);
    expect(product * run.capital).toBeCloseTo(run.equity.at(-1)!, 4);
    const first = sumOver(run.costs.commission, months[0]) / run.capital;
    expect(first).toBeCloseTo(0.001 * 0.9, 5); // 90 % is bought on the first row
    expect(rowsOf(bundles, 'What did trading and holding cost?')).toContain(`${months[0].name},commission,${Number(first.toPrecision(6))}`);
    expect(rowsOf(bundles, 'How much was traded?')).toContain(`${months[0].name},0.9`);
  });

  it('says how sure turnover and costs a year are, by months, whatever the days between them', async () => {
    // On each month's last row all is in one of two stocks, by turns: a half or 1 × equity of 800 rows, 38 months.
    const rows = periodsOf(prices.dates, 'month').map(({ end }) => end - 1);
    const monthly = panelOf(
      prices.assets,
      rows.map((_, k) => [k % 3 === 0 ? 0.5 : 0, k % 3 === 1 ? 0.5 : 0, 0]),
      { field: 'weight' },
    );
    const turned = backtest({
      weights: { ...monthly, dates: rows.slice(0, -1).map((t) => prices.dates[t]), values: monthly.values.slice(0, -3) },
      ...{ prices: frameOf(prices), execution: 'nextClose', costs: proportional(0.001) },
    });
    const sums = new Map<string, number>();
    for (const [t, date] of turned.dates.entries()) sums.set(date.slice(0, 7), (sums.get(date.slice(0, 7)) ?? 0) + turned.turnover[t]);
    const [months, years] = [[...sums.values()], turned.dates.length / 252];
    // Newey and West's mean with 3 lags, ⌊4 (37/100)^(2/9)⌋, written out; 2.03 and 2.05 are Student's quantiles at 36 and 25 degrees of freedom.
    const n = months.length;
    const centre = months.reduce((a, b) => a + b) / n;
    const product = (lag: number) => months.slice(lag).reduce((sum, x, t) => sum + (x - centre) * (months[t] - centre), 0) / n;
    const longRun = product(0) + 2 * (0.75 * product(1) + 0.5 * product(2) + 0.25 * product(3));
    const half = (Math.sqrt((longRun / n) * (n / (n - 4))) * n) / years;
    const text = (await tearSheet(turned)).bundles[0]['text/plain'];
    const [, value, low, high] = text.match(/turnover a year, bought and sold +([\d.]+) × equity +([\d.]+) to ([\d.]+)/)!.map(Number);
    expect(value).toBeCloseTo((n * centre) / years, 1);
    expect(high - value).toBeGreaterThan(2.03 * half - 0.1);
    expect(high - value).toBeLessThan(2.3 * half + 0.1);
    expect(Math.abs(value - low - (high - value))).toBeLessThan(0.11);
    expect(text).toMatch(/commission a year, of equity +\d\.\d\d % +\d\.\d\d % to \d\.\d\d %/);
  });

  it('is a page that stands alone and a picture, both without a name twice', async () => {
    const { html, svg } = await tearSheet(run, { title: 'A < B & C' });
    expect(html).toContain('<title>A &lt; B &amp; C</title>');
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/<script|https?:|src=/);
    expect(html).toContain('color-scheme: light dark');
    expect(html).not.toMatch(/fill="#ffffff"|#1b1b1b/); // the page's own ground and ink
    expect(svg).toMatch(/^<svg xmlns="[^"]*" width="\d+" height="\d+" viewBox="[^"]*">\n<rect width="\d+" height="\d+" fill="#ffffff"\/>/);
    for (const page of [html, svg]) {
      const names = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
      expect(names.length).toBe(new Set(names).size);
      for (const [, name] of page.matchAll(/url\(#([^)]*)\)/g)) expect(names).toContain(name);
    }
  });

  it('stays small over 33 years, and draws every extreme', async () => {
    const T = 8300;
    const returns = normal(key(3), [T], 'float64').data.map((z) => 0.01 * z);
    const dates = Array.from({ length: T }, (_, t) => new Date(Date.UTC(1990, 0, 1) + t * 86_400_000 * 1.4).toISOString().slice(0, 10));
    let level = 100;
    const values = Float64Array.from(returns, (r) => (level *= 1 + r));
    const long: Panel = { dates, assets: ['A'], values, field: 'close', source: 'long' };
    const whole = { ...long, dates: [dates[0]], values: Float64Array.of(1), field: 'weight' };
    const { bundles } = await tearSheet(backtest({ weights: whole, prices: frameOf(long), execution: 'nextClose' }), { perYear: 252 });
    for (const bundle of bundles) expect(JSON.stringify(bundle).length).toBeLessThan(300_000);
  });

  it('puts the ruin of an account first, and no ratio beside it', async () => {
    const squeeze = panelOf(['A'], [[100], [100], [350], [300], [300], [310]]);
    const short = { ...squeeze, dates: squeeze.dates.slice(0, 1), values: Float64Array.of(-1), field: 'weight' };
    const { bundles } = await tearSheet(backtest({ weights: short, prices: frameOf(squeeze), execution: 'nextClose' }));
    const text = bundles[0]['text/plain'];
    expect(text).toContain(`on ${squeeze.dates[2]}`);
    expect(text).not.toContain('Sharpe');
    expect(text).toContain('−250.0 %');
  });

  it('compounds no part of a year to a whole one', async () => {
    const some = backtest({
      weights: { ...weights, dates: [prices.dates[0]], values: weights.values.slice(0, 3) },
      prices: frameOf(simulatedPrices(60, ['A', 'B', 'C'])),
      execution: 'nextClose',
    });
    const text = (await tearSheet(some)).bundles[0]['text/plain'];
    const total = fixed(100 * (some.equity.at(-1)! / some.capital - 1), 1);
    expect(text).toContain(`growth in all, net`);
    expect(text).toContain(`${total} %`);
    expect(text).not.toContain('growth a year');
    // Nor what was traded and paid: six rows of entering once are 1 × equity, not 42 a year.
    const six = backtest({
      weights: panelOf(['A', 'B'], [[0.5, 0.5]], { field: 'weight' }),
      prices: frameOf(
        panelOf(
          ['A', 'B'],
          [
            [100, 100],
            [101, 99],
            [102, 100],
            [100, 101],
            [103, 100],
            [104, 102],
            [103, 101],
          ],
        ),
      ),
      ...{ execution: 'nextClose', costs: proportional(0.001) },
    });
    const lines = (await tearSheet(six)).bundles[0]['text/plain'];
    expect(lines).toMatch(/turnover in all, bought and sold +1\.0 × equity/);
    expect(lines).toMatch(/commission in all, of equity +0\.10 %/);
  });

  it.each([
    ['months', 12, 8],
    ['quarters', 4, 6],
    ['years', 1, 5],
  ])('makes a sheet of few %s, without intervals that have no end', async (_, perYear, T) => {
    const level = [100, 105, 99, 107, 111, 108, 115, 121].slice(0, T);
    const dates = level.map((_, t) => new Date(Date.UTC(2010, (12 / perYear) * t + 1, 0)).toISOString().slice(0, 10));
    const few: Panel = { dates, assets: ['A'], values: Float64Array.from(level), field: 'close', source: 'few' };
    const held = backtest({
      weights: { ...few, dates: dates.slice(0, 1), values: Float64Array.of(1), field: 'weight' },
      ...{ prices: frameOf(few), execution: 'nextClose' },
    });
    const { bundles } = await tearSheet(held, { benchmark: few });
    const text = bundles[0]['text/plain'];
    expect(text).toMatch(/beta to A +1\.00 /);
    expect(text).not.toMatch(/∞|NaN|Infinity|other orders/);
    // Years run from the close at which it entered.
    const years = (Date.parse(dates[T - 1]) - Date.parse(dates[1])) / (365.25 * 86_400_000);
    const growth = level[T - 1] / level[1];
    const said =
      perYear === 12
        ? `growth in all, net +${fixed(100 * (growth - 1), 1)} %`
        : `growth a year, net +${fixed(100 * (growth ** (1 / years) - 1), 1)} %`;
    expect(text).toMatch(new RegExp(said));
    await expect(tearSheet(held, { window: 2 })).rejects.toThrow('window must be');
  });

  it('compares the same periods: a run in its own benchmark has a beta of 1 and no alpha, on daily prices too', async () => {
    const dates = ['2020-01-31', '2020-02-28', '2020-03-31', '2020-04-30', '2020-05-29', '2020-06-30', '2020-07-31'];
    const level = [100, 110, 99, 120, 118, 130, 125];
    const monthly: Panel = {
      ...panelOf(
        ['A'],
        level.map((price) => [price]),
      ),
      dates,
    };
    const one = backtest({
      weights: { ...monthly, dates: [dates[0]], values: Float64Array.of(1), field: 'weight' },
      ...{ prices: frameOf(monthly), execution: 'nextClose' },
    });
    const days = dates
      .slice(1)
      .flatMap((date, i) => [dates[i], `${date.slice(0, 8)}15`])
      .concat(dates[6]);
    const daily: Panel = {
      ...panelOf(
        ['A'],
        days.map((date) => [level[dates.indexOf(date)] ?? 300]),
      ),
      dates: days,
    };
    for (const benchmark of [monthly, daily]) {
      const { bundles } = await tearSheet(one, { benchmark, window: 3 });
      const text = bundles[0]['text/plain'];
      expect(text).toMatch(/beta to A +1\.00 /);
      expect(text).toMatch(/alpha over A a year, over a rate of 0 +−?0\.0 %/);
      expect(text).toMatch(/Sharpe ratio a year, over a rate of 0 +0\.82 /);
      expect(text).toMatch(/Sharpe ratio a year of A +0\.82 /);
    }
  });

  it('draws the same account in growth and drawdown after a ruin that a gap undoes', async () => {
    const bars = [
      [[100], [100], [100], [120], [120]],
      [[100], [100], [210], [120], [120]],
    ] as const;
    const [open, close] = bars.map((rows, i) => panelOf(['A'], rows, { field: ['open', 'close'][i] }));
    const short = { ...close, dates: close.dates.slice(0, 1), values: Float64Array.of(-1), field: 'weight' };
    const gap = backtest({ weights: short, prices: frameOf([open, close]), execution: 'nextOpen', capital: 1000 });
    expect([...gap.equity]).toEqual([1000, -100, 800, 800]);
    const { bundles } = await tearSheet(gap);
    const day = close.dates[3];
    expect(rowsOf(bundles, 'What has 1 become?')).toContain(`{"date":"${day}","wealth":0.8,"of":"net"}`);
    expect(rowsOf(bundles, 'How far below its highest was it?')).toContain(`{"date":"${day}","drawdown":-0.2`);
  });

  it('names what keeps a benchmark from being one', async () => {
    await expect(tearSheet(run, { benchmark: prices })).rejects.toThrow(
      'tearSheet: a benchmark is one asset, and test has 3; select(panel,',
    );
    const late = { ...market, dates: market.dates.slice(1), values: market.values.slice(1) };
    await expect(tearSheet({ ...run, start: prices.dates[0] }, { benchmark: late })).rejects.toThrow(
      `tearSheet: the benchmark SP500 has no price on ${prices.dates[0]}, where the run starts; load prices from that date on`,
    );
    await expect(tearSheet(run, { benchmark: late })).resolves.toBeDefined(); // it enters at a close that is there
    const gap = { ...market, values: market.values.with(5, Number.NaN) };
    await expect(tearSheet(run, { benchmark: gap })).rejects.toThrow(
      `the benchmark SP500 has no price on ${prices.dates[5]}, a date of the run`,
    );
    await expect(tearSheet(run, { windw: 5 } as never)).rejects.toThrow("tearSheet: there is no option 'windw'");
  });
});

describe('factorTearSheet', () => {
  const assets = ['A', 'B', 'C', 'D', 'E', 'F'];
  const T = 300;
  const noise = normal(key(5), [T, 6], 'float64').data;
  const values = new Float64Array(T * 6);
  for (let i = 0; i < values.length; i++) values[i] = (values[i - 6] || 100) * (1 + 0.01 * noise[i]);
  const panel = { ...simulatedPrices(T, assets), values };
  /** Knows the next return, and nothing of the one after. */
  const factor = { ...panel, field: 'oracle', values: Float64Array.from(values, (_, i) => noise[i + 6] ?? Number.NaN) };

  it('says how soon a factor is stale', async () => {
    const { bundles, html, svg } = await factorTearSheet(factor, panel, { quantiles: 3, horizons: [1, 10] });
    const [first, second] = bundles[0]['text/plain']
      .split('\n')
      .slice(3)
      .map((line) => line.trim().split(/ {2,}/));
    expect(first.slice(0, 2)).toEqual(['1', '1.000']);
    const { ratio } = icDecay(factor, panel, { horizons: [10] })[0];
    expect(second.slice(3, 5)).toEqual([fixed(ratio!.value, 3), `${fixed(ratio!.interval.low, 3)} to ${fixed(ratio!.interval.high, 3)}`]);
    // One of ten independent returns is known: a correlation of 1/√10 = 0.316, and somewhat less of ranks.
    expect(second[0]).toBe('10');
    expect(Math.abs(Number(second[1]) - 0.3)).toBeLessThan(0.06);
    expect(chartsOf(bundles).map(titleOf)).toEqual([
      'How soon is what it knows stale?',
      'What did each quantile earn?',
      'When did the highest quantile beat the lowest?',
    ]);
    expect(html).toContain('<h1>oracle</h1>');
    expect(html.split(', of test')).toHaveLength(2); // the source is said once, in the table's caption
    expect(svg).not.toContain('of test');
  });

  it('says when the history is too short for any horizon', async () => {
    const part = (of: Panel): Panel => ({ ...of, dates: of.dates.slice(0, 3), values: of.values.slice(0, 18) });
    await expect(factorTearSheet(part(factor), part(panel), { quantiles: 3 })).rejects.toThrow(
      'factorTearSheet: the factor has 3 dates, and a horizon of one row takes four or more; load more history',
    );
    await expect(factorTearSheet(factor, panel, { horizons: [] })).rejects.toThrow('factorTearSheet: horizons is empty; name one or more');
  });

  it('adds up spreads that do not overlap', async () => {
    const { bundles } = await factorTearSheet(factor, panel, { quantiles: 3, horizons: [5] });
    const chart = bundles.at(-1)!['application/vnd.vegalite.v5+json'] as { data: { values: string } };
    expect(chart.data.values.split('\n')).toHaveLength(1 + Math.floor((T - 1) / 5)); // a row of names, and one of every five
  });
});
