// Trains an LSTM by Adam on the processor and on WebGPU, and compares the states.

import { fold, key, normal } from '../../src/base/random.js';
import { initLinear, initLstm, linear, lstmLast, meanSquaredError } from '../../src/nn/index.js';
import { adam, trainingStep } from '../../src/optim/index.js';
import { DeviceTensor } from '../../src/tensor/buffers/device-tensor.js';
import { compile } from '../../src/tensor/compile.js';
import { flatten } from '../../src/tensor/tree.js';

const initial = {
  lstm: initLstm(fold(key(1), 0), { inputs: 2, width: 16 }),
  head: initLinear(fold(key(1), 1), { inputs: 16, outputs: 1 }),
};
const batch = { x: normal(key(2), [8, 12, 2]), y: normal(key(3), [8, 1]) };
const optimizer = adam(initial, { learningRate: 0.01 });
const step = trainingStep(optimizer, ({ lstm, head }, { x, y }: typeof batch) =>
  meanSquaredError(linear(head, lstmLast(lstm, x as never)), y as never),
);

async function train(device: 'cpu' | 'webgpu') {
  const compiled = compile(step, { runtime: 'onnxruntime', device, donate: [0] });
  let state = optimizer.init(initial) as never;
  let loss = Number.NaN;
  for (let i = 0; i < 3; i++) {
    const next = await compiled(state, batch as never);
    state = next.state as never;
    loss = (next.loss as DeviceTensor).item();
  }
  const { leaves } = flatten<DeviceTensor>(state);
  const remote = leaves.filter((leaf) => DeviceTensor.memoryOf(leaf).remote).length;
  return { loss, remote, numbers: leaves.flatMap((leaf) => [...leaf.data()]) };
}

const { numbers, ...cpu } = await train('cpu');
const { numbers: others, ...webgpu } = await train('webgpu');
console.log(JSON.stringify({ cpu, webgpu, difference: Math.max(...numbers.map((x, i) => Math.abs(x - others[i]))) }));
