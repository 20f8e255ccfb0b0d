// node --import ./scripts/typescript.mjs blog/play/train/make.ts: the page's graphs and its starts, made again.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initMlp, mlp } from '../../../src/models/index.js';
import { binaryCrossEntropy, sigmoid, tanh } from '../../../src/nn/index.js';
import { adam, adjustable, trainingStep } from '../../../src/optim/index.js';
import { compile, key } from '../../../src/tensor/index.js';
import { gridOf, SIDE } from './picture.js';
import { POINTS, spirals } from './spirals.js';

const WIDTHS = [2, 16, 16, 1];
const RATE = 0.01;
const STARTS = 3;
const STEPS = 50;
const STATE = ['mean', 'parameters', 'rate', 'square', 'weights'];

type Tensor = Parameters<typeof mlp>[1];
const paramsOf = (start: number) => initMlp(key(start), WIDTHS);
const optimizer = adam(paramsOf(1), { learningRate: adjustable(RATE) });
const logits = (params: Parameters<typeof mlp>[0], x: Tensor) => mlp(params, x, { activation: tanh });
const learn = trainingStep(optimizer, (params, x: Tensor, y: Tensor) => binaryCrossEntropy(logits(params, x), y));
type State = Parameters<typeof learn>[0];

const { x, y } = spirals(1);
const batch = [
  { data: x, shape: [POINTS, 2] },
  { data: y, shape: [POINTS, 1] },
] as const;

/**
 * The losses before each of the first 50 steps in Node, by ONNX Runtime in float32 or by the reference in float64.
 *
 * @param start  the seed of the weights
 */
export async function lossesOf(start: number, precision: 'float32' | 'float64'): Promise<number[]> {
  const step = compile(learn, { precision });
  let state: Parameters<typeof step>[0] = optimizer.init(paramsOf(start));
  const losses: number[] = [];
  for (let k = 0; k < STEPS; k++) {
    const next = await step(state, ...batch);
    state = next.state;
    losses.push((await next.loss.data())[0]);
  }
  step.release();
  return losses;
}

/** The graphs of a step and of the picture, as the page loads them. */
export async function graphs(): Promise<{ readonly step: Uint8Array; readonly picture: Uint8Array }> {
  const state = optimizer.init(paramsOf(1));
  const step = compile(learn);
  await step(state, ...batch);
  const names = { inputNames: [...STATE, 'x', 'y'], outputNames: ['loss', ...STATE.map((name) => `next.${name}`)] };
  const picture = compile((state: State, grid: Tensor) => sigmoid(logits(optimizer.params(state), grid)));
  await picture(state, { data: gridOf(SIDE), shape: [SIDE * SIDE, 2] });
  return {
    step: step.toOnnx(names),
    picture: picture.toOnnx({ inputNames: [...STATE, 'grid'], outputNames: ['probability'] }),
  };
}

/** Weights to start from, and what Node made of them. */
export async function starts() {
  const seeds = Array.from({ length: STARTS }, (_, i) => i + 1);
  const made = [];
  for (const seed of seeds) {
    const { parameters } = optimizer.init(paramsOf(seed));
    const [node, reference] = [await lossesOf(seed, 'float32'), await lossesOf(seed, 'float64')];
    made.push({ parameters: Array.from(parameters.data, round), node: node.map(round), reference: reference.map(round) });
  }
  return { rate: RATE, starts: made };
}

/** Nine digits say which float32 it was. */
const round = (value: number) => Number(value.toPrecision(9));

if (import.meta.main) {
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(import.meta.dirname, name), content);
  const { step, picture } = await graphs();
  write('step.onnx', step);
  write('picture.onnx', picture);
  write('starts.json', `${JSON.stringify(await starts())}\n`);
}
