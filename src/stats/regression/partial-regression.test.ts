import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns, type Matrix } from '../../linalg/matrix.js';
import { dot, mean } from '../../linalg/vector.js';
import { linearRegression } from './linear-regression.js';
import { type PartialRegression, partialRegression } from './partial-regression.js';

const { x: X, y: Y } = factorReturns(300, 11);

describe('partialRegression', () => {
  it('names the columns there are', () => {
    expect(() => partialRegression(X, Y, 'momentum')).toThrow(
      "partialRegression: x has no column 'momentum'; it has 'intercept', 'market', 'size', 'value'",
    );
    const alone = fromColumns([column(X, 1)], ['market']);
    expect(() => partialRegression(alone, Y, 'market')).toThrow("'market' is the only column, so there is nothing to take out of it");
  });

  it('takes one column out of another', () => {
    const two = fromColumns([column(X, 0), column(X, 1)], ['intercept', 'market']);
    expect(partialRegression(two, Y, 'market').slope).toBeCloseTo(linearRegression(two, Y).coefficients[1], 12);
  });

  it('names a sample that has no partial regression', () => {
    const gap = Y.map((value, i) => (i === 5 ? Number.NaN : value));
    expect(() => partialRegression(X, gap, 'market')).toThrow('partialRegression: y is NaN at row 5');
    const twice = fromColumns([column(X, 0), column(X, 1), column(X, 1)], ['intercept', 'market', 'copy']);
    for (const name of ['intercept', 'market', 'copy'])
      expect(() => partialRegression(twice, Y, name)).toThrow(
        "partialRegression: 'copy' is a linear combination of 'intercept' and 'market'",
      );
    const none = fromColumns([new Float64Array(300), column(X, 1)], ['none', 'market']);
    expect(() => partialRegression(none, Y, 'market')).toThrow("partialRegression: 'none' is all zeros");
    const short = fromColumns([Float64Array.of(1, 1), Float64Array.of(1, 2)], ['intercept', 'market']);
    expect(() => partialRegression(short, [1, 2], 'market')).toThrow('partialRegression: 2 rows cannot determine 2 coefficients');
  });
});

type Partial = typeof partialRegression;

const through = (x: Float64Array, y: Float64Array): PartialRegression => ({ x, y, slope: dot(x, y) / dot(x, x) });
const numberOf = (x: Matrix, name: string) => x.names!.indexOf(name);

theorem<Partial>('thm:frisch-waugh-lovell', {
  real: partialRegression,
  check: (partial) => {
    for (const sample of [{ x: X, y: Y }, factorReturns(25, 12)]) {
      const full = linearRegression(sample.x, sample.y);
      for (const [j, name] of full.names.entries()) {
        const { slope, x, y } = partial(sample.x, sample.y, name);
        expect(slope).toBeCloseTo(full.coefficients[j], 10);
        expect(slope).toBeCloseTo(dot(x, y) / dot(x, x), 10);
        expectClose(
          y.map((value, i) => value - slope * x[i]),
          full.residuals,
          12,
        );
      }
    }
  },
  mutants: {
    'flips the sign of the slope': (x, y, name) => {
      const partial = partialRegression(x, y, name);
      return { ...partial, slope: -partial.slope };
    },
    'shrinks the slope by one in a thousand': (x, y, name) => {
      const partial = partialRegression(x, y, name);
      return { ...partial, slope: 0.999 * partial.slope };
    },
    'takes nothing out': (x, y, name) => through(column(x, numberOf(x, name)), Float64Array.from(y)),
    'takes the others out of y only': (x, y, name) => through(column(x, numberOf(x, name)), partialRegression(x, y, name).y),
    // The slope survives this one: x̃ᵀy = x̃ᵀỹ. The residuals do not.
    'takes the others out of x only': (x, y, name) => through(partialRegression(x, y, name).x, Float64Array.from(y)),
    'takes out nothing but the mean': (x, y, name) => {
      const values = column(x, numberOf(x, name));
      const centred = (v: ArrayLike<number>) => Float64Array.from(v, (value) => value - mean(v));
      return name === 'intercept' ? partialRegression(x, y, name) : through(centred(values), centred(y));
    },
  },
});
