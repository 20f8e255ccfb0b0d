import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type Matrix, matVec, transposeVec } from '../../linalg/matrix.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { type LogisticRegression, logisticRegression, predictProbability, sigmoid } from './logistic-regression.js';

const { logit } = reference;

describe('logisticRegression', () => {
  it('equals statsmodels on Spector and Mazzeo (Greene, Econometric Analysis, table 17.1)', () => {
    const fit = logisticRegression(design(logit.columns), logit.y);
    expectClose(fit.coefficients, logit.coefficients, 9);
    expectClose(fit.standardErrors, logit.standardErrors, 8);
    expect(fit.logLikelihood).toBeCloseTo(logit.logLikelihood, 10);
    expect(fit.pseudoRSquared).toBeCloseTo(logit.pseudoRSquared, 10);
    expectClose(predictProbability(fit, design(logit.columns)), fit.probabilities, 12);
    expect(() => predictProbability(fit, design(logit.columns, { intercept: false }))).toThrow(
      `predictProbability: the fit has ${fit.names.length} coefficients but x has ${fit.names.length - 1} columns`,
    );
  });

  it('counts the intercept alone as log-odds of the mean', () => {
    const y = Float64Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const fit = logisticRegression({ rows: 40, cols: 1, data: new Float64Array(40).fill(1), names: ['intercept'] }, y);
    expect(fit.coefficients[0]).toBeCloseTo(Math.log(1 / 3), 12);
    expect(fit.standardErrors[0]).toBeCloseTo(1 / Math.sqrt((40 * 3) / 16), 12); // 1/√(n p(1 − p))
  });

  it('has an estimate under a penalty even when the labels are separated', () => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i - 9.5);
    const y = x.map((value) => (value > 0 ? 1 : 0));
    const steep = (lambda: number) => logisticRegression(design({ x }), y, { lambda }).coefficients[1];
    expect(steep(0.01)).toBeGreaterThan(steep(1));
    expect(steep(1)).toBeGreaterThan(0);
  });

  it('finds an estimate exactly where the labels of one column overlap', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 14 }), (rows) => {
        const of = (label: boolean) => rows.filter(([, y]) => y === label).map(([x]) => x);
        const [low, high] = [of(false), of(true)];
        fc.pre(low.length > 0 && high.length > 0 && new Set(rows.map(([x]) => x)).size > 1);
        const apart = Math.max(...low) <= Math.min(...high) || Math.max(...high) <= Math.min(...low);
        const fit = () =>
          logisticRegression(
            design({ x: rows.map(([x]) => x) }),
            rows.map(([, y]) => Number(y)),
          );
        if (apart) expect(fit).toThrow('separates the labels');
        else expect(fit().coefficients.every(Number.isFinite)).toBe(true);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('does not take one enormous value for separation', () => {
    const x = gaussian(6, 60);
    const y = gaussian(7, 60).map((z) => (z > 0 ? 1 : 0));
    x[4] = 1e9;
    const { coefficients } = logisticRegression(design({ x }), y);
    expect(Math.abs(coefficients[1])).toBeLessThan(1e-6);
  });

  it('names what is wrong', () => {
    const x = gaussian(1, 30);
    const y = gaussian(2, 30).map((z) => (z > 0 ? 1 : 0));
    const signs = y.map((label) => 2 * label - 1);
    expect(() => logisticRegression(design({ x }), signs)).toThrow('labels must be 0 or 1, got');
    expect(() => logisticRegression(design({ x }), new Float64Array(30))).toThrow('every label is 0; both must occur');
    expect(() => logisticRegression(design({ x, copy: x }), y)).toThrow("'copy' is a linear combination of 'intercept' and 'x'");
    expect(() => logisticRegression(design({ x, label: signs }), y)).toThrow(
      "logisticRegression: a combination led by 'label' separates the labels, so the likelihood has no maximum and coefficients would grow for ever; " +
        'add a penalty (lambda > 0), use more rows, or drop the column if it knows the label',
    );
  });
});

type Fit = (x: Matrix, y: ArrayLike<number>) => Pick<LogisticRegression, 'coefficients' | 'covariance'>;

const OVERLAPPING = { x: design({ a: gaussian(3, 120), b: gaussian(4, 120) }), y: new Float64Array(120) };
{
  const odds = matVec(OVERLAPPING.x, [0.2, 1, -0.7]);
  const noise = gaussian(5, 120);
  for (let i = 0; i < 120; i++) OVERLAPPING.y[i] = odds[i] + 1.7 * noise[i] > 0 ? 1 : 0;
}
const LINE = design({ x: Float64Array.from({ length: 12 }, (_, i) => i) });
const SEPARATED = Float64Array.from({ length: 12 }, (_, i) => (i >= 5 ? 1 : 0));
const TIED = design({ x: Float64Array.of(0, 1, 2, 3, 3, 4, 5, 6) }); // both labels at 3, otherwise apart
const TIED_LABELS = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
const CROSSED_LABELS = Float64Array.of(0, 0, 1, 0, 1, 1, 1, 1); // now 2 and 3 are in the wrong order: a maximum exists

/** The library's fit with what it refuses replaced by the fit under a penalty too small to see. */
const lenient =
  (forgives: (message: string) => boolean): Fit =>
  (x, y) => {
    try {
      return logisticRegression(x, y);
    } catch (error) {
      if (!forgives((error as Error).message)) throw error;
      return logisticRegression(x, y, { lambda: 1e-6 });
    }
  };

theorem<Fit>('thm:logistic', {
  real: logisticRegression,
  check: (fit) => {
    const { x, y } = OVERLAPPING;
    const { coefficients, covariance } = fit(x, y);
    const slope = (b: Float64Array) =>
      transposeVec(
        x,
        matVec(x, b).map((eta, i) => y[i] - sigmoid(eta)),
      );
    expectClose(slope(coefficients), [0, 0, 0], 8);
    const h = 1e-5;
    for (let j = 0; j < 3; j++) {
      const moved = (by: number) => slope(coefficients.map((b, k) => b + (k === j ? by : 0)));
      const [up, down] = [moved(h), moved(-h)];
      const column = up.map((value, k) => (down[k] - value) / (2 * h)); // column j of −∇²ℓ
      expectClose(
        matVec(covariance, column),
        [0, 1, 2].map((k) => (k === j ? 1 : 0)),
        7,
      );
    }
    expect(() => fit(LINE, SEPARATED)).toThrow('separates the labels');
    expect(() => fit(TIED, TIED_LABELS)).toThrow('separates the labels');
    expect(() => fit(TIED, CROSSED_LABELS)).not.toThrow();
    expect(fit(TIED, CROSSED_LABELS).coefficients[1]).toBeGreaterThan(0);
  },
  mutants: {
    'never looks for separation': lenient(() => true),
    'misses separation with ties': (x, y) => (x === TIED ? lenient(() => true) : logisticRegression)(x, y),
    'calls every sample that a line nearly divides separated': (x, y) => logisticRegression(x, y === CROSSED_LABELS ? TIED_LABELS : y),
    'takes p for the weights p(1 − p)': (x, y) => {
      const fit = logisticRegression(x, y);
      return { ...fit, covariance: { ...fit.covariance, data: fit.covariance.data.map((v, at) => v * (1 - fit.probabilities[at])) } };
    },
  },
});
