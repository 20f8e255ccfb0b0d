import { describe, expect, it } from 'vitest';
import { ledgerBacktest, randomCase } from '../../../tests/support/ledger-backtest.js';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { assertNoLookahead, type Frame, frameOf, type Panel, selectFrame, simpleReturns } from '../../market/index.js';
import { sumCosts } from '../costs/cost.js';
import { borrow, financing, proportional } from '../costs/costs.js';
import { sharpe } from '../metrics/sharpe.js';
import { type BacktestConfig, backtest, previousWeights } from './backtest.js';

type Rows = readonly (readonly number[])[];
const named = (n: number) => ['A', 'B', 'C'].slice(0, n);
const field = (name: string, rows: Rows): Panel => panelOf(named(rows[0].length), rows, { field: name });
/** Bars of these closes, opening at the close before unless opens are given. */
const bars = (close: Rows, more: Record<string, Rows> = {}, listed?: Rows): Frame =>
  frameOf(
    Object.entries({ open: close.map((row, t) => close[t - 1] ?? row), close, ...more }).map(([name, rows]) => field(name, rows)),
    listed && { listed: Uint8Array.from(listed.flat()) },
  );
/** Weights on the first dates, or those at the rows told. */
function weigh(rows: Rows, at: readonly number[] = rows.map((_, t) => t)): Panel {
  const all = field(
    'weight',
    Array.from({ length: 40 }, () => rows[0]),
  );
  return { ...field('weight', rows), dates: at.map((t) => all.dates[t]) };
}
const list = (values: Float64Array, decimals = 10) => Array.from(values, (value) => Number(value.toFixed(decimals)) + 0);
const NONE = Number.NaN;

describe('backtest', () => {
  it('trades at the open, or at the close, of the row after the decision', () => {
    const prices = bars([[100], [120], [150]], { open: [[100], [110], [130]] });
    const weights = weigh([[1]]);
    const open = backtest({ weights, prices, execution: 'nextOpen', capital: 1100 });
    expect(open.fills).toEqual([{ date: prices.dates[1], asset: 'A', shares: 10, price: 110, cost: 0, kind: 'trade' }]);
    expect([open.dates, list(open.equity)]).toEqual([prices.dates.slice(1), [1200, 1500]]);
    const close = backtest({ weights, prices, execution: 'nextClose', capital: 1200 });
    expect(close.fills.map(({ date, price }) => [date, price])).toEqual([[prices.dates[1], 120]]);
    expect([list(close.equity), list(close.returns)]).toEqual([
      [1200, 1500],
      [0, 0.25],
    ]);
  });

  it('cannot trade at the close that decides: a leak that earns a fortune elsewhere earns nothing (auto-researchtrading 4)', () => {
    const prices = frameOf(simulatedPrices(1200));
    const returns = simpleReturns(simulatedPrices(1200));
    const weights = { ...returns, field: 'weight', values: returns.values.map((r) => 0.5 * Math.sign(r)) };
    const sameClose = returns.dates.map(
      (_, t) => weights.values[2 * t] * returns.values[2 * t] + weights.values[2 * t + 1] * returns.values[2 * t + 1],
    );
    expect(sharpe(Float64Array.from(sameClose), { perYear: 252 }).annual).toBeGreaterThan(15);
    const run = backtest({ weights, prices, execution: 'nextClose', costs: proportional(0.001) });
    const { annual, iid } = sharpe(run.returns, { perYear: 252 });
    expect(annual).toBeLessThan(3 * iid.standardError);
    // @ts-expect-error: there is no such execution
    expect(() => backtest({ weights, prices, execution: 'sameClose' })).toThrow(
      "backtest: execution must be nextOpen or nextClose, got 'sameClose'; a decision at a close cannot trade at that close",
    );
  });

  it('says nothing of the past that the future could change', async () => {
    const panel = simulatedPrices(400);
    const momentum = (prices: Panel): Panel => {
      const returns = simpleReturns(prices);
      return { ...returns, field: 'weight', values: returns.values.map((r) => (r > 0 ? 0.5 : 0)) };
    };
    const equity = (prices: Panel) => {
      const run = backtest({ weights: momentum(prices), prices: frameOf(prices), execution: 'nextClose', costs: proportional(0.001) });
      const columns = [run.equity, run.cash, run.turnover, run.returns];
      return {
        dates: run.dates,
        values: run.dates.flatMap((_, t) => columns.map((column) => column[t])),
        assets: ['equity', 'cash', 'turnover', 'returns'],
      };
    };
    await assertNoLookahead(equity, panel);
  });

  it('tells requested, executed and turnover apart, against drifted weights (skfolio 161, PR 286; PortfolioOptimisers.jl 746)', () => {
    // A doubles: half and half drifts to two thirds and a third.
    const prices = bars([
      [10, 10],
      [10, 10],
      [20, 10],
      [20, 10],
    ]);
    const weights = weigh(
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      [0, 2],
    );
    const run = backtest({ weights, prices, execution: 'nextClose', capital: 300, lot: 1 });
    expect(list(run.weights.values.slice(2, 4))).toEqual([0.6666666667, 0.3333333333]);
    expect(list(previousWeights(run, prices.dates[2]))).toEqual([0.6666666667, 0.3333333333]);
    // 15 shares each; then equity 450 wants 11.25 and 22.5 shares, and whole ones are traded: 4 sold, 8 bought.
    expect(run.fills.map(({ shares }) => shares)).toEqual([15, 15, -4, 8]);
    expect(list(run.requested.values.slice(4))).toEqual([0.5, 0.5]);
    expect(list(run.executed.values.slice(4))).toEqual([0.4888888889, 0.5111111111]);
    expect(list(run.turnover)).toEqual([1, 0, 0.3555555556]);
    expect(Array.from(run.requested.values.slice(2, 4))).toEqual([NONE, NONE]);
  });

  it('counts large accounts to the lot too, beyond 2^51 units', () => {
    const prices = bars([[1e-4], [1e-4], [1e-4]]);
    // Half of 5e15 + 2 units, at a unit a lot, is an odd number of lots, 2.5e15 + 1.
    const { fills, cash } = backtest({ weights: weigh([[0.5]]), prices, execution: 'nextClose', capital: 500_000_000.0000002 });
    expect([1000 * fills[0].shares, 1e7 * cash[0]]).toEqual([2_500_000_000_000_001, 2_500_000_000_000_001]);
  });

  it('takes costs of cash and leaves prices alone (backtesting.py 153, 538, 633)', () => {
    const prices = bars([[100], [100], [110], [110]]);
    const weights = weigh([[0.5], [0]], [0, 2]);
    const run = backtest({ weights, prices, execution: 'nextClose', costs: proportional(0.01), capital: 10_000 });
    expect(run.fills.map(({ price, cost }) => [price, cost])).toEqual([
      [100, 50],
      [110, 55],
    ]);
    expect([list(run.equity), list(run.costs.commission)]).toEqual([
      [9950, 10_450, 10_395],
      [50, 0, 55],
    ]);
    expect([list(run.gross), list(run.returns)].map((all) => all.map((r) => Number(r.toFixed(6))))).toEqual([
      [0, 0.050251, 0],
      [-0.005, 0.050251, -0.005263],
    ]);
  });

  it('charges borrowing and interest by calendar time, weekends included', () => {
    const prices = bars([[100], [100], [100], [100]]); // Thursday 2 January 2020 to Tuesday 7
    const costs = sumCosts(borrow(0.0365), financing({ debit: 0.1, credit: 0.073 }));
    const run = backtest({ weights: weigh([[-1]]), prices, execution: 'nextClose', costs, capital: 100_000 });
    expect(list(run.costs.borrow)).toEqual([0, 30.006, 10.002]); // of 100,020, the equity after a night's interest
    // Interest on the capital on the first night, on it and the proceeds of the sale later, and on that interest.
    expect(list(run.costs.financing, 2)).toEqual([-20, -120.02, -40.03]);
  });

  it('leaves equity alone at a split, and takes the dividend of a short on the ex-date (zipline 1799, 1468)', () => {
    const prices = bars(
      [
        [100, 100],
        [100, 100],
        [50, 90],
        [50, 90],
      ],
      {
        split: [
          [1, 1],
          [1, 1],
          [2, 1],
          [1, 1],
        ],
        dividend: [
          [0, 0],
          [0, 0],
          [0, 4],
          [0, 0],
        ],
      },
    );
    const run = backtest({ weights: weigh([[0.5, -0.5]]), prices, execution: 'nextClose', capital: 1000 });
    expect(list(run.positions.values.slice(2, 4))).toEqual([10, -5]);
    expect(list(run.equity)).toEqual([1000, 1000 + 5 * 10 - 5 * 4, 1030]);
  });

  it('lets an order wait for a price, and values what is held at its last', () => {
    const prices = bars([
      [10, 10],
      [10, NONE],
      [10, NONE],
      [10, 20],
      [10, NONE],
    ]);
    const run = backtest({ weights: weigh([[0.5, 0.5]]), prices, execution: 'nextClose', capital: 1000 });
    expect(run.fills.map(({ date, asset, shares }) => [date, asset, shares])).toEqual([
      [prices.dates[1], 'A', 50],
      [prices.dates[3], 'B', 25],
    ]);
    expect(list(run.requested.values.slice(0, 6)).map(String)).toEqual(['0.5', '0.5', 'NaN', '0.5', 'NaN', '0.5']);
    expect(list(run.executed.values.slice(0, 2))).toEqual([0.5, 0]);
    expect(list(run.stale)).toEqual([0, 0, 0, 0.5]);
  });

  it('values an asset without a close at its open, whether or not another has an order waiting', () => {
    const of = (b: number) => {
      const prices = bars(
        [
          [100, 10],
          [100, NONE],
          [NONE, NONE],
          [NONE, 10],
        ],
        {
          open: [
            [100, 10],
            [100, NONE],
            [120, NONE],
            [NONE, NONE],
          ],
        },
      );
      return backtest({ weights: weigh([[0.5, b]]), prices, execution: 'nextOpen', capital: 1000 });
    };
    for (const b of [0, 0.001]) expect([list(of(b).equity), of(b).stale[1] > 0]).toEqual([[1000, 1100, 1100], true]);
  });

  it('holds 200 % where a sale waits for a price, and shows it (limits are of decisions)', () => {
    const prices = bars([
      [100, 100],
      [100, 100],
      [100, NONE],
      [100, NONE],
      [100, 100],
    ]);
    const run = backtest({
      ...{ prices, execution: 'nextClose', capital: 1000 },
      weights: weigh([
        [0, 1],
        [1, 0],
      ]),
    });
    expect([list(run.cash), list(run.stale), list(run.weights.values.slice(2, 4))]).toEqual([
      [0, -1000, -1000, 0],
      [0, 1, 1, 0],
      [1, 1],
    ]);
  });

  it('has returns of 0 from a ruin on, though a gap give something back', () => {
    const prices = bars([[100], [100], [210], [120], [120]], { open: [[100], [100], [100], [120], [120]] });
    const run = backtest({ weights: weigh([[-1]]), prices, execution: 'nextOpen', capital: 1000 });
    expect([run.ruined, list(run.equity), list(run.returns)]).toEqual([prices.dates[2], [1000, -100, 800, 800], [0, -1.1, 0, 0]]);
  });

  it('begins at the decision, or at the close that is the entry', () => {
    const prices = bars([[100], [110], [120], [130]]);
    const run = (execution: 'nextOpen' | 'nextClose', after?: BacktestConfig['after']) =>
      backtest({
        weights: weigh([[1]], [after ? 2 : 0]),
        prices: after ? prices : selectFrame(prices, { to: prices.dates[2] }),
        execution,
        ...(after && { after }),
      });
    expect([run('nextOpen').start, run('nextClose').start]).toEqual(prices.dates.slice(0, 2));
    const later = run('nextClose', run('nextClose'));
    expect([later.start, later.dates, list(later.returns, 4)]).toEqual([prices.dates[2], [prices.dates[3]], [0.0833]]);
  });

  it('settles a delisted asset at the stated return, and says so where none is stated', () => {
    const prices = bars([[10], [10], [8], [NONE]], {}, [[1], [1], [1], [0]]);
    const config = { weights: weigh([[1], [1]], [0, 2]), prices, execution: 'nextClose', capital: 1000 } as const;
    const run = backtest({ ...config, delisting: -0.3 });
    expect(run.fills.at(-1)).toEqual({ date: prices.dates[3], asset: 'A', shares: -100, price: 5.6, cost: 0, kind: 'delisting' });
    expect([list(run.equity), run.turnover[2], run.executed.values[2]]).toEqual([[1000, 800, 560], 0, 0]);
    expect(() => backtest(config)).toThrow(
      `backtest: 'A' is delisted on ${prices.dates[3]} and is held; say what its holders get over its last price: { delisting: -0.3 }`,
    );
  });

  it('reports ruin, and sells what is left', () => {
    const prices = bars([[100], [100], [350], [300], [100]]);
    const weights = weigh([[-1], [-1]], [0, 3]);
    const run = backtest({ weights, prices, execution: 'nextClose', capital: 1000 });
    expect(run.ruined).toBe(prices.dates[2]);
    expect([list(run.equity), list(run.returns)]).toEqual([
      [1000, -1500, -1000, -1000],
      [0, -2.5, 0, 0],
    ]);
  });

  it('goes on from an earlier run as if it had never ended: previous weights go through walk-forward', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { tick, lot, capital, ...one } = randomCase(seed);
      const config: BacktestConfig = { ...one, limits: { gross: 3 } };
      const whole = backtest({ ...config, tick, lot, capital });
      const { dates } = one.weights;
      if (dates.length < 2) continue;
      const end = dates[Math.floor(dates.length / 2)];
      if (one.prices.dates.indexOf(end) <= one.prices.dates.indexOf(dates[0])) continue;
      const part = (from: number, to: number): Panel => {
        const N = one.weights.assets.length;
        return { ...one.weights, dates: dates.slice(from, to), values: one.weights.values.slice(from * N, to * N) };
      };
      const k = dates.indexOf(end);
      const first = backtest({ ...config, weights: part(0, k), prices: selectFrame(one.prices, { to: end }), tick, lot, capital });
      const second = backtest({ ...config, weights: part(k, dates.length), after: first });
      for (const name of ['equity', 'cash', 'returns', 'turnover'] as const)
        expect({ seed, [name]: [...first[name], ...second[name]] }).toEqual({ seed, [name]: [...whole[name]] });
      expect([...first.fills, ...second.fills]).toEqual(whole.fills);
    }
  });

  it('asks a function for weights and tells it what is held', () => {
    const prices = bars([
      [10, 10],
      [10, 10],
      [20, 10],
      [20, 10],
    ]);
    const held: number[][] = [];
    const weights = {
      dates: prices.dates.slice(0, 3),
      assets: prices.assets,
      decide: ({ weights, equity }: { weights: Float64Array; equity: number }) => {
        held.push([equity, ...list(weights, 4)]);
        return held.length === 1 ? [0.5, 0.5] : weights; // a portfolio that is left alone
      },
    };
    const run = backtest({ weights, prices, execution: 'nextClose', capital: 300, lot: 1 });
    expect(held).toEqual([
      [300, 0, 0],
      [300, 0.5, 0.5],
      [450, 0.4889, 0.5111],
    ]);
    expect(run.fills).toHaveLength(4);
    expect(held).toHaveLength(3); // reading the fills did not ask again
    const awaited = { ...weights, decide: async () => [1, 0] };
    expect(() => backtest({ weights: awaited as never, prices, execution: 'nextClose' })).toThrow(
      `backtest: decide gave a promise on ${prices.dates[0]}; it must give the weights at once`,
    );
  });

  it('is the ledger’s own numbers where nothing is random', () => {
    const one = { ...randomCase(3), execution: 'nextOpen' as const };
    const run = backtest({ ...one, limits: { gross: 3 } });
    const { book } = ledgerBacktest(one);
    expect(run.equity.at(-1)).toBeCloseTo(book.equity() * one.tick * one.lot, 8);
  });

  it('notices data that changed before its detail was read', () => {
    const prices = bars([[10], [10], [12]]);
    const run = backtest({ weights: weigh([[1]]), prices, execution: 'nextClose' });
    prices.fields.close[2] = 13;
    expect(() => run.fills).toThrow('backtest: weights, prices or costs have changed since the run, so its detail cannot be had');
  });
});

describe('backtest refuses', () => {
  const prices = bars([
    [10, 10],
    [10, 11],
    [10, 12],
    [10, 13],
  ]);
  const run = (config: Partial<BacktestConfig>) => () =>
    backtest({ weights: weigh([[0.5, 0.5]]), prices, execution: 'nextClose', ...config });

  it('weights beyond limits', () => {
    expect(run({ weights: weigh([[1, -1]]) })).toThrow(
      'backtest: on 2020-01-02 Σ|w| is 2, beyond limits.gross 1; divide the weights by it, or raise limits: { gross }',
    );
    expect(run({ limits: { net: [1, 1] }, weights: weigh([[0.5, 0.4]]) })).toThrow(
      'on 2020-01-02 Σw is 0.9, beyond limits.net 1 to 1; scale the weights',
    );
    expect(run({ limits: { position: 0.4 } })).toThrow("on 2020-01-02 'A' has 0.5, beyond limits.position 0.4; cap it");
    expect(run({ limits: { gross: 10, position: NONE }, weights: weigh([[5, 0]]) })).toThrow(
      'backtest: limits: position must be a finite number above 0, got NaN',
    );
    expect(run({ limits: { net: [NONE, 1] } })).toThrow('limits: net must be two numbers, the least and the most of Σw, got NaN, 1');
    expect(run({ costs: () => [0.01, 0.02].map((rate) => ({ name: 'x', rate })) })).toThrow(
      "costs: two costs are called 'x', and results list them by name",
    );
    expect(run({ weights: weigh([[1 / 3, 2 / 3 + 1e-12]]), limits: { net: [1, 1] } })).not.toThrow();
  });

  it('weights that are missing', () => {
    expect(run({ weights: weigh([[0.5, NONE]]) })).toThrow(
      "backtest: the weight of 'B' is NaN on 2020-01-02; say 0 to hold none of it, or leave the date out to leave all positions alone: are features still warming up?",
    );
  });

  it('dates and assets that do not meet', () => {
    const at = (date: string) => ({ ...weigh([[0.5, 0.5]]), dates: [date] });
    expect(run({ weights: at('2020-01-04') })).toThrow(
      "backtest: a weight's date, 2020-01-04, is no date of test, which has 2020-01-03 and then 2020-01-06; date weights by the row of prices whose close decides them",
    );
    expect(run({ weights: at('2019-12-31') })).toThrow('2019-12-31, comes before the first price, of 2020-01-02');
    expect(run({ weights: at('2021-12-31') })).toThrow('2021-12-31, comes after the last price, of 2020-01-07');
    expect(run({ weights: at('2020-01-07') })).toThrow(
      'backtest: the first decision is on 2020-01-07, the last date of test, and trades on the date after',
    );
    expect(
      run({
        weights: weigh(
          [
            [0, 0],
            [0, 0],
          ],
          [1, 0],
        ),
      }),
    ).toThrow('dates of weights must ascend: 2020-01-02 comes after 2020-01-03');
    expect(run({ weights: { ...weigh([[0.5, 0.5]]), assets: ['A', 'Z'] } })).toThrow(
      "backtest: weights are of 'Z', and test has prices of A, B; load it, or drop it",
    );
  });

  it('weights before the first price of an asset, or when it is not listed', () => {
    expect(
      run({
        prices: bars([
          [10, NONE],
          [10, 11],
          [10, 12],
        ]),
      }),
    ).toThrow("backtest: 'B' has a weight of 0.5 on 2020-01-02, before its first price in test; give it 0");
    expect(
      run({
        prices: bars(
          [
            [10, 10],
            [10, 11],
            [10, 12],
          ],
          {},
          [
            [1, 0],
            [1, 1],
            [1, 1],
          ],
        ),
      }),
    ).toThrow(
      "'B' has a weight of 0.5 on 2020-01-02, when test does not list it; choose among those that are listed on the date: was the universe picked with later knowledge?",
    );
  });

  it('returns where prices are wanted, and prices that are none', () => {
    const returns = frameOf(
      simpleReturns(
        field('close', [
          [10, 10],
          [10, 11],
          [11, 12],
        ]),
      ),
    );
    expect(run({ prices: returns })).toThrow(
      'backtest: prices need close, or adjClose: test has simpleReturn; a run takes prices, not returns, and makes its own of them',
    );
    expect(
      run({
        prices: bars([
          [10, 10],
          [0.1, -0.2],
          [10, 10],
        ]),
      }),
    ).toThrow("backtest: the price of 'B' is -0.2 on 2020-01-03 in test, and prices are positive, missing ones NaN");
    expect(
      run({
        prices: frameOf(
          field('adjClose', [
            [10, 10],
            [10, 11],
          ]),
        ),
        execution: 'nextOpen',
      }),
    ).toThrow("backtest: nextOpen needs open and close: test has adjClose; load bars, or trade at 'nextClose'");
  });

  it('splits and dividends that the prices hold already', () => {
    const twice = (adjusted: Frame['adjusted'], more: Record<string, Rows>) =>
      run({
        prices: {
          ...bars(
            [
              [10, 10],
              [10, 10],
              [5, 10],
            ],
            more,
          ),
          adjusted,
        },
      });
    const split = {
      split: [
        [1, 1],
        [1, 1],
        [2, 1],
      ],
    };
    const dividend = {
      dividend: [
        [0, 0],
        [0, 0],
        [0, 1],
      ],
    };
    expect(twice({ close: 'splits' }, split)).toThrow(
      'backtest: close of test is adjusted for splits, and there is a field of splits that a run would apply once more; take closes as they were paid',
    );
    expect(twice({ close: 'splits and dividends' }, dividend)).toThrow(
      'adjusted for splits and dividends, and there is a field of dividends',
    );
    for (const fine of [twice({ close: 'none' }, split), twice({ close: 'splits' }, dividend), twice(undefined, split)])
      expect(fine).not.toThrow();
  });

  it('to go on where the previous weights cannot be had (PortfolioOptimisers.jl 1004)', () => {
    const first = backtest({ weights: weigh([[0.5, 0.5]]), prices: selectFrame(prices, { to: '2020-01-03' }), execution: 'nextClose' });
    const later = weigh([[1]], [1]);
    expect(run({ weights: later, after: first })).toThrow(
      "holds 'B', of which there is no weight, so the previous weights cannot be had; give it a weight, 0 to sell it",
    );
    expect(run({ weights: weigh([[0, 1]], [2]), prices: selectFrame(prices, { from: '2020-01-06' }), after: first })).toThrow(
      'ended on 2020-01-03, and test has 2020-01-06 … 2020-01-07 without it, so what is held cannot be carried over',
    );
    expect(run({ weights: weigh([[0, 1]], [0]), after: first })).toThrow('weights of 2020-01-02 come before 2020-01-03, where the run');
    expect(run({ weights: weigh([[0, 1]], [1]), after: first, capital: 5 })).toThrow("capital is told, and 'after' brings its own");
    const halted = bars([
      [10, 10],
      [10, NONE],
      [10, NONE],
      [10, 20],
    ]);
    const waiting = (b: number) =>
      backtest({ weights: weigh([[0.5, b]]), prices: selectFrame(halted, { to: '2020-01-03' }), execution: 'nextClose' });
    const onlyA = { ...weigh([[0.5]], [1]), assets: ['A'] };
    expect(run({ weights: onlyA, prices: halted, after: waiting(0.5) })).toThrow(
      "goes on from has an order waiting in 'B', of which there is no weight",
    );
    expect(run({ weights: onlyA, prices: halted, after: waiting(0) })).not.toThrow();
    expect(() => previousWeights(first, '2020-01-06')).toThrow(
      'previousWeights: the run has 1 dates from 2020-01-03 to 2020-01-03 and none is 2020-01-06, so what was held then cannot be had; run it up to that date first',
    );
  });

  it('an account that whole numbers cannot count', () => {
    expect(run({ prices: bars([[10], [1e12]]), weights: weigh([[1]]) })).toThrow(
      "the price of 'A' is 1000000000000 on 2020-01-03 in test, which is more than what is counted exactly, 2^51 ticks of 0.0001: take a coarser one",
    );
    expect(run({ capital: 1e9, tick: 1e-6, lot: 1e-6 })).toThrow(
      'the account is larger than what is counted exactly, 2^53 units of tick 0.000001 × lot 0.000001',
    );
    expect(run({ tick: 50 })).toThrow(
      "the price of 'A' is 10 on 2020-01-03 in test, which is less than half a tick of 50: take a finer one",
    );
    expect(
      run({
        prices: frameOf(
          panelOf(
            ['A', 'B'],
            [
              [10, 10],
              [Infinity, 10],
              [11, 10],
            ],
          ),
        ),
      }),
    ).toThrow("the price of 'A' is Infinity on");
    expect(run({ capital: 0 })).toThrow('backtest: capital must be a finite number above 0, got 0');
  });
});
