import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../../tests/support/gradients.js';
import { adam } from '../../optim/index.js';
import { compile } from '../../tensor/compile.js';
import { type HostArray, key, map, normal, uniform } from '../../tensor/index.js';
import { initTcn, type TcnParams } from '../forecast/tcn.js';
import { initMlp } from '../mlp.js';
import { conditionalSeriesGenerator } from './conditional-series.js';
import { ganStep, wassersteinGp } from './gan.js';
import { seriesCritic, seriesGenerator } from './series-gan.js';

const config = { inputs: 3, width: 4, kernel: 2, dilations: [1, 2], outputs: 2 };
const weights = initTcn(key(1), config);
const params = map(weights, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as TcnParams;
const REACH = 7;

describe('conditionalSeriesGenerator', () => {
  it('makes the series of seriesGenerator, followed by the condition of each step', () => {
    const noise = tf.randomNormal([2, REACH - 1 + 5, 3], 0, 1, 'float32', 1);
    const made = conditionalSeriesGenerator(params, noise, { dilations: [1, 2], conditions: 1 });
    expect(made.shape).toEqual([2, 5, 3]);
    expect(distance(made.slice([0, 0, 0], [2, 5, 2]).dataSync(), seriesGenerator(params, noise, config).dataSync())).toBe(0);
    expect(made.slice([0, 0, 2], [2, 5, 1]).dataSync()).toEqual(noise.slice([0, REACH - 1, 2], [2, 5, 1]).dataSync());
  });

  it('trains in one compiled step, and refuses noise without room for a condition', async () => {
    const critic = initMlp(key(2), [5 * 3, 8, 1]);
    const rates = { learningRate: 1e-3 };
    const optimizers = { generator: adam(weights, rates), critic: adam(critic, rates) };
    const generate = (p: TcnParams, z: tf.Tensor) => conditionalSeriesGenerator(p, z, { dilations: [1, 2], conditions: 1 });
    const step = compile(ganStep({ generate, score: seriesCritic }, wassersteinGp(), optimizers as never));
    const batch = { real: normal(key(3), [1, 4, 5, 3]), noise: normal(key(4), [2, 4, REACH - 1 + 5, 3]), mix: uniform(key(5), [1, 4]) };
    const { criticLoss } = await step(
      { generator: optimizers.generator.init(weights), critic: optimizers.critic.init(critic) } as never,
      batch,
    );
    expect(Number.isFinite(criticLoss.item())).toBe(true);
    expect(step.programs.length).toBe(1);
    step.release();
    expect(() => conditionalSeriesGenerator(params, tf.zeros([1, 9, 3]), { dilations: [1, 2], conditions: 3 })).toThrow(
      'conditionalSeriesGenerator takes noise [B, T, Z + C] whose last C = 3 columns are the condition: got noise [1,9,3]',
    );
  });
});
