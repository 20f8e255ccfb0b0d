import * as tf from '@tensorflow/tfjs';
import './gradients.js';
import { showShape } from '../base/index.js';
import { flatten, type Mapped, type Tree } from './tree.js';

/** A tree of gradients, one for each tensor of `P`. */
export type Grads<P> = Mapped<P, tf.Tensor, tf.Tensor>;

/**
 * A loss and its gradient with respect to the tree `params`, its first argument; other arguments are held constant.
 *
 *     const { value, grads } = valueAndGrad(lossOf)(params, batch)
 *
 * A parameter that the loss does not depend on has gradient 0. Works on eager tensors and inside `compile`; what the caller
 * does not keep (`value` and `grads`) is disposed.
 *
 * @throws when the loss is not a float scalar, or a parameter is not a float tensor
 *
 * thm:backprop.
 */
export function valueAndGrad<P, R extends unknown[]>(
  loss: (params: P, ...rest: R) => tf.Tensor,
): (params: P, ...rest: R) => { value: tf.Scalar; grads: Grads<P> } {
  return (params, ...rest) => {
    const { leaves, paths, unflatten } = flatten<tf.Tensor>(params as Tree<tf.Tensor>, 'params');
    leaves.forEach((leaf, i) => {
      if (!(leaf instanceof tf.Tensor) || leaf.dtype !== 'float32')
        throw new Error(`valueAndGrad: ${paths[i]} must be a float32 tensor, got ${describe(leaf)}; pass constants as later arguments`);
    });
    // The engine's own call instead of tf.valueAndGrads, because only it tells an unused parameter from a failure.
    const forward = () => scalar(loss(params, ...rest));
    const { value, grads } = tf.engine().gradients(forward, leaves, undefined, true);
    const filled = leaves.map((leaf, i) => grads[i] ?? tf.zerosLike(leaf));
    return { value: value as tf.Scalar, grads: unflatten(filled) as Grads<P> };
  };
}

/** The gradient alone; see `valueAndGrad`. */
export function grad<P, R extends unknown[]>(loss: (params: P, ...rest: R) => tf.Tensor): (params: P, ...rest: R) => Grads<P> {
  return (params, ...rest) => {
    const { value, grads } = valueAndGrad(loss)(params, ...rest);
    value.dispose();
    return grads;
  };
}

function scalar(y: tf.Tensor): tf.Tensor {
  if (y instanceof tf.Tensor && y.size === 1 && y.dtype === 'float32') return y.rank === 0 ? y : y.asScalar();
  throw new Error(`valueAndGrad: the loss must be one float32 number, got ${describe(y)}; reduce it with .mean() or .sum()`);
}

const describe = (x: unknown) =>
  x instanceof tf.Tensor ? `${x.dtype} ${showShape(x)}` : x instanceof Promise ? 'a Promise' : `a ${typeof x}`;
