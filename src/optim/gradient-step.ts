import * as tf from '@tensorflow/tfjs';
import { valueAndGrad } from '../tensor/index.js';

/** Weights of a linear predictor: w [p, 1]. */
export type Weights = { readonly w: tf.Tensor2D };

/** Rows for a linear predictor: x [B, p], y [B, 1]. */
export type Rows = { readonly x: tf.Tensor2D; readonly y: tf.Tensor2D };

/** ½ mean (Xw − y)²: `leastSquares` without penalty, in TensorFlow.js operations. */
export const squaredError = ({ w }: Weights, { x, y }: Rows): tf.Scalar => x.matMul(w).sub(y).square().mean().mul(0.5);

/** mean log(1 + exp(−(2y − 1)Xw)): `logisticLoss` without penalty, in TensorFlow.js operations. */
export const logLoss = ({ w }: Weights, { x, y }: Rows): tf.Scalar =>
  x
    .matMul(w)
    .mul(tf.sub(1, y.mul(2)))
    .softplus()
    .mean();

/**
 * One step of gradient descent on any loss, as a pure function: call it eagerly, or `compile` it and it becomes one graph.
 *
 *     const step = compile(gradientStep(squaredError, 0.1), { donate: [0] });
 *     ({ params, loss } = await step(params, rows));
 *
 *     wₖ₊₁ = wₖ − η∇f(wₖ)
 *
 * @param step  η
 * @returns     the next parameters, and the loss before the step
 */
export const gradientStep =
  <R>(loss: (params: Weights, rows: R) => tf.Tensor, step: number) =>
  (params: Weights, rows: R): { params: Weights; loss: tf.Scalar } =>
    tf.tidy(() => {
      const { value, grads } = valueAndGrad(loss)(params, rows);
      return { params: { w: params.w.sub(grads.w.mul(step)) as tf.Tensor2D }, loss: value };
    });
