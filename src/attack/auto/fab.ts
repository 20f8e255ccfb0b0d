import * as tf from '@tensorflow/tfjs';
import { fold, type Key } from '../../base/index.js';
import { checkKey, checkNumber, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { compile } from '../../tensor/index.js';
import { type Ball, checkBall, lengths, randomStart } from '../ball.js';
import { slope } from '../fgsm.js';
import {
  type Attacked,
  asColumn,
  byGroups,
  countingClasses,
  type Grouping,
  isFooled,
  type Logits,
  logitOf,
  pick,
  type Samples,
} from './classified.js';

/** Where FAB looks for the nearest sample of another class. */
export interface FabOptions extends Ball, Grouping {
  /** L∞ when left out, or L2. */
  readonly norm?: 'linf' | 'l2';
  /** Where restarts come from. */
  readonly key: Key;
  /** [N] the class towards which each sample is moved. */
  readonly target: Int32Array;
  /** Linearisations a start; 100 when left out. */
  readonly steps?: number;
  /** Starts, the first of which is the sample itself and others random points of the ball; 1 when left out. */
  readonly restarts?: number;
}

/** What became of the samples, and how far each had to go. */
export interface FabAttacked extends Attacked {
  /** [N] the norm of the shortest perturbation that was found, in units of x: 0 of a sample that is wrong by itself, ∞ where none was found. */
  readonly distance: Float64Array;
}

/** η, how far beyond the boundary a step goes; the most that it is drawn to the sample; how much of the way is kept after a crossing. */
const [OVERSHOOT, MOST, KEPT] = [1.05, 0.1, 0.9];

/**
 * Fast adaptive boundary attack towards one class: the shortest perturbation that reaches it, rather than the worst one in a ball. Each step
 * goes to the hyperplane where the label's and the target's logits, made linear at the point, are equal, drawn to the same plane's point
 * nearest to the sample; after a crossing it starts from nine tenths of the way.
 *
 *     xₖ₊₁ = (1 − α) (xₖ + η δₖ) + α (x + η δ₀)        α = min(‖δₖ‖ / (‖δₖ‖ + ‖δ₀‖), 0.1), η = 1.05
 *
 * @param logits   [B, C] of samples [B, ...]
 * @param samples  x [N, ...] inside the box where there is one, and y [N]
 * @returns        fooled where a sample of any other class was found within ε
 * @throws         when the ball, a number, a label or a target is not one, or the samples do not fit
 *
 * Croce & Hein 2020 (Minimally distorted adversarial examples), algorithm 1, towards one class as in AutoAttack. Against a linear model it is
 * exact but for η: thm:linear-robustness.
 */
export async function fab(logits: Logits, samples: Samples, options: FabOptions): Promise<FabAttacked> {
  checkOptions('fab', options, ['norm', 'epsilon', 'box', 'key', 'target', 'steps', 'restarts', 'group']);
  const { key, target, steps = 100, restarts = 1, group, ...ball } = options;
  checkBall('fab', ball);
  checkNumber('fab', 'epsilon', ball.epsilon, { above: 0 });
  checkOneOf('fab', 'norm', ball.norm ?? 'linf', ['linf', 'l2']);
  checkWhole('fab', 'steps', steps);
  checkWhole('fab', 'restarts', restarts);
  checkKey('fab', key);
  if (target?.length !== samples.y.length || target.some((t, i) => t === samples.y[i]))
    throw new Error(
      `fab takes a target for each of ${samples.y.length} samples, another class than its label, got ${target?.length ?? 'none'}`,
    );
  const { counted, check } = countingClasses('fab', logits);
  const itself = compile((x: tf.Tensor, y: tf.Tensor) => isFooled(counted(x), y).cast('float32'));
  const step = compile((state: State, given: Given) => next(logits, ball, state, given), { donate: [0] });
  const distance = new Float64Array(samples.y.length).fill(Number.POSITIVE_INFINITY);

  const end = await byGroups('fab', samples, { group }, async ({ x, y, rows, index }) => {
    const [n, one] = [y.length, x.data.length / y.length];
    const t = Int32Array.from(rows, (row) => target[row]);
    const found = { x: Float32Array.from(x.data), fooled: Uint8Array.from((await itself(x, y)).data(), Number) };
    check(y, t);
    for (let i = 0; i < n; i++) if (found.fooled[i]) distance[rows[i]] = 0;
    for (let r = 0; r < restarts; r++) {
      const start = randomStart(fold(fold(key, index), r), ball.norm ?? 'linf', x.shape).data;
      const at = { data: x.data.map((v, i) => (r === 0 ? v : inBox(v + (ball.epsilon * start[i]) / 2, ball.box))), shape: x.shape };
      let state = { at, best: x, shortest: { data: new Float32Array(n).fill(FAR), shape: [n] } };
      for (let k = 0; k < steps; k++) state = (await step(state as never, { x, y, t } as never)) as never;
      const last = state as unknown as Awaited<ReturnType<typeof step>>;
      const [points, shortest] = [last.best.data(), last.shortest.data()];
      for (let i = 0; i < n; i++) {
        const reach = Number(shortest[i]);
        if (!(reach < FAR && reach < distance[rows[i]])) continue;
        distance[rows[i]] = reach;
        found.fooled[i] = Number(reach <= ball.epsilon);
        if (found.fooled[i]) for (let j = i * one; j < (i + 1) * one; j++) found.x[j] = Number(points[j]);
      }
    }
    return found;
  });
  itself.release();
  step.release();
  return { ...end, distance };
}

const inBox = (v: number, box: Ball['box']) => (box ? Math.min(Math.max(v, box[0]), box[1]) : v);

/** In place of ∞. */
const FAR = 1e30;

interface State {
  readonly at: tf.Tensor;
  readonly best: tf.Tensor;
  readonly shortest: tf.Tensor;
}
interface Given {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly t: tf.Tensor;
}

function next(logits: Logits, ball: Ball, { at, best, shortest }: State, { x, y, t }: Given): State {
  const ahead = (z: tf.Tensor) => logitOf(z, y).sub(logitOf(z, t));
  const gradient = slope((x) => ahead(logits(x)), at);
  const level = asColumn(ahead(logits(at)), x);
  const own = toHyperplane(ball, at, gradient, level);
  // The same plane seen from the sample: its level is that of the point plus the way between them.
  const back = toHyperplane(ball, x, gradient, level.add(sumOfOne(gradient.mul(x.sub(at)))));
  const [mine, its] = [sizes(ball, own), sizes(ball, back)];
  const drawn = mine.div(mine.add(its).maximum(LEAST)).minimum(MOST);
  const moved = at
    .add(own.mul(OVERSHOOT))
    .mul(tf.sub(1, drawn))
    .add(x.add(back.mul(OVERSHOOT)).mul(drawn));
  const inside = ball.box ? moved.maximum(ball.box[0]).minimum(ball.box[1]) : moved;
  const wrong = isFooled(logits(inside), y);
  const length = sizes(ball, inside.sub(x)).reshape([-1]);
  const shorter = wrong.logicalAnd(length.less(shortest));
  return {
    at: pick(wrong, x.add(inside.sub(x).mul(KEPT)), inside),
    best: pick(shorter, inside, best),
    shortest: tf.where(shorter, length, shortest),
  };
}

const LEAST = 1e-12;
const axesOf = (t: tf.Tensor) => t.shape.slice(1).map((_, i) => i + 1);
const sumOfOne = (t: tf.Tensor) => t.sum(axesOf(t), true);
const sizes = ({ norm }: Ball, t: tf.Tensor) => (norm === 'l2' ? lengths(t) : t.abs().max(axesOf(t), true));

/** Rounds in which a way grows to what it must be; each ends at the next bend of a concave function, or is exact. */
const ROUNDS = 8;

/**
 * The shortest δ with level + gradient · δ = 0 that stays in the box, or as far as the box lets it: each element moves by t in L∞, by t |gᵢ| in
 * L2, until it meets its bound.
 */
export function toHyperplane({ norm, box }: Ball, at: tf.Tensor, gradient: tf.Tensor, level: tf.Tensor): tf.Tensor {
  const direction = gradient.sign().mul(level.sign()).neg();
  const weights = gradient.abs();
  const rate = norm === 'l2' ? weights : tf.onesLike(weights);
  const room = box ? tf.where(direction.greater(0), tf.sub(box[1], at), at.sub(box[0])).maximum(0) : tf.fill(at.shape, FAR);
  let t: tf.Tensor = tf.zerosLike(level);
  for (let k = 0; k < (box ? ROUNDS : 1); k++) {
    const moving = rate.mul(t).less(room).cast('float32');
    const done = sumOfOne(weights.mul(tf.minimum(rate.mul(t), room)));
    t = t.add(
      level
        .abs()
        .sub(done)
        .maximum(0)
        .div(sumOfOne(weights.mul(rate).mul(moving)).maximum(LEAST)),
    );
  }
  return direction.mul(tf.minimum(rate.mul(t), room));
}
