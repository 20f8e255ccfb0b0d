import { expect, it } from 'vitest';
import { fold, key, normal } from '../../src/base/index.js';
import { probabilisticSharpe, sharpe } from '../../src/trade/index.js';

/** 1,000 returns with a ratio of 0.1, 20,000 times: the simulation by which Lo's error is judged. */
it("Lo's error is the deviation of simulated ratios, and the probabilistic ratio a right p-value of skewed returns, within 4 errors", () => {
  const [draws, n] = [20_000, 1000];
  const ratios = new Float64Array(draws);
  let [stated, sure] = [0, 0];
  const skewed = Math.sqrt(Math.exp(0.25) * (Math.exp(0.25) - 1)); // deviation of exp(z/2), whose mean is exp(1/8)
  for (let i = 0; i < draws; i++) {
    const z = normal(fold(key(17), i), [n], 'float64').data;
    const { perPeriod, iid } = sharpe(
      z.map((value) => 0.001 + 0.01 * value),
      { perYear: 1, lags: 0 },
    );
    ratios[i] = perPeriod;
    stated += iid.standardError / draws;
    // Losses with a long tail and mean 0: a true ratio of 0, which is called better than 0 with 95 % in one of twenty.
    const losses = z.map((value) => (-0.01 * (Math.exp(value / 2) - Math.exp(1 / 8))) / skewed);
    sure += Number(probabilisticSharpe(sharpe(losses, { perYear: 1, lags: 0 })) > 0.95);
  }
  const mean = ratios.reduce((a, b) => a + b) / draws;
  const deviation = Math.sqrt(ratios.reduce((a, b) => a + (b - mean) ** 2, 0) / (draws - 1));
  console.log(
    `Lo ${stated.toFixed(5)}, simulated ${deviation.toFixed(5)} ± ${(deviation / Math.sqrt(2 * draws)).toFixed(5)}; called sure ${sure / draws}`,
  );
  expect(stated).toBeCloseTo(Math.sqrt((1 + 0.1 ** 2 / 2) / n), 4);
  expect(Math.abs(stated / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * draws) + 1 / n);
  expect(Math.abs(sure / draws - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / draws));
}, 120_000);
