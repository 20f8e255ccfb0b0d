// node --import ./scripts/typescript.mjs blog/play/execution/make.ts: trains the agent that sells and writes its policy, in half a minute.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { type ActorCriticParams, actorCritic, ppo } from '../../../src/rl/index.js';
import { compile, flatten, fold, fromTf, type HostArray, key, toTf } from '../../../src/tensor/index.js';
import { executionWorld } from '../../../src/trade/index.js';
import { WORLD } from './problem.js';

const STEPS = 1_024_000;
/** Steps of the short slice that a test takes too. */
export const SLICE = 2560;

/** PPO on the page's world, as in week 6's experiment: after the slice, Σ θ² of its weights; at the end, their average. */
export async function trained(steps = STEPS) {
  const training = ppo(executionWorld(WORLD), {
    key: fold(key(1), 0),
    threads: 1,
    discount: 1,
    hidden: [32, 32],
    steps: STEPS,
    count: 128,
    horizon: 20,
    learningRate: 1e-3,
    entropy: 0.01,
    clipCritic: false,
    decay: 0.99,
  });
  await training.advance(SLICE);
  const { leaves } = flatten<HostArray<Float32Array>>(training.params() as never);
  const size = leaves.reduce((sum, { data }) => sum + data.reduce((s, v) => s + v * v, 0), 0);
  if (steps > SLICE) await training.advance(steps);
  const params = training.average();
  training.release();
  return { params, size };
}

if (import.meta.main) {
  const { params, size } = await trained();
  const weights = toTf(fromTf(params as never)) as unknown as ActorCriticParams;
  const policy = compile((x: tf.Tensor) => actorCritic(weights, x).policy.softmax().mul(tf.range(0, WORLD.actions!)).sum(-1));
  await policy({ data: new Float32Array(21), shape: [7, 3] });
  const onnx = policy.toOnnx({ inputNames: ['seen'], outputNames: ['action'], dynamicBatch: ['x'] });
  writeFileSync(join(import.meta.dirname, 'agent.onnx'), onnx);
  writeFileSync(join(import.meta.dirname, 'agent.json'), `${JSON.stringify({ steps: STEPS, slice: { steps: SLICE, size } })}\n`);
  console.log(onnx.length, size);
}
