import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { stepOf } from '../bench/step.js';
import { workloads } from '../bench/workloads/index.js';
import type { Numbers } from '../bench/workloads/workload.js';
import type { AdamState } from '../src/optim/index.js';
import { compile } from '../src/tensor/compile.js';
import type { DeviceTensor } from '../src/tensor/device-tensor.js';
import { map } from '../src/tensor/tree.js';

const STEPS = 50;

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

describe.each(workloads.filter(({ id }) => id !== 'W6'))('$id $title', (workload) => {
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
