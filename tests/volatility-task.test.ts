import { beforeAll, describe, expect, it } from 'vitest';
import { closedForms, foldSamples, joined, lossesOn, type VolatilityTask, varianceOf, volatilityTask } from '../experiments/volatility.js';
import { assertNoLeak, seriesOf } from '../src/market/index.js';
import { fitGarch } from '../src/stats/index.js';

// Of the last fold alone: what several experiments stand on must not see tomorrow.
let task: VolatilityTask;
let forms: ReturnType<typeof closedForms>;
beforeAll(async () => {
  task = await volatilityTask();
  forms = closedForms(task, task.folds[2]);
}, 60_000);

describe('the task of next-day variances', { timeout: 60_000 }, () => {
  it('has parts whose labels are known before the next begins, and a target of the next date', () => {
    expect(task.folds.map(({ name }) => name)).toEqual(['2005 to 2008', '2009 to 2012', '2013 to 2016']);
    for (const { train, validation, test } of task.folds) {
      assertNoLeak(task.dates, { train, test: validation, horizon: 1, embargo: 0 });
      assertNoLeak(task.dates, { train: validation, test, horizon: 1, embargo: 0 });
    }
    const [r, y] = [seriesOf(task.returns, 'XOM'), seriesOf(task.target, 'XOM')];
    const t = 5000;
    expect(task.returns.dates[t]).toBe(task.dates[t + 1]);
    expect(y[t]).toBe(r[t] ** 2);
    expect(task.dates.at(-1)! <= '2016-12-31').toBe(true);
  });

  it('has closed forms that follow from returns to the date and no further', () => {
    const fold = task.folds[2];
    const n = task.assets.indexOf('XOM');
    const at = (values: Float64Array, t: number) => values[t * task.assets.length + n];
    const r = seriesOf(task.returns, 'XOM');
    const t = fold.test.start + 400;
    // r[t − 1] is the return of date t: σ²(t + 1) = ω + α ε(t)² + β σ²(t), with coefficients of the training rows
    const { parts } = fitGarch(r.subarray(0, fold.train.end));
    const [omega, alpha, beta] = parts.variance;
    expect(at(forms.GARCH, t)).toBeCloseTo(omega + alpha * (r[t - 1] - parts.mean[0]) ** 2 + beta * at(forms.GARCH, t - 1), 12);
    expect(at(forms.EWMA, t)).toBeCloseTo(0.94 * at(forms.EWMA, t - 1) + 0.06 * r[t - 1] ** 2, 12);
    expect(Number.isNaN(at(forms['gamma regression'], fold.validation.start - 1))).toBe(true);
  });

  it('scales by the training rows alone, looks back without gaps, and judges all on the same cells', () => {
    const fold = task.folds[2];
    const flat = foldSamples(task, fold);
    const F = flat.train.x.shape[1];
    const first = Array.from({ length: flat.train.x.shape[0] }, (_, i) => flat.train.x.data[i * F]);
    expect(first.reduce((a, b) => a + b, 0) / first.length).toBeCloseTo(0, 5);
    const short = { ...fold, train: { start: fold.train.end - 60, end: fold.train.end } };
    const deep = foldSamples(task, short, 22);
    expect(deep.test.x.shape.slice(1)).toEqual([22, F]);
    const N = task.assets.length;
    const [row, cell] = [500, deep.test.cells[500]];
    const before = deep.test.cells.indexOf(cell - N); // the same stock a date earlier: its last step is this one's last but one
    const step = (at: number, l: number) => [...deep.test.x.data.subarray((at * 22 + l) * F, (at * 22 + l + 1) * F)];
    expect(step(row, 20)).toEqual(step(before, 21));
    expect(() => foldSamples(task, short, 60)).toThrow('a look-back of 60 rows is longer than train, which has 60; shorten it');
    const flatNet = varianceOf(task, flat, flat.test, new Float64Array(flat.test.cells.length));
    const losses = lossesOn(task, fold.test, { constant: flatNet, EWMA: forms.EWMA });
    const mean = (m: number) => losses.dates.reduce((sum, _, t) => sum + losses.values[2 * t + m], 0) / losses.dates.length;
    expect(mean(1)).toBeLessThan(mean(0)); // the mean of fifteen years is no forecast of a day
    expect(joined([losses]).values).toEqual(losses.values);
  });
});
