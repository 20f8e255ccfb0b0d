import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { type Followed, follow, type OneVector } from '../../tests/support/follow.js';
import { expectMean } from '../../tests/support/monte-carlo.js';
import { theorem } from '../../tests/support/theorem.js';
import { key, normal, split } from '../base/random.js';
import { type AdamConfig, type AdamState, adam, adamW } from './adam.js';
import type { RunningMoments } from './moments.js';
import type { InitialState, Optimizer } from './optimizer.js';

type Adam = (initial: OneVector, config: AdamConfig) => Optimizer<OneVector, AdamState>;
type Named = AdamConfig & { learningRate: number; beta1: number; beta2: number; epsilon: number; weightDecay: number };

const real: Adam = (initial, config) => adam(initial, config);

const WITH_CONFIG =
  (rule: Adam) =>
  (change: (config: Named) => Partial<AdamConfig>): Adam =>
  (initial, config) =>
    rule(initial, { ...config, ...change(config as Named) });
const configured = WITH_CONFIG(real);

/** Adam whose sums m and v are divided by these at the first step, where 0 means as they should be and 1 by nothing, ever. */
const weighted =
  (mean: 0 | 1, square: 0 | 1): Adam =>
  (initial, config) => {
    const optimizer = adam(initial, config);
    const init = (params: OneVector) =>
      ({ ...optimizer.init(params), weights: { data: Float32Array.of(mean, square), shape: [2] } }) as InitialState<AdamState>;
    return { ...optimizer, init };
  };

/** Adam that sees other gradients. */
const seeing =
  (change: (g: tf.Tensor) => tf.Tensor, rule: Adam = real): Adam =>
  (initial, config) => {
    const optimizer = rule(initial, config);
    return { ...optimizer, update: (state, grads) => optimizer.update(state, change(grads as tf.Tensor)) };
  };

/** Adam with another step from its moments; the moments stay right. */
const stepping =
  (direction: (moments: RunningMoments, epsilon: number) => tf.Tensor): Adam =>
  (initial, config) => {
    const { learningRate, epsilon } = config as Named;
    const optimizer = adam(initial, config);
    return {
      ...optimizer,
      update(state, grads) {
        const next = optimizer.update(state, grads);
        return { ...next, parameters: state.parameters.sub(direction(next, epsilon).mul(learningRate)) };
      },
    };
  };

/** Adam with another mean square, and the step that it gives. */
const squaring =
  (square: (g: tf.Tensor) => tf.Tensor): Adam =>
  (initial, config) => {
    const { learningRate, epsilon, beta2 } = config as Named;
    const optimizer = adam(initial, config);
    return {
      ...optimizer,
      update(state, grads) {
        const v = state.square.mul(beta2).add(square(grads as tf.Tensor).mul(1 - beta2));
        const next = { ...optimizer.update(state, grads), square: v };
        const [mean, weight] = next.weights.split(2);
        const move = next.mean.div(mean).div(v.div(weight).sqrt().add(epsilon));
        return { ...next, parameters: state.parameters.sub(move.mul(learningRate)) };
      },
    };
  };

/** Shares that Adam keeps, as the graph holds them: dyadic ones are exact. */
const BETAS = [
  [0.5, 0.75],
  [0.875, 0.96875],
  [0.75, 0.5],
  [0, 0.5],
  [0.5, 0.5],
] as const;
const numbers = (seed: number, n: number) => normal(key(seed), [n], 'float64').data;

/** p_tj for j = 1 … t. */
const shares = (beta: number, t: number) => Array.from({ length: t }, (_, j) => ((1 - beta) * beta ** (t - 1 - j)) / (1 - beta ** t));
const hat = ({ mean, square, weights }: Followed, j = 0) => ({ mean: mean[j] / weights[0], square: square[j] / weights[1] });

theorem<Adam>('thm:adam-averages', 'a', {
  real,
  check: (make) => {
    for (const [beta1, beta2] of BETAS) {
      const g = numbers(1, 12);
      const [learningRate, epsilon] = [0.25, 0.125];
      const states = follow(
        (w) => make(w, { learningRate, beta1, beta2, epsilon }),
        [2],
        (_, t) => [g[t - 1]],
        g.length,
      );
      for (let t = 1; t <= g.length; t++) {
        const mean = shares(beta1, t).reduce((sum, p, j) => sum + p * g[j], 0);
        const square = shares(beta2, t).reduce((sum, q, j) => sum + q * g[j] ** 2, 0);
        const step = (learningRate * mean) / (Math.sqrt(square) + epsilon);
        expect(hat(states[t]).mean).toBeCloseTo(mean, 9);
        expect(hat(states[t]).square).toBeCloseTo(square, 9);
        expect(states[t - 1].parameters[0] - states[t].parameters[0]).toBeCloseTo(step, 9);
      }
      expect(shares(beta1, 12).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }
  },
  mutants: {
    'corrects no bias': weighted(1, 1),
    "corrects the mean's bias alone": weighted(0, 1),
    "corrects the mean square's bias alone": weighted(1, 0),
    'exchanges the two shares': configured(({ beta1, beta2 }) => ({ beta1: beta2, beta2: beta1 })),
    'averages sizes instead of squares': squaring((g) => g.abs()),
    'adds ε under the root': stepping(({ mean, square, weights }, epsilon) => {
      const [first, second] = weights.split(2);
      return mean.div(first).div(square.div(second).add(epsilon).sqrt());
    }),
    'divides by the mean square': stepping(({ mean, square, weights }, epsilon) => {
      const [first, second] = weights.split(2);
      return mean.div(first).div(square.div(second).add(epsilon));
    }),
    'adds ε before the correction': stepping(({ mean, square, weights }, epsilon) => {
      const [first, second] = weights.split(2);
      return mean.div(first).mul(second.sqrt()).div(square.sqrt().add(epsilon));
    }),
  },
});

theorem<Adam>('thm:adam-averages', 'bc', {
  real,
  check: (make) => {
    const n = 4000;
    const [c, sigma] = [0.75, 2];
    for (const [beta1, beta2] of BETAS.slice(0, 3)) {
      const draws = split(key(7), 24).map((k) => normal(k, [n], 'float64').data.map((z) => c + sigma * z));
      const states = follow(
        (w) => make(w, { learningRate: 0.25, beta1, beta2, epsilon: 0.125 }),
        new Float64Array(n),
        (_, t) => draws[t - 1],
        24,
      );
      for (const t of [1, 2, 5, 24]) {
        const { mean, square, weights } = states[t];
        const spread = (sigma ** 2 * (1 - beta1) * (1 + beta1 ** t)) / ((1 + beta1) * (1 - beta1 ** t));
        expectMean(
          mean.map((m) => m / weights[0]),
          c,
        );
        expectMean(
          square.map((v) => v / weights[1]),
          c ** 2 + sigma ** 2,
        );
        expectMean(mean, (1 - beta1 ** t) * c);
        expectMean(square, (1 - beta2 ** t) * (c ** 2 + sigma ** 2));
        expectMean(
          mean.map((m) => (m / weights[0] - c) ** 2),
          spread,
        );
      }
    }
  },
  mutants: {
    'corrects no bias': weighted(1, 1),
    "corrects the mean's bias alone": weighted(0, 1),
    "corrects the mean square's bias alone": weighted(1, 0),
    'exchanges the two shares': configured(({ beta1, beta2 }) => ({ beta1: beta2, beta2: beta1 })),
    'keeps the root of β₁': configured(({ beta1 }) => ({ beta1: Math.sqrt(beta1) })),
    'averages sizes instead of squares': squaring((g) => g.abs()),
  },
});

theorem<Adam>('thm:adam-averages', 'd', {
  real,
  check: (make) => {
    for (const [beta1, beta2] of BETAS)
      for (const [c, a] of [
        [1, 0.5],
        [-2, 3],
      ]) {
        const states = follow(
          (w) => make(w, { learningRate: 0.25, beta1, beta2, epsilon: 0.125 }),
          [0],
          (_, t) => [c + a * t],
          40,
        );
        for (const t of [1, 2, 7, 40]) {
          const lag = beta1 / (1 - beta1) - (t * beta1 ** t) / (1 - beta1 ** t);
          expect(hat(states[t]).mean).toBeCloseTo(c + a * t - a * lag, 8);
        }
      }
  },
  mutants: {
    'corrects no bias': weighted(1, 1),
    'exchanges the two shares': configured(({ beta1, beta2 }) => ({ beta1: beta2, beta2: beta1 })),
    'keeps β₁²': configured(({ beta1 }) => ({ beta1: beta1 ** 2 })),
    'has the sign of the gradient alone': seeing((g) => g.sign()),
  },
});

/** S_t, written out. */
function longest(beta1: number, beta2: number, t: number): number {
  let sum = 0;
  for (let i = 0; i < t; i++) sum += (beta1 ** 2 / beta2) ** i;
  return ((1 - beta1) / (1 - beta1 ** t)) * Math.sqrt(((1 - beta2 ** t) / (1 - beta2)) * sum);
}

const ETA = 0.25;
/** |Δ| / η of the last step. */
const lastStep = (make: Adam, config: AdamConfig, g: ArrayLike<number>) => {
  const states = follow(
    (w) => make(w, { learningRate: ETA, ...config }),
    [0],
    (_, t) => [g[t - 1]],
    g.length,
  );
  return Math.abs(states[g.length].parameters[0] - states[g.length - 1].parameters[0]) / ETA;
};
const extremal = (beta1: number, beta2: number, t: number) => Array.from({ length: t }, (_, j) => (beta1 / beta2) ** (t - 1 - j));

const NO_EPSILON = { epsilon: 0 };
const STEP_MUTANTS: Record<string, Adam> = {
  'corrects no bias': weighted(1, 1),
  "corrects the mean's bias alone": weighted(0, 1),
  'exchanges the two shares': configured(({ beta1, beta2 }) => ({ beta1: beta2, beta2: beta1 })),
  'steps a tenth too far': configured(({ learningRate }) => ({ learningRate: 1.1 * learningRate })),
  'divides by the mean square': stepping(({ mean, square, weights }) => {
    const [first, second] = weights.split(2);
    return mean.div(first).div(square.div(second));
  }),
};

theorem<Adam>('thm:adam-step', 'a', {
  real,
  check: (make) => {
    for (const [beta1, beta2] of BETAS)
      for (const t of [1, 2, 5, 20]) {
        const S = longest(beta1, beta2, t);
        const step = (g: ArrayLike<number>, epsilon = 0) => lastStep(make, { beta1, beta2, epsilon }, g);
        for (const seed of [1, 2, 3]) expect(step(numbers(seed, t))).toBeLessThanOrEqual(S * (1 + 1e-9));
        const g = extremal(beta1, beta2, t);
        expect(step(g)).toBeCloseTo(S, 8); // attained,
        expect(step(g.map((x) => -3 * x))).toBeCloseTo(S, 8);
        expect(step(g, 0.125)).toBeLessThan(S * (1 - 1e-6)); // but not with ε,
        if (t > 1) expect(step(g.map((x, j) => (j === 0 ? x - 0.5 : x)))).toBeLessThan(S * (1 - 1e-12)); // nor by others
      }
    expect(lastStep(make, { beta1: 0.5, beta2: 0.75, epsilon: 0 }, [0, 0])).toBe(0);
  },
  mutants: {
    ...STEP_MUTANTS,
    'keeps a small ε': configured(({ epsilon }) => ({ epsilon: epsilon + 0.01 })),
    'sees the sign of the gradient alone': seeing((g) => g.sign()),
  },
});

theorem<Adam>('thm:adam-step', 'b', {
  real,
  check: (make) => {
    const attained = (beta1: number, beta2: number, t: number) =>
      lastStep(make, { beta1, beta2, ...NO_EPSILON }, extremal(beta1, beta2, t));
    for (const [beta1, beta2] of [...BETAS.slice(0, 2), [0, 0.5]] as const)
      expect(attained(beta1, beta2, 300)).toBeCloseTo((1 - beta1) / Math.sqrt((1 - beta2) * (1 - beta1 ** 2 / beta2)), 3);
    for (const [beta1, beta2] of BETAS) {
      expect(attained(beta1, beta2, 1)).toBeCloseTo(1, 9);
      for (const t of [2, 9]) {
        if (beta1 === beta2) expect(attained(beta1, beta2, t)).toBeCloseTo(1, 9);
        else expect(attained(beta1, beta2, t)).toBeGreaterThan(1 + 1e-6);
      }
    }
    // Beyond (1 − β₁)/√(1 − β₂) = 3.16, and without any bound where β₁² ≥ β₂.
    expect(attained(0.9, 0.999, 600)).toBeGreaterThan(4.8);
    expect(attained(0.75, 0.5, 100)).toBeGreaterThan(100);
  },
  mutants: STEP_MUTANTS,
});

theorem<Adam>('thm:adam-step', 'c', {
  real,
  check: (make) => {
    for (const [beta1, beta2] of [...BETAS, [0.9, 0.999]] as const)
      for (const [t, size] of [
        [1, 5],
        [4, -0.25],
        [300, 3],
      ]) {
        const lone = new Float64Array(t);
        lone[t - 1] = size;
        const [b1, b2] = [Math.fround(beta1), Math.fround(beta2)];
        const want = ((1 - b1) / (1 - b1 ** t)) * Math.sqrt((1 - b2 ** t) / (1 - b2));
        expect(lastStep(make, { beta1, beta2, ...NO_EPSILON }, lone)).toBeCloseTo(want, 5);
      }
    expect(lastStep(make, { beta1: 0.5, beta2: 0.75, ...NO_EPSILON }, [...new Float64Array(300), 1])).toBeCloseTo(1, 6); // 0.5/√0.25
    for (const [beta1, beta2] of BETAS) {
      const signs = numbers(5, 15).map((x) => 3 * Math.sign(x));
      for (let t = 1; t <= 15; t++) {
        expect(lastStep(make, { beta1, beta2, ...NO_EPSILON }, signs.subarray(0, t))).toBeLessThanOrEqual(1 + 1e-9);
        expect(lastStep(make, { beta1, beta2, ...NO_EPSILON }, new Float64Array(t).fill(-7))).toBeCloseTo(1, 9); // attained
      }
    }
  },
  mutants: STEP_MUTANTS,
});

theorem<Adam>('thm:adam-step', 'd', {
  real,
  check: (make) => {
    const g = numbers(6, 20);
    for (const [beta1, beta2] of BETAS)
      for (const c of [1 / 1024, 32]) {
        const path = (scale: number, epsilon: number) =>
          follow(
            (w) => make(w, { learningRate: ETA, beta1, beta2, epsilon }),
            [1],
            (_, t) => [scale * g[t - 1]],
            20,
          ).map(({ parameters }) => parameters[0]);
        expectClose(path(c, 0), path(1, 0), 9);
        expectClose(path(c, 0.25), path(1, 0.25 / c), 9);
        expect(Math.abs(path(c, 0.25)[20] - path(1, 0.25)[20])).toBeGreaterThan(1e-3);
      }
  },
  mutants: {
    'divides by the mean square': STEP_MUTANTS['divides by the mean square'],
    'adds ε under the root': stepping(({ mean, square, weights }, epsilon) => {
      const [first, second] = weights.split(2);
      return mean.div(first).div(square.div(second).add(epsilon).sqrt());
    }),
    'averages sizes instead of squares': squaring((g) => g.abs()),
    'keeps a small ε': configured(({ epsilon }) => ({ epsilon: epsilon + 0.01 })),
    'does not divide': stepping(({ mean }) => mean),
  },
});

/** Both ways to decay: AdamW, and Adam with a penalty. */
interface Decays {
  readonly decoupled: Adam;
  readonly penalty: Adam;
}
const decays: Decays = { decoupled: (initial, config) => adamW(initial, config), penalty: real };
const both = (change: (config: Named) => Partial<AdamConfig>): Decays => ({
  decoupled: WITH_CONFIG(decays.decoupled)(change),
  penalty: configured(change),
});
const DECAY_MUTANTS: Record<string, Decays> = {
  'puts the penalty into AdamW': { ...decays, decoupled: real },
  'puts the decay beside Adam': { ...decays, penalty: decays.decoupled },
  'decays half as much': both(({ weightDecay }) => ({ weightDecay: weightDecay / 2 })),
  'forgets to decay': both(() => ({ weightDecay: 0 })),
  'decays by λ, not η λ': both(({ weightDecay, learningRate }) => ({ weightDecay: weightDecay / learningRate })),
};

/** The gradient of f(w) = ½ Σ a_j (w_j − 1)² + w₁ w₂. */
const slope = (w: Float64Array) => [w[0] - 1 + w[1], 20 * (w[1] - 1) + w[0]];
const parameters = (states: readonly Followed[]) => states.map(({ parameters }) => parameters);

theorem<Decays>('thm:adamw', 'a', {
  real: decays,
  check: ({ decoupled, penalty }) => {
    const path = (make: Adam, weightDecay: number, c: number) =>
      parameters(
        follow(
          (w) => make(w, { learningRate: 0.125, beta1: 0.75, beta2: 0.9375, epsilon: 0, weightDecay }),
          [2, -1],
          (w) => slope(w).map((g) => c * g),
          25,
        ),
      );
    for (const c of [1 / 16, 8])
      for (const lambda of [0.25, 1]) {
        path(decoupled, lambda, c).forEach((w, t) => {
          expectClose(w, path(decoupled, lambda, 1)[t], 9);
        });
        path(penalty, lambda, c).forEach((w, t) => {
          expectClose(w, path(penalty, lambda / c, 1)[t], 9);
        });
        expect(Math.abs(path(penalty, lambda, c)[25][0] - path(penalty, lambda, 1)[25][0])).toBeGreaterThan(1e-4);
        expect(Math.abs(path(decoupled, lambda, 1)[25][0] - path(decoupled, 0, 1)[25][0])).toBeGreaterThan(1e-4);
      }
  },
  mutants: {
    'puts the penalty into AdamW': DECAY_MUTANTS['puts the penalty into AdamW'],
    'puts the decay beside Adam': DECAY_MUTANTS['puts the decay beside Adam'],
    'forgets to decay': DECAY_MUTANTS['forgets to decay'],
    'keeps a small ε': both(({ epsilon }) => ({ epsilon: epsilon + 0.01 })),
    'decays by a constant': both(() => ({ weightDecay: 0.5 })),
  },
});

theorem<Decays>('thm:adamw', 'b', {
  real: decays,
  check: ({ decoupled }) => {
    const [beta1, beta2] = [0.75, 0.9375];
    const S = (1 - beta1) / Math.sqrt((1 - beta2) * (1 - beta1 ** 2 / beta2));
    for (const weightDecay of [0.5, 2]) {
      const learningRate = 0.125;
      const path = (start: number, g: (t: number) => number, steps = 120) =>
        parameters(
          follow(
            (w) => decoupled(w, { learningRate, beta1, beta2, epsilon: 0, weightDecay }),
            [start],
            (_, t) => [g(t)],
            steps,
          ),
        );
      const kept = (t: number) => (1 - learningRate * weightDecay) ** t;
      const draws = numbers(9, 120);
      path(10, (t) => draws[t - 1] - 0.5).forEach(([w], t) => {
        expect(Math.abs(w)).toBeLessThanOrEqual(kept(t) * 10 + ((1 - kept(t)) * S) / weightDecay + 1e-9);
      });
      for (const g of [0.001, -1000])
        path(3, () => g).forEach(([w], t) => {
          expect(w).toBeCloseTo(kept(t) * 3 - ((1 - kept(t)) * Math.sign(g)) / weightDecay, 8); // the bound with S = 1, attained
        });
    }
  },
  mutants: {
    'puts the penalty into AdamW': DECAY_MUTANTS['puts the penalty into AdamW'],
    'decays half as much': DECAY_MUTANTS['decays half as much'],
    'forgets to decay': DECAY_MUTANTS['forgets to decay'],
    'decays by λ, not η λ': DECAY_MUTANTS['decays by λ, not η λ'],
    climbs: { ...decays, decoupled: seeing((g) => g.neg(), decays.decoupled) },
  },
});

theorem<Decays>('thm:adamw', 'c', {
  real: decays,
  check: ({ decoupled, penalty }) => {
    const d = [0.25, 4];
    const [learningRate, weightDecay] = [0.125, 0.5];
    const config = { learningRate, beta1: 0, beta2: 0.75, epsilon: 0, weightDecay };
    const signs = [numbers(11, 10), numbers(12, 10)].map((z) => z.map(Math.sign));
    const size = (t: number) => d.map((dj, j) => signs[j][t - 1] * dj);
    parameters(
      follow(
        (w) => decoupled(w, config),
        [1, -2],
        (_, t) => size(t),
        10,
      ),
    ).forEach((w, t, path) => {
      if (t === 0) return;
      const from = path[t - 1];
      expectClose(
        w,
        d.map((dj, j) => from[j] - (learningRate / dj) * (size(t)[j] + weightDecay * dj * from[j])),
        9,
      );
    });
    // Gradients of f such that with the penalty's they have the sizes d.
    const without = (w: ArrayLike<number>, t: number) => size(t).map((g, j) => g - weightDecay * w[j]);
    parameters(follow((w) => penalty(w, config), [1, -2], without, 10)).forEach((w, t, path) => {
      if (t === 0) return;
      const from = path[t - 1];
      expectClose(
        w,
        d.map((dj, j) => from[j] - (learningRate / dj) * (without(from, t)[j] + weightDecay * from[j])),
        9,
      );
    });
  },
  mutants: DECAY_MUTANTS,
});
