import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { AdamState } from '../../src/optim/index.js';
import { nativeProblem } from '../../src/tensor/eager.js';
import { map } from '../../src/tensor/tree.js';
import { problem, stepOf } from '../step.js';
import type { AnyWorkload, Numbers } from '../workloads/workload.js';
import { type Made, serve } from './serve.js';

// tfjs's side of the benchmark: the workloads as they are, eager on the wasm backend, or with `gpu` on TensorFlow's library for NVIDIA's GPUs. Their
// hand-derived backwards only help it.

const tensors = <T>(tree: unknown) => map(tree, ({ data, shape }: Numbers) => tf.tensor(data, [...shape])) as T;

function trainer(workload: AnyWorkload): Made {
  const { step, state: start, batch } = stepOf(workload);
  const data = tensors<unknown>(batch);
  let state = tensors<AdamState>(start);
  const next = async () => {
    const before = state;
    const result = tf.tidy(() => step(before, data) as never) as ReturnType<typeof step>;
    tf.dispose(before as never);
    state = result.state;
    const loss = result.loss.dataSync()[0];
    result.loss.dispose();
    return loss;
  };
  return { step: next, loss: next };
}

function predictor(workload: AnyWorkload): Made {
  const { params, batch } = problem(workload);
  const weights = tensors(params);
  const x = tensors<tf.Tensor>(batch.x).slice([0], [1]);
  const sum = async () =>
    tf.tidy(
      () =>
        workload.predict!(weights as never, x)
          .sum()
          .dataSync()[0],
    );
  return { step: sum, loss: sum };
}

if (process.argv[2] === 'gpu') {
  const problem = nativeProblem('@tensorflow/tfjs-node-gpu');
  if (problem) throw new Error(problem);
  await tf.setBackend('tensorflow');
} else {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(`${dirname(wasm)}/wasm-out/`);
  setThreadsCount(1);
  await tf.setBackend('wasm');
}
await serve(tf.version.tfjs, async (workload, predict) => (predict ? predictor(workload) : trainer(workload)));
