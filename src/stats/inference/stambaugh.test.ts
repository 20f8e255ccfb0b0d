import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, normal } from '../../base/random.js';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { type PredictiveRegression, predictiveRegression, simulatePredictiveRegression } from './stambaugh.js';

interface Truth {
  readonly rho: number;
  readonly phi: number;
  readonly T: number;
  readonly alpha: number;
  readonly beta: number;
  readonly theta: number;
}
const USUAL: Truth = { rho: 0.9, phi: -0.8, T: 60, alpha: 0, beta: 0, theta: 0 };

/** One history: an AR(1) predictor that starts in its stationary law, innovations of variance 1, and returns with noise beside φν. */
function history(seed: number, i: number, { rho, phi, T, alpha, beta, theta }: Truth = USUAL) {
  const { data: z } = normal(fold(key(seed), i), [2, T + 1], 'float64');
  const predictor = new Float64Array(T + 1);
  const returns = new Float64Array(T + 1);
  predictor[0] = theta / (1 - rho) + z[0] / Math.sqrt(1 - rho ** 2);
  for (let t = 1; t <= T; t++) {
    predictor[t] = theta + rho * predictor[t - 1] + z[t];
    returns[t] = alpha + beta * predictor[t - 1] + phi * z[t] + 0.3 * z[T + 1 + t];
  }
  return { returns, predictor };
}

describe('predictiveRegression', () => {
  it('pairs each return with the predictor of the row before', () => {
    const predictor = Float64Array.of(1, 4, 2, 5, 3, 6);
    const returns = Float64Array.of(99, 2 * 1 + 1, 2 * 4 + 1, 2 * 2 + 1, 2 * 5 + 1, 2 * 3 + 1.001);
    const { T, beta } = predictiveRegression(returns, predictor);
    expect(T).toBe(5);
    expect(beta).toBeCloseTo(2, 3);
  });

  it('has Stambaugh’s correction by hand', () => {
    const { returns, predictor } = history(1, 0);
    const { T, beta, betaCorrected, bias, rho, rhoCorrected, phi } = predictiveRegression(returns, predictor);
    expect(bias).toBeCloseTo((-phi * (1 + 3 * rho)) / 60, 14);
    expect(betaCorrected).toBeCloseTo(beta - bias, 14);
    expect(rhoCorrected - rho).toBeCloseTo((1 + 3 * rho) / T, 14);
  });

  it('has the standard error of Amihud and Hurvich, and a test of its AR(1), as statsmodels', () => {
    const { stambaugh } = reference;
    const fit = predictiveRegression(stambaugh.returns, stambaugh.predictor);
    expect(fit.betaCorrected).toBeCloseTo(stambaugh.betaCorrected, 12);
    expect(fit.betaCorrectedStandardError).toBeCloseTo(stambaugh.error, 12);
    expect(fit.phi).toBeCloseTo(stambaugh.phi, 12);
    expect(fit.rhoStandardError).toBeCloseTo(stambaugh.rhoError, 12);
    expect(fit.interval.high - fit.betaCorrected).toBeCloseTo(1.959963984540054 * stambaugh.error, 12);
    expect(fit.innovations.degreesOfFreedom).toBe(11);
    expect(fit.innovations.statistic).toBeCloseTo(stambaugh.ljungBox.statistic, 10);
    expect(fit.innovations.pValue).toBeCloseTo(stambaugh.ljungBox.pValue, 11);
  });

  it('states the spread of its corrected slope, and covers the truth about as often as it says', () => {
    const draws = 1000;
    const fits = Array.from({ length: draws }, (_, i) => {
      const { returns, predictor } = simulatePredictiveRegression(fold(key(31), i), { T: 240, rho: 0.9, phi: -2, beta: 0.02 });
      return predictiveRegression(returns, predictor);
    });
    const mean = (of: (fit: PredictiveRegression) => number) => fits.reduce((sum, fit) => sum + of(fit), 0) / draws;
    const centre = mean((fit) => fit.betaCorrected);
    const spread = Math.sqrt(mean((fit) => (fit.betaCorrected - centre) ** 2));
    const relative = 1 / Math.sqrt(2 * draws); // Monte Carlo error of a standard deviation, as a share
    expect(Math.abs(mean((fit) => fit.betaCorrectedStandardError) / spread - 1)).toBeLessThan(4 * relative);
    const covered = mean(({ interval }) => Number(interval.low <= 0.02 && 0.02 <= interval.high));
    expect(Math.abs(covered - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / draws));
  });

  it('finds a predictor that is no AR(1): a sum over twelve overlapping months', () => {
    const { data: z } = normal(key(8), [412], 'float64');
    const sum = Float64Array.from({ length: 400 }, (_, t) => z.subarray(t, t + 12).reduce((a, b) => a + b, 0));
    const { innovations } = predictiveRegression(z.subarray(12), sum);
    expect(innovations.pValue).toBeLessThan(1e-6);
    expect(innovations.autocorrelation[11]).toBeLessThan(-0.3); // what entered twelve months ago leaves
  });

  it('is biased by more than the first order says near a unit root: 0.038, not 0.033, of φ in ten years of months', () => {
    const truth = { ...USUAL, rho: 0.97, phi: -1, T: 120, beta: 0.4 };
    const errors = Array.from({ length: 4000 }, (_, i) => {
      const { returns, predictor } = history(41, i, truth);
      return predictiveRegression(returns, predictor).beta - truth.beta;
    });
    expect((1 + 3 * truth.rho) / truth.T).toBeCloseTo(0.0326, 4);
    expectMean(errors, 0.0378); // 400,000 draws in NumPy: 0.03780 ± 0.00006
  });

  it('needs five rows', () => {
    expect(predictiveRegression([1, 2, 4, 3, 5], [2, 1, 3, 5, 4]).T).toBe(4);
  });

  it('names what is wrong', () => {
    const { returns, predictor } = history(1, 0);
    expect(() => predictiveRegression(returns.slice(1), predictor)).toThrow('predictiveRegression: x has 61 rows but y has 60 values');
    expect(() => predictiveRegression([1, 2, 3], [1, 2, 3])).toThrow('predictiveRegression: needs at least 5 rows, got 3');
    predictor[7] = Number.NaN;
    expect(() => predictiveRegression(returns, predictor)).toThrow("predictiveRegression: x is NaN at row 7, 'predictor'");
  });
});

describe('simulatePredictiveRegression', () => {
  it('starts in the stationary law: the first value varies as the last does', () => {
    const draws = 4000;
    const histories = Array.from({ length: draws }, (_, i) => simulatePredictiveRegression(fold(key(5), i), { T: 4, rho: 0.9, phi: 1 }));
    const variance = (t: number) => histories.reduce((sum, { predictor }) => sum + predictor[t] ** 2, 0) / draws;
    const tolerance = 4 * Math.sqrt(2 / draws); // of a variance's relative error
    for (const t of [0, 4]) expect(Math.abs(variance(t) * (1 - 0.81) - 1)).toBeLessThan(tolerance);
  });

  it('names what is wrong', () => {
    expect(() => simulatePredictiveRegression(key(1), { T: 60, rho: 1, phi: 0 })).toThrow('rho 1 has no stationary law to start in');
    expect(() => simulatePredictiveRegression(key(1), { T: 3, rho: 0.5, phi: 0 })).toThrow('T must be a whole number from 4 up, got 3');
  });
});

type Predict = typeof predictiveRegression;

const known = new WeakMap<object, PredictiveRegression>();
/** The library's fit, made once for each simulated history. */
const original: Predict = (returns, predictor) => {
  const fit = known.get(predictor) ?? predictiveRegression(returns, predictor);
  known.set(predictor, fit);
  return fit;
};
const changed =
  (change: (fit: PredictiveRegression) => Partial<PredictiveRegression>): Predict =>
  (returns, predictor) => {
    const fit = original(returns, predictor);
    return { ...fit, ...change(fit) };
  };
const biased = (bias: (fit: PredictiveRegression) => number): Predict =>
  changed((fit) => ({ bias: bias(fit), betaCorrected: fit.beta - bias(fit) }));

const TRUTHS: readonly Truth[] = [
  { rho: 0.9, phi: -0.8, T: 100, alpha: 0.5, beta: -1.5, theta: 0.3 },
  { rho: -0.5, phi: 0.9, T: 50, alpha: -2, beta: 0.7, theta: -1 },
];
const histories = new Map<Truth, ReturnType<typeof history>[]>();
function fitsOf(regress: Predict, truth: Truth) {
  expect(truth.T, 'T ≥ 10').toBeGreaterThanOrEqual(10);
  expect(Math.abs(truth.rho), '|ρ| < 1').toBeLessThan(1);
  if (!histories.has(truth))
    histories.set(
      truth,
      Array.from({ length: 4000 }, (_, i) => history(2, i, truth)),
    );
  return histories.get(truth)!.map(({ returns, predictor }) => regress(returns, predictor));
}

theorem<Predict>('thm:stambaugh', 'a', {
  real: original,
  check: (regress) => {
    for (const truth of TRUTHS)
      expectMean(
        fitsOf(regress, truth).map((fit) => fit.beta - truth.phi * (fit.rho - truth.rho)), // exact, and free of ρ̂'s own noise
        truth.beta,
      );
  },
  mutants: {
    'lets the predictor see the return it predicts': (returns, predictor) =>
      predictiveRegression([0, ...Array.from(returns).slice(0, -1)], predictor),
    'takes ρ̂ corrected for ρ̂': changed((fit) => ({ rho: fit.rhoCorrected })),
    'takes β̂ corrected for β̂': changed((fit) => ({ beta: fit.betaCorrected })),
    'is a tenth too large': changed((fit) => ({ beta: fit.beta * 1.1, rho: fit.rho * 1.1 })),
  },
});

theorem<Predict>('thm:stambaugh', 'b', {
  real: original,
  check: (regress) => {
    for (const truth of TRUTHS) {
      const { rho, phi, T, beta } = truth;
      const fits = fitsOf(regress, truth);
      const open = T ** -1.5; // the theorem's own remainder
      expectMean(
        fits.map((fit) => fit.rho - rho),
        -(1 + 3 * rho) / T,
        { open },
      );
      expectMean(
        fits.map((fit) => fit.beta - fit.bias), // the estimated bias is that of β̂, paired draw by draw
        beta,
        { open: open * Math.abs(phi) },
      );
      expectMean(
        fits.map((fit) => fit.rhoCorrected),
        rho,
        { open },
      );
    }
  },
  mutants: {
    'has the wrong sign': biased((fit) => -fit.bias),
    'keeps E N / E D and forgets their covariance: 1 + ρ': biased((fit) => (-fit.phi * (1 + fit.rho)) / fit.T),
    'says 1 + 4ρ': biased((fit) => (-fit.phi * (1 + 4 * fit.rho)) / fit.T),
    'says 2 + 2ρ': biased((fit) => (-fit.phi * (2 + 2 * fit.rho)) / fit.T),
    'forgets φ': biased((fit) => -(1 + 3 * fit.rho) / fit.T),
    'does not correct ρ̂': changed((fit) => ({ rhoCorrected: fit.rho })),
  },
});

theorem<Predict>('thm:stambaugh', 'c', {
  real: original,
  check: (regress) => {
    for (const truth of TRUTHS) {
      const { rho, phi, T, beta } = truth;
      const fits = fitsOf(regress, truth);
      // From the proof, exactly: E β̂c − β = φ (E ρ̂ − ρ)(1 + 3/T) + φ (1 + 3ρ)/T.
      expectMean(
        fits.map((fit) => fit.betaCorrected - phi * ((fit.rho - rho) * (1 + 3 / T) + (1 + 3 * rho) / T)),
        beta,
      );
      expectMean(
        fits.map((fit) => fit.betaCorrected),
        beta,
        { open: T ** -1.5 },
      );
      expectMean(
        fits.map((fit) => fit.phi),
        phi, // φ̂ is unbiased given the predictor
      );
    }
  },
  mutants: {
    'corrects with the wrong sign': biased((fit) => -fit.bias),
    'does not correct': biased(() => 0),
    'says 1 + ρ': biased((fit) => (-fit.phi * (1 + fit.rho)) / fit.T),
    'says 1 + 4ρ': biased((fit) => (-fit.phi * (1 + 4 * fit.rho)) / fit.T),
    'says 2 + 2ρ': biased((fit) => (-fit.phi * (2 + 2 * fit.rho)) / fit.T),
    'has φ̂ a tenth too large': changed((fit) => ({ phi: fit.phi * 1.1 })),
  },
});
