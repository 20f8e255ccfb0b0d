import * as tf from '@tensorflow/tfjs';
import { valueAndGrad } from '../tensor/index.js';
import type { Tensors } from './flat.js';
import type { Optimizer } from './optimizer.js';

/**
 * A step of training as one pure function: call it eagerly, where it frees what it made on the way, or `compile` it, and forward, backward
 * and optimiser become one graph.
 *
 *     const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
 *     let { state, loss } = await step(optimizer.init(params), x, y);
 *
 *     θₖ₊₁ = update(θₖ, ∇L(θₖ))
 *
 * What else changes from step to step is an argument of the loss, and moves beside the optimiser's state:
 *
 *     const learn = trainingStep(optimizer, lossOf);
 *     const step = compile(({ learner, averages }, x, y) => {
 *       const next = forward(optimizer.params(learner), averages, x).averages;      // the same nodes as in the loss
 *       const { state, loss } = learn(learner, averages, x, y);
 *       return { state: { learner: state, averages: next }, loss };
 *     }, { donate: [0] });
 *
 * @param lossOf  L, one number, of the parameters and of what a step is given: a batch, or more
 * @returns       a function of the optimiser's state and of what else the loss takes: the next state, and the loss before the step
 * @throws        as `valueAndGrad`
 */
export const trainingStep =
  <P, S, R extends unknown[]>(optimizer: Optimizer<P, S>, lossOf: (params: Tensors<P>, ...rest: R) => tf.Tensor) =>
  (state: S, ...rest: R): { state: S; loss: tf.Scalar } =>
    tf.tidy(() => {
      const { value: loss, grads } = valueAndGrad(lossOf)(optimizer.params(state), ...rest);
      return { state: optimizer.update(state, grads as Tensors<P>), loss } as tf.TensorContainerObject;
    }) as { state: S; loss: tf.Scalar };
