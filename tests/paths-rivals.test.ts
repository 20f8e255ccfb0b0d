import { describe, expect, it } from 'vitest';
import { daysBefore, riskOf } from '../experiments/week09/markets/ask.js';
import { garchOfMix, movingCorrelation, riskMetrics, sigmaTimesQuantile } from '../experiments/week09/markets/limits.js';
import { fitted, garch } from '../experiments/week09/markets/makers.js';
import { type Fold, type Market, N, sigmaOf, spreadOver, startsOf } from '../experiments/week09/markets/setting.js';
import { key, normal } from '../src/tensor/index.js';

/** Days of six stocks with the correlation ρ(t), and a variance that clusters for all. */
function marketOf(days: number, rho: (t: number) => number, changed?: (t: number) => number): Market {
  const e = normal(key(1), [days, N + 1], 'float64').data;
  const returns = { rows: days, cols: N, data: new Float64Array(days * N) };
  for (let t = 0, h = 1; t < days; t++) {
    let sum = 0;
    for (let n = 0; n < N; n++) {
      const z = Math.sqrt(rho(t)) * e[t * (N + 1) + N] + Math.sqrt(1 - rho(t)) * e[t * (N + 1) + n];
      returns.data[t * N + n] = 0.01 * Math.sqrt(h) * z * (changed?.(t) ?? 1);
      sum += (h * z * z) / N;
    }
    h = 0.05 + 0.1 * sum + 0.85 * h;
  }
  const portfolio = Float64Array.from({ length: days }, (_, t) => returns.data.subarray(t * N, (t + 1) * N).reduce((a, b) => a + b, 0) / N);
  return { dates: Array.from({ length: days }, String), returns, portfolio, sigma: sigmaOf(portfolio) };
}
const fold = { name: '2005 to 2008', train: { start: 0, end: 1000 }, test: { start: 1000, end: 1060 } } as unknown as Fold;

describe('windows of week 9', () => {
  // 987 starts are those of 2005 to 2008, 704 those of training; a month is 21 days.
  it.each([
    [987, 200],
    [704, 600],
    [264, 200],
    [60, 200],
    [90, 30],
  ])('of %i days %i are spread over all of them in every draw', (length, count) => {
    const days = startsOf({ start: 1000, end: 1000 + length + 20 });
    expect(days).toHaveLength(length);
    for (const phase of [0, 0.2, 0.4, 0.6, 0.8]) {
      const chosen = spreadOver(days, count, phase);
      expect(chosen).toHaveLength(Math.min(length, count));
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen[0] - days[0]).toBeLessThan(21);
      expect(days[length - 1] - chosen[chosen.length - 1]).toBeLessThan(21);
      const steps = chosen.slice(1).map((day, i) => day - chosen[i]);
      expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
    }
  });

  it('are others in another draw', () => {
    const days = startsOf({ start: 0, end: 1007 });
    expect(spreadOver(days, 200, 0.4)).not.toEqual(spreadOver(days, 200, 0));
  });
});

describe('rivals of a line or two', () => {
  const market = marketOf(1060, () => 0.4);
  const model = fitted(market, fold);

  it('are the normal quantile times σ, and σ times the quantile that training had', async () => {
    const days = startsOf(fold.train, 1);
    const [near, far] = await riskMetrics(market).valueAtRisk(key(1), days, 10);
    // 1.64485 and 2.32635 are the normal law's quantiles at 0.95 and 0.99
    for (const day of [0, 400, 900]) {
      expect(near[day] / market.sigma[days[day]]).toBeCloseTo(1.64485 * Math.sqrt(10), 4);
      expect(far[day] / market.sigma[days[day]]).toBeCloseTo(2.32635 * Math.sqrt(10), 4);
    }
    const [limit] = await sigmaTimesQuantile(market, fold).valueAtRisk(key(1), days, 1);
    const share = days.filter((day, i) => market.portfolio[day + 1] < -limit[i]).length / days.length;
    expect(Math.abs(share - 0.05)).toBeLessThan(1 / days.length);
  });

  it('do not see the days that they are asked of, nor those after', async () => {
    const seen = 1030;
    const later = marketOf(
      1060,
      () => 0.4,
      (t) => (t > seen ? 7 : 1),
    );
    const limitsOf = async (of: Market) => {
      const moving = movingCorrelation(model, of, fold);
      const makers = [
        riskMetrics(of),
        sigmaTimesQuantile(of, fold),
        garchOfMix(of, fold, 40),
        garch(of, fold, 'student', 40, model, moving.at),
      ];
      return (await Promise.all(makers.map((maker) => riskOf(maker, fold, key(2), 0)))).flat();
    };
    const [before, after] = [await limitsOf(market), await limitsOf(later)];
    expect(before).toHaveLength(16);
    for (const [i, { model, horizon, values }] of before.entries()) {
      const days = daysBefore(fold, horizon as 1 | 10);
      const known = days.filter((day) => day <= seen).length;
      expect(known).toBeGreaterThan(2);
      expect(after[i].values.slice(0, known), model).toEqual(values.slice(0, known));
      if (horizon === 1) expect(after[i].values.slice(known + 1), model).not.toEqual(values.slice(known + 1));
    }
  });

  it('take a short memory of the correlation where it moves, a long one where it does not', () => {
    const still = movingCorrelation(model, market, fold);
    expect(still.memory).toBeGreaterThanOrEqual(0.995);
    const turning = marketOf(1060, (t) => (Math.floor(t / 250) % 2 === 0 ? 0.1 : 0.8));
    const moving = movingCorrelation(fitted(turning, fold), turning, fold);
    expect(moving.memory).toBeLessThan(0.99);
    const meanOf = (day: number) => (moving.at(day).data.reduce((a, b) => a + b, 0) - N) / (N * (N - 1));
    // At the end of a year of 0.1 and of one of 0.8.
    expect(meanOf(749)).toBeLessThan(0.35);
    expect(meanOf(999)).toBeGreaterThan(0.6);
  });
});
