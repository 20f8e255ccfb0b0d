import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromColumns, matVec, transposeVec } from '../../linalg/matrix.js';
import { qr } from '../../linalg/qr.js';
import { design } from './design.js';
import { logisticRegression } from './logistic-regression.js';
import { separatingDirection } from './separation.js';
import { sigmoid } from './weighted-design.js';

const row = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.boolean());

describe('separatingDirection', () => {
  it('separates, or leaves labels that have an estimate: either answer comes with its proof', () => {
    let separated = 0;
    let estimated = 0;
    const holds = (rows: [number, number, boolean][]) => {
      const x = design({ a: rows.map(([a]) => a), b: rows.map(([, b]) => b) });
      const y = Float64Array.from(rows, ([, , label]) => Number(label));
      fc.pre(qr(x).dependent < 0 && y.includes(0) && y.includes(1));
      const signs = y.map((label) => 2 * label - 1);
      const direction = separatingDirection(x, signs);
      if (direction) {
        separated++;
        const margins = matVec(x, direction).map((eta, i) => eta * signs[i]);
        expect(Math.max(...margins)).toBeGreaterThan(0);
        expect(Math.min(...margins)).toBeGreaterThan(-1e-9 * Math.max(...margins));
      } else {
        estimated++;
        // A point where the gradient is zero exists only without separation: its residuals are the positive weights that forbid it.
        const { coefficients } = logisticRegression(x, y);
        const slope = transposeVec(
          x,
          matVec(x, coefficients).map((eta, i) => signs[i] * sigmoid(-signs[i] * eta)),
        );
        expect(Math.max(...slope.map(Math.abs))).toBeLessThan(1e-8);
      }
    };
    fc.assert(fc.property(fc.array(row, { minLength: 4, maxLength: 16 }), holds), { seed: 3, numRuns: 2000 });
    expect(Math.min(separated, estimated)).toBeGreaterThan(200); // both answers were tried
  });

  it('takes a row of zeros for what it is: it bars no direction', () => {
    // Without an intercept; in Q such a row is rounding and no zero. 1·d and 2·d must be above 0, 0·d may be 0.
    const x = fromColumns([[0, 1, 2]]);
    expect(separatingDirection(x, Float64Array.of(-1, 1, 1))![0]).toBeGreaterThan(0);
    expect(separatingDirection(fromColumns([[1, 2, 0]]), Float64Array.of(1, 1, -1))![0]).toBeGreaterThan(0);
    expect(() => logisticRegression(x, [0, 1, 1])).toThrow('separates the labels');
    const holds = (values: number[], labels: boolean[]) => {
      const signs = Float64Array.from(values, (_, i) => (labels[i] ? 1 : -1));
      const products = values.map((value, i) => value * signs[i]).filter((product) => product !== 0);
      fc.pre(products.length > 0);
      const apart = products.every((product) => product > 0) || products.every((product) => product < 0);
      expect(separatingDirection(fromColumns([values]), signs) !== undefined).toBe(apart);
    };
    const values = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(values, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), holds));
  });

  it('finds the direction of a sample whose weights are freed and fixed again', () => {
    const x = design({
      a: [-0.6, 0, 0, 0.1, 6.4, 0.2, -1.5, -0.5, 0, 0.2, -0.3, -0.9, -17.2, -0.9, 0],
      b: [-26.9, -10.2, 0.2, 0, 0, 0, -0.5, 0.3, 0.1, -1.4, -0.2, -0.2, -2.9, -0.1, 0.8],
      c: [-0.9, -4.8, 0, 0, 0, -0.6, -2.2, -0.4, 0.1, -11.4, 0, 2.3, 1.4, -1.4, 0.2],
    });
    const signs = Float64Array.from('110010000110000', (label) => 2 * Number(label) - 1);
    const margins = matVec(x, separatingDirection(x, signs)!).map((eta, i) => eta * signs[i]);
    expect(Math.max(...margins)).toBeGreaterThan(1);
    expect(Math.min(...margins)).toBeGreaterThan(-1e-12);
  });

  it('does not change with the scale of a column or of all rows', () => {
    const a = Float64Array.of(1, 2, 3, 4, 5, 6);
    const signs = Float64Array.of(-1, -1, 1, -1, 1, 1);
    const apart = Float64Array.of(-1, -1, -1, 1, 1, 1);
    for (const scale of [1e-9, 1, 1e9]) {
      const x = design({ a: a.map((value) => value * scale) });
      expect(separatingDirection(x, signs)).toBeUndefined();
      expect(separatingDirection(x, apart)).toBeDefined();
    }
  });
});
