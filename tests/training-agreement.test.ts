import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { stepOf } from '../bench/step.js';
import { workloads } from '../bench/workloads/index.js';
import { type MlpParams, W1 } from '../bench/workloads/mlp.js';
import type { Numbers } from '../bench/workloads/workload.js';
import { key } from '../src/base/random.js';
import { type AdamState, adam, trainingStep } from '../src/optim/index.js';
import type { DeviceTensor } from '../src/tensor/buffers/device-tensor.js';
import { compile } from '../src/tensor/compile.js';
import { map } from '../src/tensor/tree.js';

const STEPS = 50;

// Where a sum is within rounding of ReLU's kink, two right answers differ, and Adam makes of the last digit of a small gradient a step
// of a thousandth. 256 rows always have such sums in 50 steps; these 16 stay 10⁻⁵ away, a hundred times rounding.
const MARGIN = 1e-5;
const awayFromKinks: typeof W1 = {
  ...W1,
  title: 'MLP 32→128→128→1, batch 16',
  make() {
    const { params, batch } = W1.make(key(28));
    const first = ({ data, shape: [, columns] }: Numbers) => ({ data: data.slice(0, 16 * columns), shape: [16, columns] });
    return { params, batch: { x: first(batch.x), y: first(batch.y) } };
  },
};

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(`${dirname(wasm)}/wasm-out/`);
  setThreadsCount(1);
  await tf.setBackend('wasm');
});

/** The parameters after eager training on tfjs's wasm backend. */
function trainEagerly({ step, state: start, batch }: ReturnType<typeof stepOf>): Float32Array {
  const tensors = <T>(tree: unknown) => map(tree, ({ data, shape }: Numbers) => tf.tensor(data, [...shape])) as T;
  const data = tensors<unknown>(batch);
  let state = tensors<AdamState>(start);
  for (let i = 0; i < STEPS; i++) {
    const before = state;
    state = tf.tidy(() => step(before, data).state as never);
    tf.dispose(before as never);
  }
  return state.parameters.dataSync() as Float32Array;
}

const others = workloads.filter(({ id }) => id !== 'W1' && id !== 'W6');

describe.each([awayFromKinks, ...others])('$id $title', (workload) => {
  let eager: Float32Array;
  beforeAll(() => {
    eager = trainEagerly(stepOf(workload));
  }, 300_000);

  it.each(['openvino', 'onnxruntime'] as const)('on %s: parameters equal the eager ones to 1e-5 after 50 Adam steps', async (runtime) => {
    const { step, state: start, batch } = stepOf(workload);
    const compiled = compile(step, { runtime, donate: [0] });
    let state = start as never;
    for (let i = 0; i < STEPS; i++) state = (await compiled(state, batch as never)).state as never;
    const got = (state as { parameters: DeviceTensor }).parameters.data();
    const worst = eager.reduce((max, v, i) => Math.max(max, Math.abs(v - got[i])), 0);
    expect(worst).toBeLessThan(1e-5);
    compiled.release();
  });
});

it('the rows of W1 stay away from the kinks of ReLU', async () => {
  const { params, batch } = awayFromKinks.make(key(0));
  const optimizer = adam(params as MlpParams<Numbers & { shape: number[] }>);
  const learn = trainingStep(optimizer, (params, batch: { x: tf.Tensor; y: tf.Tensor }) => W1.loss(params, batch));
  const step = compile((state: AdamState, batch: { x: tf.Tensor; y: tf.Tensor }) => {
    const [one, two] = optimizer.params(state).layers;
    const first = batch.x.matMul(one.w).add(one.b);
    const second = first.relu().matMul(two.w).add(two.b);
    return { ...learn(state, batch), nearest: tf.minimum(first.abs().min(), second.abs().min()) };
  });
  let state = optimizer.init(params as never) as never;
  for (let i = 0; i < STEPS; i++) {
    const { state: next, nearest } = await step(state, batch as never);
    state = next as never;
    expect(nearest.item()).toBeGreaterThan(MARGIN);
  }
  step.release();
});
