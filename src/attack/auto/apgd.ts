import * as tf from '@tensorflow/tfjs';
import { fold, type Key } from '../../base/index.js';
import { checkKey, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { compile } from '../../tensor/index.js';
import { type Ball, checkBall, randomStart, steepest, within } from '../ball.js';
import { slope } from '../fgsm.js';
import {
  type Attacked,
  asColumn,
  byGroups,
  countingClasses,
  type Grouping,
  greatest,
  isFooled,
  type Logits,
  logitOf,
  marginOf,
  pick,
  type Samples,
} from './classified.js';

/** What APGD raises: the cross-entropy, the difference of logits ratio, or that towards one class. */
export type ApgdLoss = 'ce' | 'dlr' | 'targetedDlr';

/** The ball, the loss, and how long APGD tries. */
export interface ApgdOptions extends Ball, Grouping {
  /** Where the random starts come from. */
  readonly key: Key;
  /** The cross-entropy when left out. */
  readonly loss?: ApgdLoss;
  /** Gradients a start; 100 when left out. */
  readonly steps?: number;
  /** Random starts; 1 when left out. */
  readonly restarts?: number;
  /** [N] the class that each sample should be taken for, of the loss 'targetedDlr'. */
  readonly target?: Int32Array;
}

/** How many logits a loss compares. */
const LEAST_CLASSES: Readonly<Record<ApgdLoss, number>> = { ce: 2, dlr: 3, targetedDlr: 4 };

/** ρ: where no more of a window's steps rose, the step is halved. */
const RISING = 0.75;

/**
 * Auto-PGD: projected gradient ascent with momentum, whose step sets itself. It starts at 2 ε; at checkpoints that come closer and closer it is
 * halved where 75 % of the steps rose or fewer, or nothing better was found since the last one, and the ascent goes on from the best point.
 *
 *     z = Π(xₖ + η s(∇L))        xₖ₊₁ = Π(xₖ + ¾ (z − xₖ) + ¼ (xₖ − xₖ₋₁))
 *
 *     ce: log Σ eᶻ − z_y        dlr: −(z_y − max other z) / (z₍₁₎ − z₍₃₎)        targetedDlr: −(z_y − z_t) / (z₍₁₎ − (z₍₃₎ + z₍₄₎) / 2)
 *
 * @param logits   [B, C] of samples [B, ...], with C ≥ 3 for dlr and C ≥ 4 for targetedDlr
 * @param samples  x [N, ...] inside the box where there is one, and y [N]
 * @throws         when the ball, the loss or a number is not one, the samples do not fit, a label or target is no class or there are too few
 *                 of them for the loss, or the loss towards a class has no target for each sample, another class than its label
 *
 * Croce & Hein 2020, algorithm 1, sections 3 and 4. The dlr losses do not change when logits are scaled or shifted, which hides gradients.
 */
export async function apgd(logits: Logits, samples: Samples, options: ApgdOptions): Promise<Attacked> {
  checkOptions('apgd', options, ['norm', 'epsilon', 'box', 'key', 'loss', 'steps', 'restarts', 'target', 'group']);
  const { key, loss = 'ce', steps = 100, restarts = 1, target, group, ...ball } = options;
  checkKey('apgd', key);
  checkBall('apgd', ball);
  checkOneOf('apgd', 'loss', loss, ['ce', 'dlr', 'targetedDlr']);
  checkWhole('apgd', 'steps', steps);
  checkWhole('apgd', 'restarts', restarts);
  if ((loss === 'targetedDlr') !== (target?.length === samples.y.length))
    throw new Error(
      `apgd: a target for each of ${samples.y.length} samples belongs to the loss targetedDlr and to no other, got ${target?.length ?? 'none'}`,
    );
  if (target?.some((t, i) => t === samples.y[i])) throw new Error('apgd: a target must be another class than the label, got the label');
  const { counted, check } = countingClasses('apgd', logits, LEAST_CLASSES[loss], `the loss ${loss}`);
  const begin = compile((x: tf.Tensor, start: tf.Tensor, y: tf.Tensor, t: tf.Tensor) => first(counted, loss, ball, { x, start, y, t }));
  const step = compile((state: State, given: Given) => next(logits, loss, ball, state, given), { donate: [0] });
  const windows = windowsOf(steps);

  const end = await byGroups('apgd', samples, { group }, async ({ x, y, rows, index }) => {
    const t = target ? Int32Array.from(rows, (row) => target[row]) : y;
    let found: { x: Float32Array; fooled: Uint8Array } | undefined;
    for (let r = 0; r < restarts; r++) {
      const start = randomStart(fold(fold(key, index), r), ball.norm ?? 'linf', x.shape);
      let state: Awaited<ReturnType<typeof begin>> = await begin(x, start, y, t);
      check(y, t);
      for (let k = 0, since = 0, at = 0; k < steps; k++) {
        since++;
        const due = since === windows[at];
        const given = { x, y, t, momentum: k === 0 ? 1 : 0.75, window: since, due: due ? 1 : 0 };
        state = (await step(state as never, given as never)) as never;
        if (due) [since, at] = [0, at + 1];
      }
      const [points, fooled] = [state.found.data(), state.fooled.data()];
      found ??= { x: Float32Array.from(points), fooled: Uint8Array.from(fooled) };
      const one = points.length / fooled.length;
      for (let i = 0; i < fooled.length; i++)
        if (fooled[i] && !found.fooled[i]) {
          found.fooled[i] = 1;
          for (let j = i * one; j < (i + 1) * one; j++) found.x[j] = Number(points[j]);
        }
    }
    return found!;
  });
  begin.release();
  step.release();
  return end;
}

/** Steps between checkpoints: 22 % of all at first, then 3 % less each time, 6 % at least. */
function windowsOf(steps: number): number[] {
  const share = (s: number) => Math.max(Math.floor(s * steps), 1);
  const windows: number[] = [];
  for (let size = share(0.22), sum = 0; sum < steps; size = Math.max(size - share(0.03), share(0.06))) {
    windows.push(size);
    sum += size;
  }
  return windows;
}

/** Of each sample of a group, between two steps. */
interface State {
  readonly at: tf.Tensor;
  readonly before: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly loss: tf.Tensor;
  readonly best: tf.Tensor;
  readonly bestGradient: tf.Tensor;
  readonly bestLoss: tf.Tensor;
  readonly size: tf.Tensor;
  /** Steps that rose since the last checkpoint, and the best loss and whether the step was halved there. */
  readonly rises: tf.Tensor;
  readonly lastBest: tf.Tensor;
  readonly halved: tf.Tensor;
  readonly found: tf.Tensor;
  readonly fooled: tf.Tensor;
}

/** Samples, labels, targets, and where in the schedule the step is. */
interface Given {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly t: tf.Tensor;
  readonly momentum: tf.Tensor;
  readonly window: tf.Tensor;
  readonly due: tf.Tensor;
}

function lossOf(kind: ApgdLoss, z: tf.Tensor, y: tf.Tensor, t: tf.Tensor): tf.Tensor {
  if (kind === 'ce') return z.logSumExp(1).sub(logitOf(z, y));
  if (kind === 'dlr') {
    const [one, , three] = greatest(z, 3);
    return marginOf(z, y).neg().div(one.sub(three).add(SMALL));
  }
  const [one, , three, four] = greatest(z, 4);
  return logitOf(z, t)
    .sub(logitOf(z, y))
    .div(one.sub(three.add(four).div(2)).add(SMALL));
}

const SMALL = 1e-12;

function first(logits: Logits, kind: ApgdLoss, ball: Ball, { x, start, y, t }: Record<'x' | 'start' | 'y' | 't', tf.Tensor>): State {
  const at = within(ball, x, x.add(start.mul(ball.epsilon)));
  const z = logits(at);
  const loss = lossOf(kind, z, y, t);
  const gradient = slope((x) => lossOf(kind, logits(x), y, t), at);
  const itself = isFooled(logits(x), y);
  const fooled = isFooled(z, y);
  return {
    ...{ at, before: at, gradient, loss, best: at, bestGradient: gradient, bestLoss: loss },
    size: tf.fill(loss.shape, 2 * ball.epsilon),
    ...{ rises: tf.zerosLike(loss), lastBest: loss, halved: tf.zerosLike(loss) },
    found: pick(itself, x, at),
    fooled: itself.logicalOr(fooled).cast('float32'),
  };
}

function next(logits: Logits, kind: ApgdLoss, ball: Ball, s: State, { x, y, t, momentum, window, due }: Given): State {
  const ahead = within(ball, x, s.at.add(steepest(s.gradient, ball.norm).mul(asColumn(s.size, x))));
  const moved = within(ball, x, s.at.add(ahead.sub(s.at).mul(momentum)).add(s.at.sub(s.before).mul(tf.sub(1, momentum))));
  const z = logits(moved);
  const loss = lossOf(kind, z, y, t);
  const gradient = slope((x) => lossOf(kind, logits(x), y, t), moved);
  const fresh = isFooled(z, y).logicalAnd(s.fooled.equal(0));

  const better = loss.greater(s.bestLoss);
  const best = pick(better, moved, s.best);
  const bestGradient = pick(better, gradient, s.bestGradient);
  const bestLoss = tf.maximum(loss, s.bestLoss);
  const rises = s.rises.add(loss.greater(s.loss).cast('float32'));
  const stuck = s.halved.equal(0).logicalAnd(s.lastBest.greaterEqual(bestLoss));
  const halve = rises.lessEqual(window.mul(RISING)).logicalOr(stuck).logicalAnd(due.greater(0));
  const kept = tf.sub(1, due);
  return {
    at: pick(halve, best, moved),
    before: s.at,
    gradient: pick(halve, bestGradient, gradient),
    loss,
    ...{ best, bestGradient, bestLoss },
    size: pick(halve, s.size.div(2), s.size),
    rises: rises.mul(kept),
    lastBest: s.lastBest.mul(kept).add(bestLoss.mul(due)),
    halved: s.halved.mul(kept).add(halve.cast('float32').mul(due)),
    found: pick(fresh, moved, s.found),
    fooled: tf.maximum(s.fooled, fresh.cast('float32')),
  };
}
