// A training whose state stays in the memory of one of ONNX Runtime's providers, with the calls of its C API counted:
//     resident.ts WebGPU WebGPU_Buf
// On the processor (CPU Cpu) everything is as on a GPU but the two names.
import type * as tf from '@tensorflow/tfjs';
import { DeviceTensor } from '../../src/tensor/buffers/device-tensor.js';
import { planDonation } from '../../src/tensor/buffers/donation.js';
import { allocate, fill, type Memory } from '../../src/tensor/buffers/memory.js';
import { Plan } from '../../src/tensor/buffers/plan.js';
import { type OrtApi, openLibrary } from '../../src/tensor/runtime/onnxruntime/ffi.js';
import { ProviderMemory } from '../../src/tensor/runtime/onnxruntime/memory.js';
import { onnxruntimeOn } from '../../src/tensor/runtime/onnxruntime/onnxruntime.js';
import { makeLibrary } from '../../src/tensor/runtime/onnxruntime/session.js';
import { trace } from '../../src/tensor/trace/trace.js';

const [provider, place, steps] = process.argv.slice(2);
const SIZE = 5000;
const counts = {} as Record<keyof OrtApi, number>;
const counted = ([name, member]: [string, unknown]) => {
  if (typeof member !== 'function') return [name, member];
  counts[name as keyof OrtApi] = 0;
  const call = (...args: unknown[]) => {
    counts[name as keyof OrtApi]++;
    return member(...args);
  };
  return [name, call];
};
const library = makeLibrary(Object.fromEntries(Object.entries(openLibrary()).map(counted)) as OrtApi);
const device = new ProviderMemory(library, provider, place);

const graph = trace(
  (state: tf.Tensor, x: tf.Tensor) => [state.mul(0.5).add(x), state.mean()],
  [
    { shape: [SIZE], dtype: 'float32' },
    { shape: [SIZE], dtype: 'float32' },
  ],
);
const write = (memory: Memory, value: number) => fill(memory, new Float32Array(SIZE).fill(value));
const full = (value: number) => write(allocate([SIZE], 'float32'), value);
const settle = async () => {
  for (let i = 0; i < 5; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

async function makePlan(): Promise<Plan> {
  const program = await onnxruntimeOn(library, device).load(graph, { threads: 1 });
  const places = { inputs: ['state', 'x'], outputs: ['state', 'loss'], donated: [0] };
  const { inputs, outputs } = await planDonation(graph, program, places, () => 'float32');
  return new Plan(program, inputs, outputs);
}

/** n steps that add x; the state is given up at each. */
async function train(plan: Plan, state: Memory, x: Memory, n: number): Promise<{ state: Memory; loss: number }> {
  let loss = Number.NaN;
  for (let i = 0; i < n; i++) {
    state.holds = 1;
    const [next, mean] = await plan.run([], [state, x]);
    state.holds = 0;
    state = DeviceTensor.memoryOf(next);
    loss = mean.item();
  }
  return { state, loss };
}

const report: Record<string, unknown> = {};
const work = () => ({ places: counts.createTensorAsOrtValue, runs: counts.runWithBinding, bound: counts.bindInput });

async function compute(): Promise<void> {
  const plan = await makePlan();
  const x = full(1);
  x.holds++;
  let { state, loss } = await train(plan, full(4), x, 2); // 4, 3, 2½
  report.loss = loss;
  write(x, 3);
  ({ state } = await train(plan, state, x, 8)); // 6 − 3½ · 2⁻⁸
  report.trained = work();
  report.values = [state.data[0], state.data[SIZE - 1]];
  void state.data;
  report.read = work();
  write(x, 1);
  ({ state } = await train(plan, write(state, 8), x, 1));
  report.written = state.data[SIZE - 1];
  ({ state } = await train(plan, state, x, 1)); // what was read is still there
  report.last = state.data[SIZE - 1];
  plan.release();
}

async function last(): Promise<void> {
  const plan = await makePlan();
  const x = full(1);
  x.holds++;
  let { state } = await train(plan, full(0), x, +steps / 5);
  await settle();
  const before = process.memoryUsage().rss;
  ({ state } = await train(plan, state, x, (+steps * 4) / 5));
  await settle();
  report.growth = (process.memoryUsage().rss - before) / 2 ** 20;
  for (let i = 0; i < 50; i++) await train(plan, full(i), x, 3); // states that are dropped
}

await compute();
await last(); // its plan is dropped
await settle();
report.alive = {
  values: counts.createTensorAsOrtValue + counts.createTensorWithDataAsOrtValue - counts.releaseValue,
  requests: counts.createIoBinding - counts.releaseIoBinding,
  sessions: counts.createSessionFromArray - counts.releaseSession,
};
console.log(JSON.stringify(report));
