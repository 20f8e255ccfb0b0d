import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matVec, transposeVec } from '../../linalg/matrix.js';
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
