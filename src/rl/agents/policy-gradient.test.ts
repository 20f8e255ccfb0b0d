import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { categoricalEntropy, categoricalLogProbability } from '../categorical-policy.js';
import reference from '../reinforcement.reference.json' with { type: 'json' }; // made by reference/reinforcement.py with PyTorch 2.13
import { actorCriticLoss, policyGradientLoss, ppoLoss } from './policy-gradient.js';

const row = (...data: number[]) => ({ data, shape: [data.length] });
const ppo = (logProbability: tf.Tensor, old: tf.Tensor, advantage: tf.Tensor) => ppoLoss(logProbability, advantage, { old });

describe('policyGradientLoss', () => {
  it('is less the mean of advantages times log-probabilities', () => {
    const { y, grads } = inDouble(policyGradientLoss, [row(-1, -2), row(3, 0.5)]); // −½ (−3 − 1), and by log π −½ (3, 0.5)
    expect(y[0]).toBeCloseTo(2, 12);
    expectClose(grads[0], [-1.5, -0.25], 12);
  });

  it('names the shapes that do not fit', () => {
    expect(() => policyGradientLoss(tf.zeros([3]), tf.zeros([2]))).toThrow(
      'policyGradientLoss takes one number for each row of each: [B]: got logProbability [3], advantage [2]',
    );
    expect(() => policyGradientLoss(tf.zeros([3, 1]), tf.zeros([3, 1]))).toThrow('got logProbability [3,1], advantage [3,1]');
    expect(() => policyGradientLoss(tf.zeros([0]), tf.zeros([0]))).toThrow('policyGradientLoss');
  });
});

describe('ppoLoss', () => {
  const at = (ratio: number, advantage: number) => {
    const { y, grads } = inDouble(ppo, [row(Math.log(ratio)), row(0), row(advantage)]);
    return [y[0], grads[0][0]];
  };

  it('is the policy gradient where the policy has not moved', () => {
    const advantage = tf.tensor1d([1, -2, 0.5]);
    const slope = (loss: (l: tf.Tensor) => tf.Tensor) => valueAndGrad(loss)(tf.zeros([3])).grads.dataSync();
    expectClose(
      slope((l) => ppoLoss(l, advantage, { old: tf.zeros([3]) })),
      Array.from(slope((l) => policyGradientLoss(l, advantage))),
      7,
    );
  });

  // Value −min(rA, clip(r, 0.8, 1.2) A), slope −rA where that is not clipped.
  it('stops pushing past 1 ± ε, but always pulls back', () => {
    expectClose(at(1.19, 2), [-2.38, -2.38], 6);
    expectClose(at(1.21, 2), [-2.4, 0], 6);
    expectClose(at(1.21, -2), [2.42, 2.42], 6);
    expectClose(at(0.79, -2), [1.6, 0], 6);
    expectClose(at(0.79, 2), [-1.58, -1.58], 6);
  });

  it('has the derivatives of its plain form, by every argument', () => {
    const inputs = [
      row(...[0.5, 0.75, 1.1, 1.25, 1.5, 0.5, 0.75, 1.1, 1.25, 1.5].map(Math.log)),
      row(...[1, 0.9, 1, 1.1, 1, 1, 0.9, 1, 1.1, 1].map(Math.log)),
      row(1, 2, 3, 0.5, 0.7, -1, -2, -3, -0.5, -0.7),
    ];
    for (const clip of [undefined, 0.4])
      expectSameDerivatives(
        (l, old, advantage) => ppoLoss(l, advantage, { old, clip }),
        (l, old, advantage) => ppoLoss.plain(l, advantage, { old, clip }),
        inputs,
        { data: [-1.3], shape: [] },
      );
  });

  it('names what does not fit', () => {
    expect(() => ppoLoss(tf.zeros([3]), tf.zeros([3]), { old: tf.zeros([3]), clip: 0 })).toThrow(
      'ppoLoss: clip must be a finite number above 0, got 0',
    );
    expect(() => ppoLoss(tf.zeros([3]), tf.zeros([3, 1]), { old: tf.zeros([3]) })).toThrow(
      'ppoLoss takes one number for each row of each: [B]: got logProbability [3], old [3], advantage [3,1]',
    );
    expect(() => ppoLoss(tf.zeros([3]), tf.zeros([3]), { old: tf.zeros([3]), epsilon: 0.1 } as never)).toThrow(
      "there is no option 'epsilon'",
    );
  });
});

describe('actorCriticLoss', () => {
  const action = tf.tensor1d([1, 0, 1, 1, 0], 'int32'); // of the script
  const loss = (logits: tf.Tensor, value: tf.Tensor, returns: tf.Tensor, old: tf.Tensor, advantage: tf.Tensor) => {
    const policy = ppo(categoricalLogProbability(logits, action), old, advantage);
    return actorCriticLoss({ policy, value, entropy: categoricalEntropy(logits) }, returns);
  };

  it('equals PyTorch, forward and backward', () => expectReference(loss, reference.actorCritic));

  it('agrees with differences, and compiled on both runtimes', async () => {
    gradCheck(loss, reference.actorCritic.inputs);
    await expectCompiled(loss, reference.actorCritic.inputs);
  });
});
