// Trains a small network with everything that a run remembers: a schedule, averaged weights, dropout, validation, checkpoints, a log.
// `training.ts <folder> <steps>`: says `started` after its first step; ends with hashes of what it reached, and how its memory grew.
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { fold, key, normal, uniform } from '../../src/base/random.js';
import { type AdamState, adam } from '../../src/optim/adam.js';
import { averaged } from '../../src/optim/averaged.js';
import { oneCycle } from '../../src/optim/schedule.js';
import { trainingStep } from '../../src/optim/training-step.js';
import { compile } from '../../src/tensor/compile.js';
import { resume } from '../../src/train/checkpoint.js';
import { fit } from '../../src/train/fit.js';
import { fingerprint } from '../../src/train/leaves.js';
import { run } from '../../src/train/run.js';

type State = AdamState & { average: tf.Tensor };
interface Batch {
  x: tf.Tensor;
  mask: tf.Tensor;
}

const [folder, steps] = [process.argv[2], Number(process.argv[3])];
const params = { w: normal(key(1), [8, 64]), v: normal(key(2), [64, 1]) };
const learningRate = oneCycle({ peak: 0.02, steps });
const optimizer = averaged(params, adam(params, { learningRate, clipNorm: 1 }));

const lossOf = ({ w, v }: Record<string, tf.Tensor>, { x, mask }: Batch) =>
  x.matMul(w).tanh().mul(mask).matMul(v).sub(x.sin().sum(1, true)).square().mean();
const step = compile(trainingStep(optimizer, lossOf), { donate: [0], threads: 1 });
const held = { x: tf.tensor(normal(key(4), [256, 8]).data, [256, 8]), mask: tf.ones([256, 64]) };
const loss = compile((state: State) => lossOf(optimizer.average(state) as never, held), { threads: 1 });
const batch = (k: number) => {
  const mask = uniform(fold(key(5), k), [64]).data.map((u) => (u < 0.1 ? 0 : 1 / 0.9));
  return { x: normal(fold(key(3), k), [32, 8]), mask: { data: mask, shape: [1, 64] } };
};

const file = join(folder, 'run.safetensors');
const training = resume(file, run(optimizer.init(params), { name: 'small', seed: 1 }));
const first = training.step + 1;
const train = (until: number) =>
  fit(training, {
    step,
    batch: batch as never,
    steps: until,
    validate: { every: 10, loss },
    checkpoint: { file, every: 5 },
    log: join(folder, 'runs.jsonl'),
    onStep: (done) => done === first && console.log('started'),
  });
const resident = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().rss / 2 ** 20;
};

await train(steps / 5);
const early = await resident();
await train(steps);
const { state, best, losses, validations } = training;
const reached = { state: fingerprint(state), best: fingerprint(best!.state), losses: fingerprint(Float64Array.from(losses)), validations };
console.log(JSON.stringify({ reached, growth: (await resident()) - early }));
