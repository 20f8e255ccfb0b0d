import type { Tensor } from '@tensorflow/tfjs';
import { initNet, logitsOf, type NetParams, SIDE } from '../../../experiments/week08/digits/nets.js';
import { adversarialStep, pgd, type Raised, randomStart } from '../../../src/attack/index.js';
import { type LabelledImages, loadMnist } from '../../../src/datasets/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { adam, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, type HostArray, key, permutation, split } from '../../../src/tensor/index.js';

/** Epochs on images as they are, and after those on images that PGD has changed: a net that begins with these learns nothing. */
export const NETS = { natural: { plain: 2, attacked: 0 }, hardened: { plain: 1, attacked: 2 } } as const;
export type Name = keyof typeof NETS;
/** ε of the hardened net's attacks. */
export const TRAINED = 0.2;

const BATCH = 100;
const FILTERS = [4, 8] as const;
const [FOR_WEIGHTS, FOR_ORDER, FOR_NOISE] = split(key(8), 3);
export const lossOf = (params: NetParams, x: Tensor, y: Tensor) => crossEntropy(logitsOf(params, x), y);

/** Images of some rows, [B, 28, 28, 1], with their digits. */
export const batchOf = ({ images, labels }: LabelledImages, rows: ArrayLike<number>) => {
  const size = SIDE * SIDE;
  const x = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) x.set(images.data.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return { x: { data: x, shape: [rows.length, SIDE, SIDE, 1] }, y: Int32Array.from(rows, (row) => labels[row]) };
};

const noiseAt = (k: number): HostArray<Float32Array> => randomStart(fold(FOR_NOISE, k), 'linf', [BATCH, SIDE, SIDE, 1]);

/**
 * Trains a net on MNIST: Adam on batches of 100, on the images as they are, or as PGD has changed them.
 *
 * @param limit  steps after which to stop; all when left out
 * @returns      the optimiser with its last state, and the loss before each step
 */
export async function trained(name: Name, limit = Infinity) {
  const { plain, attacked } = NETS[name];
  const { train } = loadMnist();
  const params = initNet(FOR_WEIGHTS, FILTERS);
  const optimizer = adam(params, { learningRate: 2e-3 });
  const attack = (loss: Raised, x: Tensor, start: Tensor) => pgd(loss, x, { epsilon: TRAINED, box: [0, 1], steps: 5, start });
  const onImages = compile(trainingStep(optimizer, lossOf), { donate: [0] });
  const onAttacked = compile(adversarialStep(optimizer, lossOf, attack), { donate: [0] });
  let state: Parameters<typeof onImages>[0] = optimizer.init(params);
  const losses: number[] = [];
  const all = train.labels.length / BATCH;
  for (let k = 0; k < Math.min(limit, (plain + attacked) * all); k++) {
    const order = permutation(fold(FOR_ORDER, Math.floor(k / all)), train.labels.length).data;
    const { x, y } = batchOf(
      train,
      Array.from({ length: BATCH }, (_, i) => order[(k % all) * BATCH + i]),
    );
    const next = k < plain * all ? await onImages(state, x, y) : await onAttacked(state, { x, y, start: noiseAt(k) });
    state = next.state;
    losses.push((await next.loss.data())[0]);
  }
  for (const one of [onImages, onAttacked]) one.release();
  return { optimizer, state, losses };
}
