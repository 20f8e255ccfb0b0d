import { loadavg } from 'node:os';
import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, key, normal, split } from '../../src/base/index.js';
import { initMeanField, initMlp, mlp, negativeElboOfDraw } from '../../src/models/index.js';
import { crossEntropy } from '../../src/nn/index.js';
import { adam, trainingStep } from '../../src/optim/index.js';
import { compile } from '../../src/tensor/index.js';
import { fit, type Run, run } from '../../src/train/index.js';
import { intervalOf, typical } from '../race.js';
import { shownLoad } from '../verdict.js';

// npm run bench -- noise: what fresh noise for every weight costs a step of Bayes by Backprop.

const [WIDTHS, B, ROUNDS, STEPS] = [[784, 400, 400, 10], 128, 9, 25];
const GOAL = 1.25;
const [forWeights, forRows, forNoise] = split(key(1), 3);
const initial = initMeanField(initMlp(forWeights, WIDTHS));
const n = WIDTHS.slice(1).reduce((sum, outputs, i) => sum + outputs * (WIDTHS[i] + 1), 0);
const data = {
  x: normal(forRows, [B, WIDTHS[0]]),
  y: { data: Int32Array.from({ length: B }, (_, i) => i % 10), shape: [B] },
  weight: 1 / 60_000,
};
const optimizer = adam(initial);
interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly weight: tf.Tensor;
}
const prior = { share: 0.25, wide: 1, narrow: 0.002 };
const step = compile(
  trainingStep(optimizer, (q, { x, y, noise, weight }: Batch) =>
    negativeElboOfDraw(q, { noise, weight }, { prior, loss: (w) => crossEntropy(mlp(w, x), y) }),
  ),
  { donate: [0], threads: 1 },
);

const kept = normal(forNoise, [n]);
const fresh = (k: number): HostArray<Float32Array> => normal(fold(forNoise, k), [n]);
const ways = [
  { name: 'the same noise at every step', noise: () => kept, ahead: false },
  { name: 'fresh noise', noise: fresh, ahead: false },
  { name: 'fresh noise, drawn ahead', noise: fresh, ahead: true },
];
const trainings = ways.map(() => run(optimizer.init(initial)) as unknown as Run<unknown>);
const times = ways.map(() => ({ rounds: [] as number[] }));
for (let round = -1; round < ROUNDS; round++)
  for (const [i, { noise, ahead }] of ways.entries()) {
    const start = performance.now();
    const batch = (k: number) => ({ ...data, noise: noise(k) }) as never;
    await fit(trainings[i], { step: step as never, batch, ahead, steps: (round + 2) * STEPS });
    if (round >= 0) times[i].rounds.push((performance.now() - start) / STEPS);
  }

console.log(`Bayes by Backprop, ${WIDTHS.join('-')}, ${n} weights, batch ${B}, one thread; load ${shownLoad(loadavg())}\n`);
for (const [i, { name }] of ways.entries()) {
  const { median, low, high } = intervalOf(times[0], times[i]);
  const isMissed = i === 2 && median > GOAL;
  const goal = i === 2 ? `   goal ≤ ${GOAL}${isMissed ? '   MISSED' : ''}` : '';
  const ratio = `${median.toFixed(2).padStart(8)} of the first, 95 % ${low.toFixed(2)} … ${high.toFixed(2)}`;
  console.log(`${name.padEnd(34)}${typical(times[i]).toFixed(2).padStart(8)} ms a step${ratio}${goal}`);
  if (isMissed) process.exitCode = 1;
}
