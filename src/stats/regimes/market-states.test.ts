import { describe, expect, it } from 'vitest';
import { fold, key, uniform } from '../../base/index.js';
import { filterRegimes } from './hamilton-filter.js';
import { drawMarkets, marketPosterior, STATES } from './market-states.js';

const likeliest = (p: Float64Array) => p.indexOf(p.reduce((a, b) => Math.max(a, b)));

describe('drawMarkets', () => {
  const { returns, states } = drawMarkets(key(1), { windows: 6000, days: 40 });

  it('draws every class as often as it should: within four errors of a share', () => {
    for (const [name, classes] of Object.entries(STATES))
      for (let k = 0; k < classes; k++) {
        const share = states[name as keyof typeof STATES].filter((one) => one === k).length / 6000;
        expect(Math.abs(share - 1 / classes)).toBeLessThan(4 * Math.sqrt(1 / classes / 6000));
      }
  });

  it('has noise of root mean square σ, which ends each third at 1 % and 2 %', () => {
    // log σ is uniform: the mean of σ² over a third from a to 2a is 3a²/(2 log 2); δ² adds 0.45²/3 of it.
    for (const [k, a] of [0.5, 1, 2].entries()) {
      let [sum, n] = [0, 0];
      states.volatility.forEach((v, i) => {
        if (v !== k) return;
        for (let t = 0; t < 40; t++) sum += returns.data[i * 40 + t] ** 2;
        n += 40;
      });
      expect(sum / n / ((1 + 0.45 ** 2 / 3) * ((3 * a * a) / (2 * Math.log(2))))).toBeCloseTo(1, 1);
    }
  });

  it('is the same for the same key, and refuses no windows', () => {
    expect(drawMarkets(key(1), { windows: 3, days: 5 })).toEqual(drawMarkets(key(1), { windows: 3, days: 5 }));
    expect(() => drawMarkets(key(1), { windows: 0, days: 5 })).toThrow('drawMarkets: windows must be a whole number from 1 up, got 0');
  });
});

describe('marketPosterior', () => {
  // The same integral by Hamilton's filter of the library, on a grid of its own: random markets of the prior, weighted by their likelihood.
  it('equals a sum over markets drawn at random, within four of its errors', () => {
    const { returns } = drawMarkets(key(5), { windows: 3, days: 12 });
    for (let i = 0; i < 3; i++) {
      const y = returns.data.subarray(12 * i, 12 * i + 12);
      const u = uniform(fold(key(6), i), [4 * 20_000], 'float64').data;
      const drawn = Array.from({ length: 20_000 }, (_, j) => {
        const [size, way, ratio, stay] = u.subarray(4 * j, 4 * j + 4);
        const [sigma, kappa, p] = [0.5 * 8 ** size, 2 + 2 * ratio, 0.9 + 0.09 * stay];
        const calm = sigma * Math.sqrt(2 / (1 + kappa ** 2));
        const mean = sigma * 0.45 * (2 * way - 1);
        const transition = { rows: 2, cols: 2, data: Float64Array.of(p, 1 - p, 1 - p, p) };
        const model = { means: [mean, mean], deviations: [calm, kappa * calm], transition, start: [0.5, 0.5] };
        const { logLikelihood, filtered } = filterRegimes(model, y);
        return { w: Math.exp(logLikelihood + 20), wild: filtered.data[23], high: Number(size > 2 / 3), up: Number(way > 2 / 3) };
      });
      const total = drawn.reduce((sum, { w }) => sum + w, 0);
      const found = marketPosterior(y);
      for (const [name, value] of [
        ['wild', found.regime[1]],
        ['high', found.volatility[2]],
        ['up', found.trend[2]],
      ] as const) {
        const about = drawn.reduce((sum, one) => sum + one.w * one[name], 0) / total;
        const error = Math.sqrt(drawn.reduce((sum, one) => sum + (one.w * (one[name] - about)) ** 2, 0)) / total;
        expect(Math.abs(value - about)).toBeLessThan(4 * error + 0.004);
      }
    }
  });

  it('is calibrated: the chances that it gives are the shares of what comes', { timeout: 60_000 }, () => {
    const { returns, states } = drawMarkets(key(2), { windows: 400, days: 64 });
    const all = Array.from({ length: 400 }, (_, i) => marketPosterior(returns.data.subarray(64 * i, 64 * i + 64)));
    for (const name of ['regime', 'volatility', 'trend'] as const) {
      let [hits, expected, variance] = [0, 0, 0];
      for (let i = 0; i < 400; i++) {
        const p = all[i][name];
        const k = likeliest(p);
        hits += Number(states[name][i] === k);
        expected += p[k];
        variance += p[k] * (1 - p[k]);
      }
      expect(Math.abs(hits - expected)).toBeLessThan(4 * Math.sqrt(variance));
      expect(hits / 400).toBeGreaterThan(0.6);
    }
  });

  it('survives a crash, and refuses what is no number', () => {
    const crash = Float64Array.from({ length: 64 }, (_, t) => (t === 63 ? -40 : t % 2 ? 0.5 : -0.5));
    expect(marketPosterior(crash).regime[1]).toBeGreaterThan(0.9);
    expect(() => marketPosterior([1, Number.NaN])).toThrow('marketPosterior: it takes a window of finite returns in %, got 2 values');
    expect(() => marketPosterior([])).toThrow('got 0 values');
  });
});
