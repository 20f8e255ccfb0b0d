import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows, rounding } from './operator.js';

/*
 * Central moments of the last `window` rows by two stacks, as window-sum.ts explains: the moments of the head and of the end of the block
 * before are joined, and squares are never taken from one another, so that a level far above the changes costs no digits and a constant
 * window has a variance of exactly 0, as has one that is constant but for rounding. Welford 1962; Chan, Golub & LeVeque 1983, eq. 2.1; Pébay 2008.
 */

const varianceOver = (window: number): Operator => ({
  key: `variance ${window}`,
  first: window - 1,
  memory: 0,
  start: (N) => ({
    means: missing(window * N),
    squares: missing(window * N),
    mean: new Float64Array(N),
    square: new Float64Array(N),
    at: new Float64Array(1),
  }),
  push({ means, squares, mean, square, at }, [x], out, N) {
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      const [share, together, per] = [1 / k, (k * (window - k)) / window, 1 / (window - 1)];
      if (k < window)
        for (let n = 0; n < N; n++) {
          const value = x[row + n];
          means[own + n] = value;
          const distance = value - mean[n];
          const m = mean[n] + distance * share;
          const s = square[n] + distance * (value - m);
          mean[n] = m;
          square[n] = s;
          const apart = m - means[next + n];
          const v = (squares[next + n] + s + apart * apart * together) * per;
          out[row + n] = v < rounding(value) ? 0 : v;
        }
      else {
        for (let n = 0; n < N; n++) {
          const value = x[row + n];
          means[own + n] = value;
          const distance = value - mean[n];
          const v = (square[n] + distance * (value - (mean[n] + distance * share))) * per;
          out[row + n] = v < rounding(value) ? 0 : v;
        }
        turn(means, squares, mean, square, N);
        k = 0;
      }
    }
    at[0] = k;
  },
});

/** Of a full block: the moments from each row to its end; and the head empty. */
function turn(means: Float64Array, squares: Float64Array, mean: Float64Array, square: Float64Array, N: number): void {
  mean.fill(0);
  square.fill(0);
  for (let i = means.length - N, count = 1; i >= N; i -= N, count++) {
    const share = 1 / count;
    for (let n = 0; n < N; n++) {
      const value = means[i + n];
      const distance = value - mean[n];
      mean[n] += distance * share;
      square[n] += distance * (value - mean[n]);
      means[i + n] = mean[n];
      squares[i + n] = square[n];
    }
  }
  mean.fill(0);
  square.fill(0);
}

/** The variance of the last `window` rows, Σ (x − x̄)²/(window − 1); 0 where rounding alone tells them apart, below 3e-15 or 1e-13 of their size. */
export const windowVariance = (x: Expression, window: number): Expression =>
  apply(varianceOver(requireRows('windowVariance', window, 2)), x);

const covarianceOver = (window: number): Operator => ({
  key: `covariance ${window}`,
  first: window - 1,
  memory: 0,
  start: (N) => ({
    xs: missing(window * N),
    ys: missing(window * N),
    products: missing(window * N),
    meanX: new Float64Array(N),
    meanY: new Float64Array(N),
    product: new Float64Array(N),
    at: new Float64Array(1),
  }),
  push({ xs, ys, products, meanX, meanY, product, at }, [x, y], out, N) {
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      const [share, together, per] = [1 / k, (k * (window - k)) / window, 1 / (window - 1)];
      for (let n = 0; n < N; n++) {
        const a = x[row + n];
        const b = y[row + n];
        xs[own + n] = a;
        ys[own + n] = b;
        const distance = a - meanX[n];
        const mx = meanX[n] + distance * share;
        const my = meanY[n] + (b - meanY[n]) * share;
        const c = product[n] + distance * (b - my);
        meanX[n] = mx;
        meanY[n] = my;
        product[n] = c;
        out[row + n] = (k < window ? products[next + n] + c + (mx - xs[next + n]) * (my - ys[next + n]) * together : c) * per;
      }
      if (k < window) continue;
      turnPairs(xs, ys, products, N);
      meanX.fill(0);
      meanY.fill(0);
      product.fill(0);
      k = 0;
    }
    at[0] = k;
  },
});

/** Of a full block of pairs: the moments from each row to its end. */
function turnPairs(xs: Float64Array, ys: Float64Array, products: Float64Array, N: number): void {
  products.fill(0, products.length - N);
  for (let i = xs.length - 2 * N, count = 2; i >= N; i -= N, count++) {
    const share = 1 / count;
    for (let n = 0; n < N; n++) {
      const distance = xs[i + n] - xs[i + N + n];
      const mean = ys[i + N + n] + (ys[i + n] - ys[i + N + n]) * share;
      products[i + n] = products[i + N + n] + distance * (ys[i + n] - mean);
      xs[i + n] = xs[i + N + n] + distance * share;
      ys[i + n] = mean;
    }
  }
}

/** The covariance of the last `window` rows of x and y, Σ (x − x̄)(y − ȳ)/(window − 1). */
export const windowCovariance = (x: Expression, y: Expression, window: number): Expression =>
  apply(covarianceOver(requireRows('windowCovariance', window, 2)), x, y);
