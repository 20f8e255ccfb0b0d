import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column, diagonal, matMul, matVec, transpose, transposeVec } from '../../linalg/matrix.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { logisticRegression, predictProbability } from './logistic-regression.js';

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

  it('has the inverse of XᵀWX + λI for its covariance, and a likelihood without the penalty', () => {
    const n = 60;
    const x = design({ a: gaussian(21, n), b: gaussian(22, n).map((z) => 3 * z) });
    const noise = gaussian(23, n);
    const y = column(x, 1).map((a, i) => (a + noise[i] > 0 ? 1 : 0));
    for (const lambda of [0, 2, 30]) {
      const { coefficients, covariance, probabilities, standardErrors, logLikelihood } = logisticRegression(x, y, { lambda });
      const weighted = {
        ...x,
        data: x.data.map((value, at) => value * probabilities[Math.floor(at / 3)] * (1 - probabilities[Math.floor(at / 3)])),
      };
      const information = matMul(transpose(x), weighted);
      for (const j of [1, 2]) information.data[4 * j] += lambda; // the penalty spares the intercept
      expectClose(matMul(covariance, information).data, [1, 0, 0, 0, 1, 0, 0, 0, 1], 10);
      expectClose(
        standardErrors.map((se) => se ** 2),
        diagonal(covariance),
        12,
      );
      const odds = matVec(x, coefficients);
      expect(logLikelihood).toBeCloseTo(
        odds.reduce((sum, eta, i) => sum - Math.log1p(Math.exp(y[i] ? -eta : eta)), 0),
        10,
      );
    }
  });

  it('looks for separation in long samples too', () => {
    const a = gaussian(31, 400);
    const b = gaussian(32, 400);
    const above = a.map((value, i) => (2 * value - b[i] > 0.5 ? 1 : 0)); // a line divides the labels
    expect(() => logisticRegression(design({ a, b }), above)).toThrow("a combination led by 'a' separates the labels");
    const tied = a.map((value) => (value > 2 ? 1 : 0)); // on in no row with the label 0
    expect(() =>
      logisticRegression(
        design({ b, tied }),
        a.map((value) => (value > 0 ? 1 : 0)),
      ),
    ).toThrow("led by 'tied' separates");
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

  // Nearly separated labels under a small penalty: from step 7 or 8 on a whole Newton step falls below where it started.
  it.each([
    { a: [-1, -1, -1, -2, -2, -1, -2, 7, 1], b: [-8, 0, -1, -1, 2, 4, 3, 0, -3], y: [0, 0, 0, 0, 0, 1, 1, 1, 0], lambda: 0.001, steps: 14 },
    {
      a: [1, -1, 2, -1, -1, -11, 46, -1, 17],
      b: [-2, -4, 0, 2, -1, -3, 8, -1, 1],
      y: [0, 0, 1, 1, 0, 0, 1, 0, 1],
      lambda: 0.001,
      steps: 14,
    },
    {
      a: [-1, -16, 1, -1, 6, -1, -13, 1, 15, -1],
      b: [-1, 5, -3, 0, 2, 0, 6, 1, -1, 1],
      y: [0, 0, 0, 0, 1, 0, 0, 1, 1, 0],
      lambda: 0.01,
      steps: 13,
    },
  ])('halves a Newton step that overshoots, $steps in all', ({ a, b, y, lambda, steps }) => {
    const x = design({ a, b });
    const { coefficients, probabilities, iterations } = logisticRegression(x, y, { lambda });
    const slope = transposeVec(
      x,
      probabilities.map((p, i) => y[i] - p),
    );
    expectClose(
      slope.map((g, j) => g - (j === 0 ? 0 : lambda) * coefficients[j]),
      [0, 0, 0],
      9,
    );
    expect(iterations).toBe(steps);
  });

  // Two columns of a common part and one of their own, and the same space in columns that are well apart, whose fit is the reference.
  it.each([
    { own: 1e-3, rows: 60, lambda: 0 },
    { own: 1e-5, rows: 60, lambda: 0 },
    { own: 1e-7, rows: 60, lambda: 0 },
    { own: 1e-7, rows: 700, lambda: 0 },
    { own: 1e-7, rows: 60, lambda: 1e-22 },
  ])('keeps its digits on columns that differ by $own, in $rows rows, penalty $lambda', ({ own, rows, lambda }) => {
    const [a, b, noise] = [1, 2, 3].map((seed) => gaussian(seed, rows));
    const y = a.map((z, i) => (z - 0.5 * b[i] + 2 * noise[i] > 0 ? 1 : 0));
    const close = logisticRegression(design({ a, near: a.map((z, i) => z + own * b[i]) }), y, { lambda });
    const apart = logisticRegression(design({ a, b }), y); // β_b = own · β_near, β_a = their sum
    const [, first, second] = close.coefficients;
    expectClose([first + second, own * second], apart.coefficients.slice(1), 5);
    expect((own * close.standardErrors[2]) / apart.standardErrors[2]).toBeCloseTo(1, own > 1e-6 ? 8 : 5);
    expect(close.logLikelihood).toBeCloseTo(apart.logLikelihood, 7);
  });

  it.each([1e-10, 1e-14, 1e-16])('has a maximum where labels overlap by %d, and none where they only touch', (d) => {
    const fan = (overlap: number) =>
      logisticRegression({ rows: 4, cols: 2, data: Float64Array.of(1, -overlap, 1, overlap, 0.1, 1, -0.1, 1) }, [1, 0, 1, 1]);
    // The slope along the second column is 2 σ(−β₂) − d, as long as dβ₂ is small.
    const { coefficients } = fan(d);
    expect(coefficients[0]).toBeCloseTo(0, 10);
    expect(Math.abs(coefficients[1] - Math.log(2 / d - 1))).toBeLessThan(2 * Math.sqrt(4e-20 / d)); // Newton ends at δ²d ≤ 1e-20 n
    for (const none of [0, -d]) expect(() => fan(none)).toThrow("a combination led by 'column 1' separates the labels");
  });

  it('tells the last bit of a number from a tie', () => {
    const at = (middle: number) => logisticRegression(design({ x: [0, middle, 1, 2] }), [0, 0, 1, 1]);
    const { probabilities } = at(1 + Number.EPSILON);
    expectClose(probabilities, [0, 0.5, 0.5, 1], 12);
    // Rows further off, more of them on one side: the weights of the maximum prove it, and no others do.
    const uneven = logisticRegression(design({ x: [0, 0.5, 1 + Number.EPSILON, 1, 3] }), [0, 0, 0, 1, 1]);
    expectClose(uneven.probabilities, [0, 0, 0.5, 0.5, 1], 12);
    for (const none of [1, 1 - Number.EPSILON]) expect(() => at(none)).toThrow("a combination led by 'x' separates the labels");
  });

  it.each([1e-6, 1e-8, 1e-10])(
    'has a maximum where columns nearly repeat each other, by %d, and one label is far on the wrong side',
    (own) => {
      const n = 200;
      const [a, b, noise] = [1, 2, 3].map((seed) => gaussian(seed, n));
      const y = a.map((value, i) => (value + 0.5 * noise[i] > 0 ? 1 : 0));
      [a[0], y[0]] = [20, 0];
      const near = logisticRegression(design({ a, c: a.map((value, i) => value + own * b[i]) }), y);
      // The same model in columns that are well apart: β_a a + β_c c = (β_a + β_c) a + own β_c b; of b the last bits of c keep so many digits.
      const apart = logisticRegression(design({ a, b }), y);
      const digits = Math.round(-Math.log10(1e-15 / own)) - 2;
      expect(near.logLikelihood).toBeCloseTo(apart.logLikelihood, digits - 1);
      expectClose(near.probabilities, apart.probabilities, digits);
      expect(own * near.coefficients[2]).toBeCloseTo(apart.coefficients[2], digits);
      expect(own * near.standardErrors[2]).toBeCloseTo(apart.standardErrors[2], digits);
      expect(near.iterations).toBeLessThan(10);
    },
  );

  it('shares a coefficient between two copies of a column under a penalty', () => {
    const [a, noise] = [gaussian(1, 80), gaussian(2, 80)];
    const y = a.map((z, i) => (z + noise[i] > 0 ? 1 : 0));
    const [, first, second] = logisticRegression(design({ a, copy: a }), y, { lambda: 1 }).coefficients;
    expect(first).toBeCloseTo(second, 12);
    expect(first + second).toBeCloseTo(logisticRegression(design({ a }), y, { lambda: 0.5 }).coefficients[1], 9); // λ(b² + b²) = (λ/2)(2b)²
  });

  it('asks neither for separation nor for rank where a penalty makes both harmless, however small it is', () => {
    const [a, noise] = [gaussian(1, 80), gaussian(2, 80)];
    const y = a.map((z, i) => (z + noise[i] > 0 ? 1 : 0));
    const [, first, second] = logisticRegression(design({ a, copy: a }), y, { lambda: 1e-12 }).coefficients;
    expect(first + second).toBeCloseTo(logisticRegression(design({ a }), y).coefficients[1], 3);
    expect(() => logisticRegression(design({ a: [1, 2, 3, 4] }), [0, 0, 1, 1], { lambda: 0.001, maxIterations: 5 })).toThrow(
      'no maximum after 5',
    );
  });

  it('names separation though it may take few steps', () => {
    const x = design({ a: [1, 2, 3, 4] });
    expect(() => logisticRegression(x, [0, 0, 1, 1], { maxIterations: 2 })).toThrow('separates the labels');
  });

  it('counts its steps, and stops when they are too many', () => {
    const fair = Float64Array.from({ length: 40 }, (_, i) => i % 2);
    const ones = { rows: 40, cols: 1, data: new Float64Array(40).fill(1), names: ['intercept'] };
    expect(logisticRegression(ones, fair).iterations).toBe(0);
    const x = design(logit.columns);
    const { iterations } = logisticRegression(x, logit.y);
    expect(iterations).toBeGreaterThan(3);
    expect(logisticRegression(x, logit.y, { maxIterations: iterations + 1 }).iterations).toBe(iterations);
    expect(() => logisticRegression(x, logit.y, { maxIterations: iterations })).toThrow(
      `logisticRegression: no maximum after ${iterations} Newton steps`,
    );
  });

  it('names what is wrong', () => {
    const x = gaussian(1, 30);
    const y = gaussian(2, 30).map((z) => (z > 0 ? 1 : 0));
    const gap = x.map((value, i) => (i === 3 ? Number.NaN : value));
    expect(() => logisticRegression(design({ x: gap }), y)).toThrow("logisticRegression: x is NaN at row 3, 'x'");
    expect(() => logisticRegression(design({ x }), new Float64Array(30).fill(1))).toThrow('every label is 1; both must occur');
    expect(() => logisticRegression(design({ x }), y, { lambda: -1 })).toThrow('lambda must be');
    expect(() => logisticRegression(design({ none: new Float64Array(30), x }, { intercept: false }), y)).toThrow("'none' is all zeros");
    expect(() => logisticRegression(design({ a: [1, 2], b: [1, 3] }), [0, 1])).toThrow('is a linear combination of');
    expect(() => logisticRegression(design({ a: [1, 2] }), [0, 1])).toThrow('separates the labels'); // as many rows as columns
    expect(() => logisticRegression(design({ a: [1, 2] }), [0, 1])).toThrow(Error);
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
