import type * as tf from '@tensorflow/tfjs';
import { key } from '../src/base/random.js';
import { adam, trainingStep } from '../src/optim/index.js';
import { DeviceTensor, fromTf, toTf } from '../src/tensor/buffers/device-tensor.js';
import { type CompileOptions, compile } from '../src/tensor/compile.js';
import { flatten } from '../src/tensor/tree.js';
import { type Contender, timeSteps } from './contender.js';
import type { AnyWorkload, Numbers } from './workloads/workload.js';

/** The seed of every workload's data and weights. */
const SEED = 20_260_101;

export function problem(workload: AnyWorkload): { params: unknown; batch: Record<string, Numbers> } {
  return workload.make(key(SEED + Number.parseInt(workload.id.slice(1), 10)));
}

/** One step of Adam on a workload: as eager code, or for `compile`. */
export function stepOf(workload: AnyWorkload) {
  const { params, batch } = problem(workload);
  const optimizer = adam(params);
  const step = trainingStep(optimizer, (params, batch: unknown) => workload.loss(params as never, batch as never));
  return { step, state: optimizer.init(params), batch: workload.hold?.(batch) ?? batch };
}

export type RuntimeName = 'openvino' | 'onnxruntime';

/** A training whose state can be asked for. */
export interface Training extends Contender {
  /** Whether every part of the state that is worth it, of more than 1,024 numbers, was left on the device by the last step. */
  isResident(): boolean;
}

/** A workload in training on one of our runtimes. */
export function training(workload: AnyWorkload, runtime: RuntimeName, threads: number, device: CompileOptions['device'] = 'cpu'): Training {
  const { step, state: start, batch } = stepOf(workload);
  const run = compile(step, { runtime, threads, device, donate: [0] });
  const data = fromTf(batch);
  let state = start as never;
  const next = async () => {
    const result = await run(state, data as never);
    state = result.state as never;
    return result.loss as DeviceTensor;
  };
  return {
    framework: 'lemmata',
    runtime,
    threads,
    async train(n) {
      for (let i = 0; i < n; i++) await next();
      return (await next()).item();
    },
    time: (seconds) => timeSteps(next, seconds),
    isResident() {
      const large = flatten<DeviceTensor>(state).leaves.filter(({ size }) => size > 1024);
      return large.every((leaf) => DeviceTensor.memoryOf(leaf).remote !== undefined);
    },
    release: () => run.release(),
  };
}

/** A workload's model, its weights constants, predicting one sample in a session on one of our runtimes. */
export function prediction(workload: AnyWorkload, runtime: RuntimeName): Contender {
  const { params, batch } = problem(workload);
  const weights = toTf(fromTf(params)) as never;
  const run = compile((x: tf.Tensor) => workload.predict!(weights, x), { runtime, threads: 1 });
  const x = firstSample(batch.x) as { data: Float32Array; shape: readonly number[] };
  const session = run.session(x);
  const next = async () => (await session)(x);
  return {
    framework: 'lemmata',
    runtime,
    threads: 1,
    train: async () => (await next())[0],
    time: (seconds) => timeSteps(next, seconds),
    release: () => {
      session.then(({ release }) => release());
      run.release();
    },
  };
}

const firstSample = ({ data, shape: [B, ...shape] }: Numbers): Numbers => ({ data: data.slice(0, data.length / B), shape: [1, ...shape] });
