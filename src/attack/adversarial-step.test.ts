import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../tests/support/gradients.js';
import { key, normal } from '../base/index.js';
import { sgd } from '../optim/sgd.js';
import { compile } from '../tensor/compile.js';
import { adversarialStep } from './adversarial-step.js';
import { randomStart } from './ball.js';
import type { Raised } from './fgsm.js';
import { pgd } from './pgd.js';

const tensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

describe('adversarialStep', () => {
  const initial = { w: { data: Float32Array.of(0.5, -1, 2), shape: [3, 1] } };
  const optimizer = sgd(initial, { learningRate: 0.1 });
  const [x, y] = [normal(key(7), [8, 3]), { data: normal(key(8), [8, 1]).data.map(Math.sign), shape: [8, 1] }];
  const lossOf = ({ w }: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor) => y.mul(x.matMul(w)).neg().softplus();
  const attack = (loss: Raised, x: tf.Tensor, start: tf.Tensor) => pgd(loss, x, { epsilon: 0.1, steps: 4, start });
  const start = randomStart(key(9), 'linf', [8, 3]);

  // Against a linear model the inner maximum is known, so the step is one of gradient descent on softplus(ε ‖w‖₁ − y x w).
  it.each(['openvino', 'onnxruntime'] as const)('on %s is the step on the closed-form worst case, in one graph', async (runtime) => {
    const step = compile(adversarialStep(optimizer, lossOf, attack), { runtime });
    const { state, loss } = await step(optimizer.init(initial), { x, y, start });
    const worst = (w: tf.Tensor) =>
      w
        .abs()
        .sum()
        .mul(0.1)
        .sub(tensor(y).mul(tensor(x).matMul(w)))
        .softplus()
        .mean();
    const w = tensor(initial.w);
    expect(loss.item()).toBeCloseTo(worst(w).dataSync()[0], 5);
    expect(distance(state.parameters.data() as Float32Array, w.sub(tf.grad(worst)(w).mul(0.1)).dataSync())).toBeLessThan(1e-5);
    expect(step.programs).toHaveLength(1);
  });
});
