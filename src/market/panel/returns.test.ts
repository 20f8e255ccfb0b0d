import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { loadPanel } from './load.js';
import { select, seriesOf } from './panel.js';
import { logReturns, simpleReturns } from './returns.js';

const prices = fc
  .array(fc.tuple(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.double({ min: 0.01, max: 1e5, noNaN: true })), {
    minLength: 2,
    maxLength: 40,
  })
  .map((rows) => panelOf(['A', 'B'], rows));

describe('returns', () => {
  it('are fractions dated by the later price', () => {
    const panel = panelOf(['A'], [[100], [110], [99]]);
    expect(simpleReturns(panel)).toMatchObject({ dates: panel.dates.slice(1), field: 'simpleReturn' });
    expect([...simpleReturns(panel).values]).toEqual([expect.closeTo(0.1, 14), expect.closeTo(-0.1, 14)]);
    expect([...logReturns(panel).values]).toEqual([expect.closeTo(0.09531017980432493, 15), expect.closeTo(-0.10536051565782628, 15)]); // ln 1.1, ln 0.9
  });

  it('refuses prices that are not positive, by date and asset', () => {
    const spread = panelOf(
      ['A', 'S'],
      [
        [1, -2],
        [1, -4],
        [1, -1],
      ],
    );
    expect(() => logReturns(spread)).toThrow(
      "logReturns of test: 'S' is -2 on 2020-01-02, and a ratio of prices needs positive ones; of spreads and rates take differences, or select",
    );
    expect(() => simpleReturns(panelOf(['A'], [[1], [0], [1]]))).toThrow("simpleReturns of test: 'A' is 0 on 2020-01-03");
    expect([...simpleReturns(panelOf(['A'], [[1], [0]])).values]).toEqual([-1]); // all is lost on the last day
    expect([...logReturns(panelOf(['A'], [[Number.NaN], [1], [1]])).values]).toEqual([Number.NaN, 0]);
  });

  it('log returns add up over time', () => {
    fc.assert(
      fc.property(prices, (panel) => {
        const history = seriesOf(panel, 'B');
        const total = seriesOf(logReturns(panel), 'B').reduce((sum, r) => sum + r, 0);
        expect(total).toBeCloseTo(Math.log(history.at(-1)! / history[0]), 10);
      }),
    );
  });

  it('a log return is ln(1 + simple return)', () => {
    fc.assert(
      fc.property(prices, (panel) => {
        const simple = simpleReturns(panel).values;
        // Near a total loss the subtraction p_t / p_{t−1} − 1 itself rounds to a multiple of 2⁻⁵³.
        for (const [i, r] of logReturns(panel).values.entries())
          expect(Math.abs(Math.expm1(r) - simple[i])).toBeLessThan(1e-13 * (1 + simple[i]) + 2 ** -52);
      }),
    );
  });

  it('stay missing beside a missing price', () => {
    expect(logReturns(panelOf(['A'], [[1], [Number.NaN], [1], [1]])).values).toEqual(Float64Array.of(Number.NaN, Number.NaN, 0));
  });

  it('need two dates', () => {
    expect(() => logReturns(panelOf(['A'], [[1]]))).toThrow('logReturns of test need two dates or more: got 1; widen the range');
  });

  it('find the three worst days of the S&P 500 since 1990', async () => {
    const returns = logReturns(await loadPanel('skfolio/sp500-index'));
    const ranked = [...returns.values.keys()].sort((a, b) => returns.values[a] - returns.values[b]);
    // Published closes: 2711.02 → 2386.13 on 16 March 2020; 2741.38 → 2480.64 on 12 March 2020; 998.01 → 907.84 on 15 October 2008.
    expect(ranked.slice(0, 3).map((t) => returns.dates[t])).toEqual(['2020-03-16', '2020-03-12', '2008-10-15']);
    expect(returns.values[ranked[0]]).toBeCloseTo(Math.log(2386.13 / 2711.02), 10);
  });

  it('the limits stated of the 20 stocks are true', async () => {
    const stocks = await loadPanel('skfolio/sp500-stocks');
    const range = { from: '1995-01-01', to: '2022-12-31' };
    const equalWeight = rowMeans(simpleReturns(select(stocks, range)).values, 20);
    expect(sharpe(equalWeight)).toBeCloseTo(0.9, 2);
    expect(sharpe(simpleReturns(await loadPanel('skfolio/sp500-index', range)).values)).toBeCloseTo(0.49, 2);
    const early = seriesOf(simpleReturns(select(stocks, { to: '1997-12-31' })), 'RRC');
    expect(early.filter((r) => r === 0).length / early.length).toBeCloseTo(0.445, 3);
  });
});

const rowMeans = (values: Float64Array, N: number) =>
  Float64Array.from({ length: values.length / N }, (_, t) => mean(values.subarray(t * N, (t + 1) * N)));
const mean = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
const variance = (x: Float64Array) => mean(x.map((v) => v * v)) - mean(x) ** 2;
const sharpe = (x: Float64Array) => (Math.sqrt(252) * mean(x)) / Math.sqrt(variance(x));
