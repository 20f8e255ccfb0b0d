import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { key, normal } from '../../base/random.js';
import { compile } from '../../tensor/compile.js';
import { decomposeEntropy, decomposeVariance, perDraw } from './uncertainty.js';

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());

describe('decomposeVariance', () => {
  // Draws 1 and 3 with noise of variance 0.2 and 0.6: the mean is 2, the noise 0.4, and the draws differ by a variance of 1.
  it('splits by the law of total variance', () => {
    const { mean, aleatoric, epistemic } = decomposeVariance(tf.tensor2d([[1], [3]]), tf.tensor2d([[0.2], [0.6]]));
    expectClose([mean, aleatoric, epistemic].flatMap(numbers), [2, 0.4, 1], 6);
  });
});

describe('decomposeEntropy', () => {
  it('finds only noise where the draws agree: log C for no idea', () => {
    const { mean, aleatoric, epistemic } = decomposeEntropy(perDraw(tf.zeros([2, 4]), { draws: 3 }));
    expectClose(numbers(mean), new Array(8).fill(0.25), 6);
    expectClose([...numbers(aleatoric), ...numbers(epistemic)], [Math.log(4), Math.log(4), 0, 0], 6);
  });

  it('finds only ignorance where sure draws disagree: log 2 for one against one', () => {
    const { mean, aleatoric, epistemic } = decomposeEntropy(tf.tensor3d([[[60, 0]], [[0, 60]]]));
    expectClose([mean, aleatoric, epistemic].flatMap(numbers), [0.5, 0.5, 0, Math.log(2)], 6);
  });

  it('knows classes that cannot be: log 2 for no idea between the other two', () => {
    const hidden = tf.tensor3d([[[0, -Infinity, 0]], [[0, -Infinity, 0]]]);
    const { mean, aleatoric, epistemic } = decomposeEntropy(hidden);
    expectClose([mean, aleatoric, epistemic].flatMap(numbers), [0.5, 0, 0.5, Math.log(2), 0], 6);
  });

  it('name the draws that do not fit', () => {
    expect(() => decomposeVariance(tf.zeros([5, 3]), tf.zeros([5, 3, 1]))).toThrow('both [S, ...]: got means [5,3], variances [5,3,1]');
    expect(() => decomposeEntropy(tf.zeros([5]))).toThrow('draws first and classes last: got logits [5]');
  });

  // H(p̄) for p = (0.9, 0.1) and (0.5, 0.5), whose mean is (0.7, 0.3).
  it('adds up to the entropy of the averaged prediction', () => {
    const { aleatoric, epistemic } = decomposeEntropy(
      tf
        .tensor2d([
          [0.9, 0.1],
          [0.5, 0.5],
        ])
        .log(),
    );
    const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    expect(numbers(aleatoric)[0]).toBeCloseTo((entropy(0.9) + entropy(0.5)) / 2, 6);
    expect(numbers(aleatoric)[0] + numbers(epistemic)[0]).toBeCloseTo(entropy(0.7), 6);
  });

  it.each(['openvino', 'onnxruntime'] as const)('compiled on %s is what it is eagerly', async (runtime) => {
    const logits = normal(key(1), [5, 3, 4]);
    const compiled = compile((logits: tf.Tensor) => decomposeEntropy(logits), { runtime });
    const got = await compiled(logits);
    const eager = decomposeEntropy(tf.tensor(logits.data, logits.shape));
    for (const part of ['mean', 'aleatoric', 'epistemic'] as const) expectClose(got[part].data(), numbers(eager[part]), 5);
    compiled.release();
  });
});
