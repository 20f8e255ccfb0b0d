import * as tf from '@tensorflow/tfjs';
import { pgd, randomStart, type Samples } from '../../../src/attack/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { compile, fold, type HostArray, type Key } from '../../../src/tensor/index.js';
import type { testImages } from '../digits/judge.js';
import { EPSILON, PIXEL } from '../digits/nets.js';
import type { NetParams, netOf } from './net.js';

/** An upper bound of a margin below this is a certificate whatever its sums are rounded to. */
export const SURE = -1e-3;
const RADII = [0.05, 0.1, 0.15, 0.2, 0.25, EPSILON, 0.35, 0.4];
const GROUP = 500;

type Net = ReturnType<typeof netOf>;

/** What a net is right about and the greatest margin of another class that its bounds allow, image by image; and how many are left open, by ε. */
export async function judged(net: Net, params: NetParams, images: ReturnType<typeof testImages>, all: number) {
  const found = compile((x: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor) => {
    // The label's own margin is 0, and is put out of the way.
    const own = tf.oneHot(y.cast('int32'), 10).cast('float32').mul(-1e9);
    return { right: net.logits(params, x).argMax(1).equal(y).cast('float32'), margins: net.worst(params, x, y, epsilon).add(own).max(1) };
  });
  const right: number[] = [];
  const margins: number[] = [];
  const open = RADII.map((epsilon) => ({ epsilon, count: 0 }));
  const group = Math.min(GROUP, all);
  for (let from = 0; from < all; from += group) {
    const { x, y } = images.at(Array.from({ length: group }, (_, i) => from + i));
    for (const [i, { epsilon }] of open.entries()) {
      const { right: hits, margins: most } = await found(x, y, epsilon);
      const each = Array.from(most.data(), Number);
      open[i].count += each.filter((margin) => !(margin < SURE)).length;
      if (epsilon !== EPSILON) continue;
      right.push(...Array.from(hits.data(), Number));
      margins.push(...each);
    }
  }
  found.release();
  return { right, margins, open };
}

/** Gradients that one call follows, and the part of the ball that each step crosses: a hundredth of a pixel's range. */
const [STRIDE, PACE] = [5, 0.01 / EPSILON];

/** How many images a net is right about under the worst of some random starts of PGD. */
export async function walked(
  net: Net,
  params: NetParams,
  { x, y }: Samples,
  { restarts, steps, key }: { restarts: number; steps: number; key: Key },
): Promise<number> {
  const stride = Math.min(STRIDE, steps);
  const climb = compile((x: tf.Tensor, y: tf.Tensor, start: tf.Tensor) => {
    const loss = (at: tf.Tensor) => crossEntropy(net.logits(params, at), y);
    const at = pgd(loss, x, { epsilon: EPSILON, box: PIXEL, steps: stride, stepSize: PACE * EPSILON, start });
    return { start: at.sub(x).div(EPSILON), hits: net.logits(params, at).argMax(1).equal(y).cast('float32') };
  });
  const left = new Float32Array(y.length).fill(1);
  for (let r = 0; r < restarts; r++) {
    let start: HostArray<Float32Array> = randomStart(fold(key, r), 'linf', x.shape);
    for (let done = 0; done < steps; done += stride) {
      const next = await climb(x, y, start);
      start = next.start as never;
      if (done + stride >= steps) for (const [i, hit] of next.hits.data().entries()) left[i] *= Number(hit);
    }
  }
  climb.release();
  return left.reduce((sum, one) => sum + one, 0);
}
