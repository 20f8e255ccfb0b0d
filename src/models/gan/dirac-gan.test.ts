import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { type DiracGanOptions, diracGan } from './dirac-gan.js';
import { type Game, nonSaturating, saturating, wassersteinGp } from './gan.js';

const GAMES: Record<DiracGanOptions['game'], Game> = { saturating, nonSaturating, wasserstein: wassersteinGp(0) };
const score = (psi: tf.Tensor) => (x: tf.Tensor) => x.mul(psi).squeeze([1]);

describe('diracGan', () => {
  // One step of plain gradient descent on the losses of the games, on a batch of one: data 0, sample θ.
  it.each(Object.keys(GAMES) as DiracGanOptions['game'][])('moves as gradients of the losses do, in the %s game', (game) => {
    for (const order of ['simultaneous', 'alternating'] as const)
      for (const weight of [0, 0.7]) {
        const [theta, psi, learningRate] = [0.8, -0.6, 0.3];
        const rules = game === 'wasserstein' ? wassersteinGp(weight) : GAMES[game];
        const critic = (theta: tf.Tensor, psi: tf.Tensor) =>
          rules.critic(score(psi), tf.zeros([1, 1]), theta.reshape([1, 1]), tf.tensor1d([0.4]));
        const generator = (theta: tf.Tensor, psi: tf.Tensor) => rules.generator(score(psi)(theta.reshape([1, 1])));
        const at = (value: number) => ({ data: [value], shape: [1] });
        const slope = (f: typeof critic, of: 0 | 1, ...where: number[]) => Number(inDouble(f as never, where.map(at)).grads[of][0]);
        // The penalty at the data is λ ψ²/2; the other comes out of the game itself.
        const drag = game === 'wasserstein' ? 0 : weight * psi;
        const moved = psi - learningRate * (slope(critic, 1, theta, psi) + drag);
        const seen = order === 'simultaneous' ? psi : moved;
        const path = diracGan({
          ...{ game, order, learningRate, steps: 1, start: [theta, psi] },
          penalty: { kind: game === 'wasserstein' ? 'towardsOne' : 'atData', weight },
        });
        expect(path.discriminator[1]).toBeCloseTo(moved, 7);
        expect(path.generator[1]).toBeCloseTo(theta - learningRate * slope(generator, 0, theta, seen), 7);
        expect([path.generator[0], path.discriminator[0]]).toEqual([theta, psi]);
      }
  });

  it('names what it does not know', () => {
    const options = { game: 'saturating', order: 'simultaneous', learningRate: 0.1, steps: 2, start: [1, 0] } as const;
    expect(() => diracGan({ ...options, game: 'saturated' as never })).toThrow(
      "diracGan: game must be saturating, nonSaturating or wasserstein, got 'saturated' (did you mean saturating?)",
    );
    expect(() => diracGan({ ...options, order: 'both' as never })).toThrow('order must be simultaneous or alternating');
    expect(() => diracGan({ ...options, learningRate: 0 })).toThrow('diracGan: learningRate must be a finite number above 0, got 0');
    expect(() => diracGan({ ...options, steps: -1 })).toThrow('diracGan: steps must be a whole number from 0 up, got -1');
    expect(() => diracGan({ ...options, start: [Number.NaN, 0] })).toThrow("diracGan: start's theta must be a finite number, got NaN");
    const penalty = { kind: 'atData', weight: -1 } as const;
    expect(() => diracGan({ ...options, penalty })).toThrow('diracGan: penalty.weight must be a finite number from 0 up, got -1');
    expect(() => diracGan({ ...options, penalty: { ...penalty, kind: 'atNoise' as never } })).toThrow('penalty.kind must be atData or');
  });
});
