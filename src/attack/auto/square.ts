import * as tf from '@tensorflow/tfjs';
import { fold, type Key, randint, split } from '../../base/index.js';
import { checkKey, checkNumber, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { compile } from '../../tensor/index.js';
import { type Ball, checkBall, within } from '../ball.js';
import {
  type Attacked,
  byGroups,
  checkImages,
  countingClasses,
  type Grouping,
  type Logits,
  marginOf,
  pick,
  type Samples,
} from './classified.js';

/** The ball in L∞, and how often the classifier is asked. */
export interface SquareOptions extends Ball, Grouping {
  /** L∞, the only norm it knows. */
  readonly norm?: 'linf';
  /** Where squares and signs come from. */
  readonly key: Key;
  /** Queries, the first included; 5,000 when left out. */
  readonly queries?: number;
  /** The share of the pixels of the first squares; 0.8 when left out. */
  readonly share?: number;
}

/**
 * Square attack: random search without gradients, which no hidden gradient deceives. It starts from stripes of ± ε; each query sets a square of
 * pixels to ± ε, one sign for each channel, and is kept where the margin became smaller. Squares shrink as the search goes on.
 *
 * @param logits   [B, C] of images [B, rows, columns, F]
 * @param samples  x [N, rows, columns, F] inside the box where there is one, and y [N]
 * @throws         when the ball, a number or a label is not one, x is no images, or the samples do not fit
 *
 * Andriushchenko et al. 2020, algorithms 1 and 2, with the margin as loss; p falls at their queries 10, 50, 200, … of 10,000, or as many less.
 */
export async function square(logits: Logits, samples: Samples, options: SquareOptions): Promise<Attacked> {
  checkOptions('square', options, ['norm', 'epsilon', 'box', 'key', 'queries', 'share', 'group']);
  const { key, queries = 5000, share = 0.8, group, ...ball } = options;
  checkBall('square', ball);
  checkOneOf('square', 'norm', ball.norm ?? 'linf', ['linf']);
  checkWhole('square', 'queries', queries);
  checkNumber('square', 'share', share, { above: 0, to: 1 });
  checkKey('square', key);
  checkImages('square', samples);
  const [, rows, columns, F] = samples.x.shape;
  const { counted, check } = countingClasses('square', logits);
  const begin = compile((x: tf.Tensor, y: tf.Tensor, stripes: tf.Tensor) => {
    const at = within(ball, x, x.add(stripes.mul(ball.epsilon)));
    const [own, margin] = [marginOf(counted(x), y), marginOf(logits(at), y)];
    return { at: pick(own.lessEqual(0), x, at), margin: tf.where(own.lessEqual(0), own, margin) };
  });
  const step = compile(
    ({ at, margin }: State, { x, y, top, left, side, signs }: Query) => {
      const inside = (from: tf.Tensor, count: number, axis: 1 | 2) => {
        const place = tf.range(0, count).reshape(axis === 1 ? [1, count, 1, 1] : [1, 1, count, 1]);
        const first = from.reshape([-1, 1, 1, 1]);
        return place.greaterEqual(first).logicalAnd(place.less(first.add(side)));
      };
      const square = inside(top, rows, 1)
        .logicalAnd(inside(left, columns, 2))
        .cast('float32');
      const tried = within(ball, x, at.add(square.mul(signs.expandDims(1).expandDims(1)).mul(2 * ball.epsilon)));
      const found = marginOf(logits(tried), y);
      // What is wrong already stays as it is.
      const better = found.less(margin).logicalAnd(margin.greater(0));
      return { at: pick(better, tried, at), margin: tf.where(better, found, margin) };
    },
    { donate: [0] },
  );
  const end = await byGroups('square', samples, { group }, async ({ x, y, index }) => {
    const [forStripes, forSteps] = split(fold(key, index));
    const B = y.length;
    const stripes = signsOf(forStripes, [B, 1, columns, F]);
    let state: Awaited<ReturnType<typeof begin>> = await begin(x, y, stripes);
    check(y);
    for (let k = 1; k < queries; k++) {
      const side = Math.min(Math.max(Math.round(Math.sqrt(shareAt(share, k / queries) * rows * columns)), 1), rows, columns);
      const [forTop, forLeft, forSigns] = split(fold(forSteps, k), 3);
      const [top, left] = [randint(forTop, [B], 0, rows - side + 1).data, randint(forLeft, [B], 0, columns - side + 1).data];
      const query = { x, y, top: Float32Array.from(top), left: Float32Array.from(left), side, signs: signsOf(forSigns, [B, F]) };
      state = (await step(state as never, query as never)) as never;
      if (k % EVERY === 0 && state.margin.data().every((margin) => !(Number(margin) > 0))) break;
    }
    return {
      x: Float32Array.from(state.at.data()),
      fooled: Uint8Array.from(state.margin.data(), (margin) => Number(!(Number(margin) > 0))),
    };
  });
  begin.release();
  step.release();
  return end;
}

interface State {
  readonly at: tf.Tensor;
  readonly margin: tf.Tensor;
}
interface Query {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly top: tf.Tensor;
  readonly left: tf.Tensor;
  readonly side: tf.Tensor;
  readonly signs: tf.Tensor;
}

/** Queries after which it is seen whether all samples of a group are wrong. */
const EVERY = 50;
/** The parts of all queries after which the share of the pixels is halved: of 10,000. */
const HALVINGS = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];
const shareAt = (share: number, done: number) => share / 2 ** HALVINGS.filter((query) => done * 10_000 > query).length;

function signsOf(key: Key, shape: readonly number[]) {
  const { data } = randint(key, [...shape], 0, 2);
  return { data: Float32Array.from(data, (bit) => 2 * bit - 1), shape: [...shape] };
}
