// Trains an agent on CartPole with a checkpoint every hundred actions, in the folder that is its first argument, and prints what it reached.
import { join } from 'node:path';
import { key } from '../../src/base/random.js';
import { cartPole, dqn, ppo, type Training } from '../../src/rl/index.js';
import { fingerprint } from '../../src/train/index.js';

const [, , folder, agent] = process.argv;
const small = { key: key(1), hidden: [16], threads: 1, steps: 6000 };
const training: Training<unknown> =
  agent === 'dqn'
    ? dqn(cartPole, { ...small, learningStarts: 200, targetEvery: 100, size: 1000, batch: 32, multiStep: 3, priority: {}, double: true })
    : ppo(cartPole, { ...small, horizon: 32 });
const file = join(folder, `${agent}.safetensors`);
training.restore(file);
console.log('started');
while (training.step < small.steps) {
  await training.advance(training.step + 100);
  training.save(file);
}
const { episodes } = training;
console.log(JSON.stringify({ weights: fingerprint([training.params(), training.average()]), episodes }));
