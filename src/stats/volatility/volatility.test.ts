import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/arch.json' with { type: 'json' }; // made by tests/references/arch.py with arch 8.0.0
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { key } from '../../base/random.js';
import { fromColumns } from '../../linalg/matrix.js';
import { mean } from '../../linalg/vector.js';
import { centralGradient } from '../optimise/differences.js';
import { egarchRecursion } from './egarch-recursion.js';
import { filterVolatility } from './filter.js';
import { fitEgarch, fitGarch, type VolatilityFit, type VolatilityOptions } from './fit.js';
import { forecastVolatility } from './forecast.js';
import { garchRecursion } from './garch-recursion.js';
import { freeCoordinates, negativeLogLikelihood, workspace } from './likelihood.js';
import { sticks } from './recursion.js';
import { filteredHistoricalSimulation } from './simulation.js';

const { symmetric, leverage, autoregressive } = reference.samples;

type Case = (typeof reference.fits)[number];
const optionsOf = ({ mean: kind, orders: [p, o, q], errors }: Case): VolatilityOptions => ({
  p,
  o,
  q,
  mean: kind === 'AR' ? { lags: 1 } : (kind as 'constant' | 'zero'),
  law: errors === 't' ? 'student' : 'normal',
});
const fitted = new Map<Case, VolatilityFit>();
function fitOf(one: Case): VolatilityFit {
  const fit = fitted.get(one) ?? (one.vol === 'GARCH' ? fitGarch : fitEgarch)(reference.samples[one.sample as 'leverage'], optionsOf(one));
  fitted.set(one, fit);
  return fit;
}

describe.each(reference.fits)('$vol $orders, $mean mean, $errors, on $sample returns, agrees with arch', (one) => {
  const fit = fitOf(one);

  it('in its maximum', () => {
    expect(fit.logLikelihood).toBeGreaterThan(one.logLikelihood - 1e-9);
    expect(fit.logLikelihood).toBeCloseTo(one.logLikelihood, 7);
    expect(fit.aic).toBeCloseTo(one.aic, 6);
    expect(fit.bic).toBeCloseTo(one.bic, 6);
    expect(fit.names).toHaveLength(one.names.length);
    expect(fit.names.slice(one.mean === 'AR' ? 2 : 0)).toEqual(one.names.slice(one.mean === 'AR' ? 2 : 0));
    // arch stops where differences show no more slope: six digits.
    for (const [j, c] of one.coefficients.entries()) expect(fit.coefficients[j] / c, one.names[j]).toBeCloseTo(1, 4);
  });

  it('in standard errors, whose scores arch divides by n − 1', () => {
    const n = reference.samples[one.sample as 'leverage'].length - fit.meanLags;
    // arch's small steps do not see the kinks that EGARCH has in the mean: its error there is another, and ω leans on it.
    const kinks = fit.kind === 'egarch' && fit.parts.mean.length > 0;
    for (const [ours, theirs] of [
      [fit.standardErrors, one.robust.map((se) => se * Math.sqrt((n - 1) / n))],
      [fit.classicalErrors, one.classical],
    ] as const)
      for (const [j, se] of theirs.entries())
        if (!(kinks && j === 0)) expect(Math.abs(ours[j] / se - 1), one.names[j]).toBeLessThan(kinks ? 0.15 : 5e-4);
  });

  it('in filtered variances and forecasts', () => {
    const { variance, next } = filterVolatility(fit);
    for (const [i, t] of [1, 2, 10, 500, 999].entries()) expect(variance[t] / one.variance[i]).toBeCloseTo(1, 5);
    const forecast = forecastVolatility(fit, { horizon: one.forecast.length });
    expect(next).toBe(forecast.shockVariance[0]);
    expectClose(forecast.variance, one.forecast, 4);
    expectClose(forecast.shockVariance, one.shocks, 4);
    expectClose(forecast.mean, one.forecastMean, 4);
  });
});

describe('the likelihood', () => {
  const recursions = [
    [garchRecursion({ p: 2, o: 1, q: 2 }), Float64Array.of(0.1, 0.05, 0.03, 0.08, 0.5, 0.3)],
    [garchRecursion({ p: 1, o: 2, q: 1 }), Float64Array.of(0.1, 0.05, 0.03, 0.08, 0.8)],
    [garchRecursion({ p: 0, o: 1, q: 0 }), Float64Array.of(0.5, 0.4)],
    [egarchRecursion({ p: 2, o: 1, q: 2 }), Float64Array.of(0.02, 0.1, 0.05, -0.1, 0.6, 0.3)],
    [egarchRecursion({ p: 1, o: 2, q: 1 }), Float64Array.of(0.02, 0.1, -0.05, -0.1, 0.9)],
  ] as const;
  const y = gaussian(1, 60);
  const x = fromColumns([new Float64Array(60).fill(1), gaussian(2, 60)]);

  it.each(recursions)('has the gradient that differences see, %#', (recursion, theta) => {
    for (const law of ['normal', 'student'] as const) {
      const sample = { y, x, recursion, law, before: 1.3 };
      const all = Float64Array.of(0.1, -0.2, ...theta, ...(law === 'student' ? [5.5] : []));
      const work = workspace(60);
      const { gradient } = negativeLogLikelihood(sample, all, work);
      expectClose(
        gradient,
        centralGradient((at) => negativeLogLikelihood(sample, at, work).value, all),
        6,
      );
      // And in the coordinates of the fit, which lead back to where they came from.
      const coordinates = freeCoordinates(sample);
      const u = coordinates.from(all);
      expectClose(coordinates.to(u), all, 12);
      expect(u.every((value, j) => value >= coordinates.lower[j] && value <= coordinates.upper[j])).toBe(true);
      const inFree = centralGradient((at) => negativeLogLikelihood(sample, coordinates.to(at), work).value, u);
      expectClose(coordinates.pullBack(u, gradient), inFree, 5);
    }
  });

  it('breaks a stick into weights that add up to no more than 1', () => {
    const weights = sticks.to([0.8, 0.5, 0.25], 3);
    expectClose(weights, [0.4, 0.1, 0.3], 15);
    expectClose(sticks.from(weights), [0.8, 0.5, 0.25], 14);
  });
});

describe('fitGarch', () => {
  it('does not depend on the unit of the returns', () => {
    const percent = fitGarch(leverage, { o: 1, law: 'student' });
    const plain = fitGarch(
      leverage.map((r) => r / 100),
      { o: 1, law: 'student' },
    );
    const scale = [1e-2, 1e-4, 1, 1, 1, 1];
    for (const [j, s] of scale.entries()) {
      expect(plain.coefficients[j] / (s * percent.coefficients[j])).toBeCloseTo(1, 6);
      expect(plain.standardErrors[j] / (s * percent.standardErrors[j])).toBeCloseTo(1, 5);
    }
    expect(plain.logLikelihood).toBeCloseTo(percent.logLikelihood + 1000 * Math.log(100), 6);
    const logs = [fitEgarch(leverage), fitEgarch(leverage.map((r) => r / 100))];
    const [, omega, , , beta] = logs[0].coefficients;
    expect(logs[1].coefficients[1]).toBeCloseTo(omega - 2 * Math.log(100) * (1 - beta), 5);
    expectClose(logs[1].coefficients.subarray(2), logs[0].coefficients.subarray(2), 5);
    expectClose(
      filterVolatility(logs[1]).variance.map((v) => 1e4 * v),
      filterVolatility(logs[0]).variance,
      6,
    );
  });

  it('is with more lags no worse than with fewer, which are among them', () => {
    // On these series weights that start evenly end 0.065, 0.018 and 0.002 below.
    for (const [seed, more, fewer] of [
      [1, { q: 3 }, { q: 2 }],
      [2, { p: 2, q: 2 }, { q: 2 }],
      [2, { p: 2, q: 2 }, { p: 2 }],
      [17, { p: 2, q: 2 }, { q: 2 }],
      [17, { p: 2, q: 2 }, { p: 2 }],
    ] as const) {
      let [v, e] = [1, 0];
      const y = gaussian(seed, 600).map((z) => {
        v = 0.05 + 0.1 * e * e + 0.85 * v;
        e = Math.sqrt(v) * z;
        return e;
      });
      expect(fitGarch(y, more).logLikelihood).toBeGreaterThan(fitGarch(y, fewer).logLikelihood - 1e-6);
    }
  });

  it('finds the long memory of a slow wave of variance', () => {
    const z = gaussian(8, 400);
    const r = z.map((value, t) => value * Math.exp(0.35 * Math.sin(t / 45)));
    const [, , alpha, beta] = fitGarch(r).coefficients;
    expect(alpha + beta).toBeGreaterThan(0.9);
  });

  it('stays where EGARCH can be inverted', () => {
    // Beyond, today's variance does not forget the first.
    const chaotic = egarchRecursion({ p: 1, o: 1, q: 1 });
    const [shocks, variance] = [gaussian(3, 500), new Float64Array(500)];
    chaotic.filter(Float64Array.of(0, 0.1, -0.1, 0.95), shocks, 1, variance);
    expect(variance.every(Number.isFinite)).toBe(true);
    chaotic.filter(Float64Array.of(0, -3, 0, 0.95), shocks, 1e-6, variance);
    expect(variance.every(Number.isFinite)).toBe(false);
  });

  it('names what is wrong', () => {
    expect(() => fitGarch(symmetric, { p: 0 })).toThrow('fitGarch: p and o are 0, so no shock moves the variance; set p to 1');
    expect(() => fitGarch(symmetric, { q: 0.5 })).toThrow('fitGarch: q must be a whole number from 0 up, got 0.5');
    expect(() => fitGarch(symmetric.slice(0, 39))).toThrow('fitGarch: 39 returns are too few for 4 coefficients; use 40 or more');
    expect(() => fitGarch(new Float64Array(100))).toThrow('fitGarch: every value is 0');
    expect(() => fitGarch([...symmetric, Number.NaN])).toThrow('fitGarch: the series is NaN at row 1000');
    expect(() => fitEgarch(symmetric, { law: 'cauchy' as 'normal' })).toThrow("fitEgarch: law must be normal or student, got 'cauchy'");
    expect(() => fitEgarch(symmetric, { mean: { lags: 0 } })).toThrow('fitEgarch: mean.lags must be a whole number from 1 up, got 0');
    expect(() => filterVolatility(fitGarch(symmetric), [])).toThrow('filterVolatility: 0 returns for 1 lags');
  });
});

describe('filterVolatility', () => {
  it('is the same whatever comes after', () => {
    for (const fit of [fitGarch(autoregressive, { mean: { lags: 2 }, o: 1 }), fitEgarch(leverage)]) {
      const whole = filterVolatility(fit);
      const part = filterVolatility(fit, fit.returns.subarray(0, 700));
      expect(part.variance).toEqual(whole.variance.slice(0, 700));
      expect(part.next).toBeCloseTo(whole.variance[700], 14);
      expect([...whole.variance].findIndex(Number.isFinite)).toBe(fit.meanLags);
      const z2 = whole.standardised.subarray(fit.meanLags).map((z) => z * z);
      expect(mean(z2)).toBeCloseTo(1, 1);
    }
  });
});

describe('forecastVolatility', () => {
  it('of an AR(1) with φ .9 and one variance is 1.81σ² two days ahead (skaters PR 157)', () => {
    const fit = fitGarch(autoregressive, { mean: { lags: 1 } });
    const known = { ...fit, parts: { mean: Float64Array.of(0.5, 0.9), variance: Float64Array.of(2, 0, 0), nu: Infinity } };
    const { variance, mean: ahead } = forecastVolatility(known, { horizon: 3, returns: [1, 4] });
    expectClose(variance, [2, 1.81 * 2, (1.81 + 0.9 ** 4) * 2], 12);
    expectClose(ahead, [4.1, 4.19, 4.271], 12);
  });

  it('by GARCH tends to ω/(1 − α − γ/2 − β)', () => {
    const fit = fitGarch(leverage, { o: 1 });
    const [omega, a, g, b] = fit.parts.variance;
    expect(forecastVolatility(fit, { horizon: 3000 }).variance[2999]).toBeCloseTo(omega / (1 - a - g / 2 - b), 8);
  });

  it('by EGARCH beyond one day is simulated, or refused without a key (ARCHModels.jl PR 83)', () => {
    const fit = fitEgarch(leverage);
    expect(() => forecastVolatility(fit, { horizon: 2 })).toThrow('forecastVolatility: EGARCH has no formula for 2 days ahead');
    const paths = 40_000;
    const { variance } = forecastVolatility(fit, { horizon: 2, key: key(1), paths });
    // E σ² of the second day over shocks drawn from ẑ is a mean over ẑ.
    const { next, standardised } = filterVolatility(fit);
    const [omega, a, g, b] = fit.parts.variance;
    const each = standardised.map((z) => Math.exp(omega + b * Math.log(next) + a * (Math.abs(z) - Math.sqrt(2 / Math.PI)) + g * z));
    const centre = mean(each);
    const error = Math.sqrt(mean(each.map((v) => (v - centre) ** 2)) / paths);
    expect(variance[0]).toBeCloseTo(next, 10);
    expect(Math.abs(variance[1] - centre)).toBeLessThan(4 * error);
    expect(Math.abs(Math.exp(omega + b * Math.log(next)) - centre)).toBeGreaterThan(4 * error); // the exponential of the mean is not the mean
    expect(forecastVolatility(fit, { horizon: 2, key: key(1), paths }).variance).toEqual(variance);
  });
});

describe('filteredHistoricalSimulation', () => {
  const fit = fitGarch(leverage, { o: 1 });

  it('one day ahead has the quantiles of the standardised shocks, at the size of tomorrow', () => {
    const paths = 100_000;
    const { valueAtRisk, expectedShortfall } = filteredHistoricalSimulation(fit, { key: key(3), horizon: 1, paths });
    const { next, standardised } = filterVolatility(fit);
    const worst = standardised.map((z) => fit.parts.mean[0] + Math.sqrt(next) * z).sort();
    for (const level of [0.9, 0.95, 0.99]) {
      const k = Math.round((1 - level) * 1000);
      // An empirical quantile of so many draws lies within a few ranks of its own.
      const ranks = Math.ceil(4 * Math.sqrt((level * (1 - level)) / paths) * 1000);
      expect(-valueAtRisk(level)).toBeGreaterThanOrEqual(worst[Math.max(0, k - 1 - ranks)]);
      expect(-valueAtRisk(level)).toBeLessThanOrEqual(worst[k - 1 + ranks]);
      expect(-expectedShortfall(level) / mean(worst.subarray(0, k))).toBeCloseTo(1, 1);
      expect(expectedShortfall(level)).toBeGreaterThan(valueAtRisk(level));
    }
  });

  it('has the variances of the forecast in the mean, and one day follows from the other', () => {
    const [horizon, paths] = [5, 40_000];
    const own = filterVolatility(fit).standardised;
    const { returns, variances } = filteredHistoricalSimulation(fit, { key: key(4), horizon, paths });
    const [omega, a, g, b] = fit.parts.variance;
    for (let k = 0; k < 20; k++) {
      const e = returns[k * horizon] - fit.parts.mean[0];
      expect(variances[k * horizon + 1]).toBeCloseTo(omega + (a + (e < 0 ? g : 0)) * e * e + b * variances[k * horizon], 12);
    }
    // With the law of ẑ in the place of ½ and 1: m = E z², l = E z² 1[z < 0].
    const [m, l] = [mean(own.map((z) => z * z)), mean(own.map((z) => Math.min(z, 0) ** 2))];
    let expected = variances[0];
    for (let h = 1; h < horizon; h++) {
      expected = omega + (a * m + g * l + b) * expected;
      const column = Float64Array.from({ length: paths }, (_, k) => variances[k * horizon + h]);
      const centre = mean(column);
      const error = Math.sqrt(mean(column.map((v) => (v - centre) ** 2)) / paths);
      expect(Math.abs(centre - expected)).toBeLessThan(4 * error);
    }
  });

  it('names what is wrong', () => {
    expect(() => filteredHistoricalSimulation(fit, { key: key(3), horizon: 0 })).toThrow('horizon must be a whole number from 1 up, got 0');
    const { valueAtRisk } = filteredHistoricalSimulation(fit, { key: key(3), horizon: 1, paths: 100 });
    expect(() => valueAtRisk(99)).toThrow(
      'filteredHistoricalSimulation: level must be a finite number above 0, below 1, got 99; 0.99 is 99 %',
    );
  });
});

describe('standard errors', () => {
  it('of the mean of EGARCH is near that of GJR, whose likelihood has no kinks there', () => {
    for (const law of ['normal', 'student'] as const) {
      const [own, other] = [fitEgarch(leverage, { law }), fitGarch(leverage, { o: 1, law })];
      for (const kind of ['standardErrors', 'classicalErrors'] as const)
        expect(Math.abs(own[kind][0] / other[kind][0] - 1)).toBeLessThan(0.15);
    }
  });

  it('hold a coefficient on its bound and say which, rather than give it an error or none to all', () => {
    // On white noise α of ARCH(1) ends at 0 and ν at 500; μ̂ then has the error of a mean, √(ω̂/n), and ω̂ that of a variance, ω̂√(2/n).
    const noise = gaussian(3, 1000);
    const fit = fitGarch(noise, { q: 0, law: 'student' });
    expect(fit.names).toEqual(['mu', 'omega', 'alpha[1]', 'nu']);
    expect(fit.onBound).toEqual(['alpha[1]', 'nu']);
    for (const errors of [fit.standardErrors, fit.classicalErrors, fit.covariance.data.filter((_, at) => at % 5 === 0)])
      expect([...errors.subarray(2)]).toEqual([Number.NaN, Number.NaN]);
    expect(fit.classicalErrors[0] / Math.sqrt(fit.coefficients[1] / 1000)).toBeCloseTo(1, 2);
    expect(fit.classicalErrors[1] / (fit.coefficients[1] * Math.sqrt(2 / 1000))).toBeCloseTo(1, 1);
    const tall = fitGarch(noise, { p: 2, q: 2 });
    for (const [j, name] of tall.names.entries()) {
      expect(tall.onBound.includes(name)).toBe(j >= 2 && tall.coefficients[j] < 1e-7);
      expect(Number.isNaN(tall.standardErrors[j])).toBe(tall.onBound.includes(name));
    }
    expect(tall.onBound.length).toBeGreaterThan(0);
    expect(fitGarch(leverage, { o: 1 }).onBound).toEqual([]);
  });
});
