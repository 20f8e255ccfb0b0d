import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../base/internal.js';
import { type Ball, checkBall, checkTensor, steepest, within } from './ball.js';
import { type Raised, slope } from './fgsm.js';

/** The ball that the attack stays in, and how it moves there. */
export interface PgdOptions extends Ball {
  /** How many gradients are followed. */
  readonly steps: number;
  /** α, how far each step goes, in the ball's norm; 2.5 ε / steps when left out, so that it can cross the ball. */
  readonly stepSize?: number;
  /** Where it starts, in units of ε around x: from `randomStart`, like x, or [R, B, ...] for R restarts. x itself when left out. */
  readonly start?: tf.Tensor;
}

/**
 * Projected gradient descent on the model's defence: steps uphill in the loss, each brought back into the ball and the box.
 *
 *     x₀ = Π(x + ε u)        xₖ₊₁ = Π(xₖ + α sign ∇ₓL(xₖ))        L2: α ∇ₓL / ‖∇ₓL‖
 *
 * @param loss  with restarts it must be one number for each sample, of which the restart with the largest is kept
 * @param x     [B, ...], inside the box where there is one
 * @returns     the last iterate, as x
 * @throws      when the ball or the box is not one, steps is no positive integer, the step size is not positive, the start does not fit x, or one is no tensor
 *
 * Madry et al. 2018, section 2.1. Works eagerly and inside `compile`, where the steps become one graph.
 */
export function pgd(loss: Raised, x: tf.Tensor, options: PgdOptions): tf.Tensor {
  checkOptions('pgd', options, ['norm', 'epsilon', 'box', 'steps', 'stepSize', 'start']);
  const { steps, stepSize, start, ...ball } = options;
  checkBall('pgd', ball);
  const size = stepSize ?? (2.5 * ball.epsilon) / steps;
  checkWhole('pgd', 'steps', steps);
  if (ball.epsilon > 0) checkNumber('pgd', 'stepSize', size, { above: 0 });
  checkTensor('pgd', 'x', x);
  if (start) checkTensor('pgd', 'start', start);
  if (start && !tf.util.arraysEqual(start.shape.slice(-x.rank), x.shape))
    throw shapeError('pgd starts from points [B, ...] like x, or [R, B, ...] with restarts', { x, start });

  const climb = (from: tf.Tensor) => {
    let at = from;
    for (let k = 0; k < steps; k++) at = within(ball, x, at.add(steepest(slope(loss, at), ball.norm).mul(size)));
    return at;
  };
  return tf.tidy(() => {
    if (!start) return climb(x);
    const ends = tf.unstack(start.reshape([-1, ...x.shape])).map((u) => climb(within(ball, x, x.add(u.mul(ball.epsilon)))));
    return ends.reduce((best, end) => worse(loss, best, end));
  });
}

/** Of two candidates for each sample, the one with the larger loss. */
function worse(loss: Raised, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [inA, inB] = [loss(a), loss(b)];
  if (inA.rank !== 1 || inA.shape[0] !== a.shape[0])
    throw shapeError('pgd chooses between restarts sample by sample, so its loss must be [B]', { x: a, loss: inA });
  const column = [a.shape[0], ...a.shape.slice(1).map(() => 1)];
  return tf.where(inB.greater(inA).reshape(column), b, a);
}
