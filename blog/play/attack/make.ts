// node --import ./scripts/typescript.mjs blog/play/attack/make.ts: trains both nets and writes their graphs, in minutes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { logitsOf, type NetParams } from '../../../experiments/week08/digits/nets.js';
import { pgd } from '../../../src/attack/index.js';
import { loadMnist } from '../../../src/datasets/index.js';
import { compile, grad, toTf } from '../../../src/tensor/index.js';
import { batchOf, lossOf, type Name, NETS, TRAINED, trained } from './train.js';

/** Steps whose losses are kept, so that a test can go the same way. */
export const SLICE = 20;
const ATTACKED = 1000;
const STEPS = 20;

/**
 * A step of the attack: from a changed image uphill in the loss, back into the ball and the box.
 *
 *     at ← clip(clip(at + size sign ∇L(at), x ± ε), 0, 1)
 */
const climb = (params: NetParams) => (x: tf.Tensor, at: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor, size: tf.Tensor) => {
  const slope = grad((at: tf.Tensor) => lossOf(params, at, y))(at);
  const moved = at.add(slope.sign().mul(size)).maximum(x.sub(epsilon)).minimum(x.add(epsilon)).clipByValue(0, 1);
  return { at: moved, probability: tf.softmax(logitsOf(params, moved)) };
};

/** A trained net as the page loads it, and how good it is on images by other writers. */
export async function net(name: Name) {
  const { optimizer, state, losses } = await trained(name);
  const { test } = loadMnist();
  const rows = (n: number) =>
    batchOf(
      test,
      Array.from({ length: n }, (_, i) => i),
    );
  // Weights that a function closes over are the file's constants.
  const params: NetParams = toTf(await compile(optimizer.params)(state));
  const right = compile((x: tf.Tensor, y: tf.Tensor) => logitsOf(params, x).argMax(1).equal(y).cast('float32').mean());
  const attack = compile((x: tf.Tensor, y: tf.Tensor) =>
    pgd((x) => lossOf(params, x, y), x, { epsilon: TRAINED, box: [0, 1], steps: STEPS }),
  );
  const whole = rows(test.labels.length);
  const some = rows(ATTACKED);
  const clean = (await right(whole.x, whole.y)).item();
  const attacked = (await right(await attack(some.x, some.y), some.y)).item();
  const step = compile(climb(params));
  const one = rows(1);
  await step(one.x, one.x, one.y, 0.1, 0.1);
  const onnx = step.toOnnx({ inputNames: ['x', 'at', 'y', 'epsilon', 'size'], outputNames: ['next', 'probability'] });
  return { onnx, clean, attacked, losses: losses.slice(0, SLICE).map((loss) => Number(loss.toPrecision(7))) };
}

if (import.meta.main) {
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(import.meta.dirname, name), content);
  const nets: Record<string, unknown> = {};
  for (const name of Object.keys(NETS) as Name[]) {
    const { onnx, ...said } = await net(name);
    write(`${name}.onnx`, onnx);
    nets[name] = said;
    console.log(name, onnx.length, said);
  }
  write('nets.json', `${JSON.stringify({ epsilon: TRAINED, steps: STEPS, images: ATTACKED, nets })}\n`);
}
