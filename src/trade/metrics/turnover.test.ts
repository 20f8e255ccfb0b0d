import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { turnover } from './turnover.js';

const rows = [
  [0, 0],
  [0.1, 0],
  [0, 0.05],
  [-0.2, 0.1],
];
const returns = panelOf(['A', 'B'], rows);

describe('turnover', () => {
  it('is against drifted weights: holding shares is none, holding weights is some (skfolio 161, PR 286)', () => {
    const held = [[0.5, 0.5]];
    for (const [a, b] of rows.slice(1)) {
      const [x, y] = [held[held.length - 1][0] * (1 + a), held[held.length - 1][1] * (1 + b)];
      held.push([x / (x + y), y / (x + y)]);
    }
    expect([...turnover(panelOf(['A', 'B'], held), returns).twoWay]).toEqual([1, ...[0, 0, 0].map((zero) => expect.closeTo(zero, 14))]);
    const equal = turnover(
      panelOf(
        ['A', 'B'],
        rows.map(() => [0.5, 0.5]),
      ),
      returns,
    );
    expect(equal.twoWay[1]).toBeCloseTo(2 * (0.55 / 1.05 - 0.5), 14);
    expect(equal.annual.value).toBeCloseTo(252 * equal.mean.value, 12);
  });

  it('counts cash as the rest, and both ways', () => {
    const { twoWay } = turnover(
      panelOf(
        ['A', 'B'],
        [
          [0.4, 0],
          [0, 0.4],
          [0, 0.4],
          [0, 0],
        ],
      ),
      returns,
    );
    expect(twoWay[1]).toBeCloseTo((0.4 * 1.1) / 1.04 + 0.4, 14);
    expect(twoWay[3]).toBeCloseTo((0.4 * 1.1) / 1.04, 14); // after 0.05, brought back to 0.4 on the row before
  });

  it('ends at a ruin: a share of what was lost is no number', () => {
    const of = (r: number) => () => turnover(panelOf(['A'], [[2], [2], [2]]), panelOf(['A'], [[0], [r], [0]]), { perYear: 252 });
    expect(of(-0.6)).toThrow('the return of the portfolio on 2020-01-03 is -1.2, all of equity or more');
    expect(of(-0.5)).toThrow('2020-01-03 is -1,');
    expect(of(-0.4)().mean.value).toBeGreaterThan(0);
  });

  it('names what is missing', () => {
    const weights = panelOf(
      ['A', 'B'],
      rows.map(() => [1, 0]),
    );
    const gap = (i: number) => (value: number, at: number) => (at === i ? Number.NaN : value);
    expect(turnover(weights, { ...returns, values: returns.values.map(gap(3)) }).twoWay[1]).toBeCloseTo(0, 14);
    expect(() => turnover(weights, { ...returns, values: returns.values.map(gap(4)) })).toThrow(
      'A is held with weight 1 and its return on 2020-01-06 is NaN',
    );
    expect(() => turnover({ ...weights, values: weights.values.map(gap(2)) }, returns)).toThrow(
      'the weight of A on 2020-01-03 is NaN; what is not held has weight 0',
    );
  });
});
