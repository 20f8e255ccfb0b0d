import * as tf from '@tensorflow/tfjs';
import { key, showShape, sizeOf, uniform } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { grad } from './grad.js';
import { interpret } from './interpret/interpret.js';
import { trace } from './trace/trace.js';

/** Where a gradient is checked: a tensor, or its numbers. */
export type Point = tf.Tensor | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** How `gradCheck` measures, and what it lets pass. */
export interface GradCheckOptions {
  /** Half the width of the difference; 1e-5 by default. */
  readonly h?: number;
  /** The largest relative error that passes; 1e-7 by default. */
  readonly tolerance?: number;
}

/**
 * Checks that the gradient of `fn` is its derivative, in double precision: `fn` and its gradient are traced once and interpreted.
 *
 *     n = (f(x + h e) − f(x − h e)) / 2h        |a − n| / max(1, max|a|, max|n|) ≤ tolerance
 *
 * An output of more than one element is summed with fixed random weights first, so that each element counts.
 *
 * @param fn      of float tensors; differentiable at the points, which must be more than 10 h from its kinks
 * @param points  one for each argument
 * @returns       the largest relative error
 * @throws        when it exceeds the tolerance, naming the argument and the element
 */
export function gradCheck(fn: (...xs: tf.Tensor[]) => tf.Tensor, points: readonly Point[], options: GradCheckOptions = {}): number {
  checkOptions('gradCheck', options, ['h', 'tolerance']);
  const { h = 1e-5, tolerance = 1e-7 } = options;
  const specs = points.map(({ shape }) => ({ shape, dtype: 'float32' as const }));
  const at = points.map((point) => Float64Array.from(point instanceof tf.Tensor ? point.dataSync() : point.data));
  const loss = (xs: tf.Tensor[]) => weighted(fn(...xs));
  const value = trace((...xs) => [loss(xs)], specs);
  const gradient = trace((...xs) => grad(loss)(xs), specs);

  const analytic = interpret(gradient, at);
  const numeric = at.map((x) =>
    x.map((centre, i) => {
      const [above, below] = [centre + h, centre - h].map((moved) => {
        x[i] = moved;
        return interpret(value, at)[0][0];
      });
      x[i] = centre;
      return (above - below) / (2 * h);
    }),
  );

  const scale = Math.max(1, ...[...analytic, ...numeric].flatMap((g) => Array.from(g, Math.abs)));
  let worst = { error: 0, argument: 0, i: 0 };
  analytic.forEach((g, argument) => {
    numeric[argument].forEach((n, i) => {
      const error = Math.abs(g[i] - n) / scale;
      if (!(error <= worst.error)) worst = { error, argument, i };
    });
  });
  const { error, argument, i } = worst;
  if (error <= tolerance) return error;
  throw new Error(
    `gradCheck: argument ${argument} ${showShape(points[argument])}, element ${i}: the gradient says ${analytic[argument][i]}, central differences say ` +
      `${numeric[argument][i]}; relative error ${error.toExponential(1)}, allowed ${tolerance}. The backward is wrong, or the point is near a kink`,
  );
}

function weighted(y: tf.Tensor): tf.Tensor {
  if (y.size === 1) return y.asScalar();
  const weights = uniform(key(0), [sizeOf(y.shape)]).data.map((u) => u + 0.5);
  return y.mul(tf.tensor(weights, y.shape)).sum();
}
