import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot } from '../../../tests/support/dense.js';
import { type Followed, follow } from '../../../tests/support/follow.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { key, normal } from '../../base/random.js';
import { sgd } from '../../optim/index.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { layer } from '../../tensor/layer.js';
import { batchNorm } from './batch-norm.js';

/** y of one channel or more, of x, γ and b. */
type Norm = (x: tf.Tensor, gamma: tf.Tensor, b: tf.Tensor, epsilon: number) => tf.Tensor;

const averages = (width: number) => ({ mean: tf.zeros([width]), variance: tf.ones([width]) });
const real: Norm = (x, gamma, b, epsilon) => batchNorm({ gamma, beta: b }, x, { averages: averages(x.shape[1]!), epsilon }).y;

/** Batch norm with a wrong backward: dx from δ_y, its mean along ones and along x̂, γ and r. */
function wrongly(
  dx: (parts: { dy: tf.Tensor; alongOnes: tf.Tensor; alongHat: tf.Tensor; gamma: tf.Tensor; r: tf.Tensor }) => tf.Tensor,
): Norm {
  return (x, gamma, b, epsilon) =>
    layer({
      name: 'wrongNorm',
      forward({ gamma, b }: { gamma: tf.Tensor; b: tf.Tensor }, x: tf.Tensor) {
        const c = x.sub(x.mean(0));
        const r = c.square().mean(0).add(epsilon).rsqrt();
        const hat = c.mul(r);
        return { value: hat.mul(gamma).add(b), saved: { hat, r, gamma } };
      },
      backward(dy, { hat, r, gamma }) {
        const [alongOnes, alongHat] = [dy.mean(0), hat.mul(dy.mul(hat).mean(0))];
        return [{ gamma: dy.mul(hat).sum(0), b: dy.sum(0) }, dx({ dy, alongOnes, alongHat, gamma, r })];
      },
      plain: ({ gamma, b }, x) => x.mul(gamma).add(b),
    })({ gamma, b }, x);
}

const data = (seed: number, shape: number[]) => ({ data: normal(key(seed), shape, 'float64').data, shape });
const [X, GAMMA, B, DY] = [data(1, [6, 2]), data(2, [2]), data(3, [2]), data(4, [6, 2])];
const FEW = [data(5, [2, 1]), data(6, [1]), data(7, [1])];

/** x̂, r and the gradients of Σ δ_y ⊙ y, channel by channel, by hand. */
function byHand(epsilon: number) {
  const [n, F] = X.shape;
  const column = ({ data }: { data: Float64Array }, j: number) => Array.from({ length: n }, (_, i) => data[F * i + j]);
  const mean = (a: readonly number[]) => a.reduce((sum, x) => sum + x, 0) / n;
  return Array.from({ length: F }, (_, j) => {
    const [x, dy] = [column(X, j), column(DY, j)];
    const c = x.map((xi) => xi - mean(x));
    const r = 1 / Math.sqrt(mean(c.map((ci) => ci * ci)) + epsilon);
    const hat = c.map((ci) => r * ci);
    return { hat, r, dBeta: n * mean(dy), dGamma: n * mean(dy.map((d, i) => d * hat[i])), gamma: GAMMA.data[j] };
  });
}
const gradients = (norm: Norm, epsilon: number) => {
  const { y, grads } = inDouble((x, gamma, b) => norm(x, gamma, b, epsilon), [X, GAMMA, B], DY);
  return { y, dx: grads[0], dGamma: grads[1], dBeta: grads[2] };
};
const column = (flat: ArrayLike<number>, j: number) => Array.from({ length: 6 }, (_, i) => flat[2 * i + j]);

const WRONG: Record<string, Norm> = {
  'keeps the part along ones': wrongly(({ dy, alongHat, gamma, r }) => dy.sub(alongHat).mul(gamma).mul(r)),
  'keeps the part along x̂': wrongly(({ dy, alongOnes, gamma, r }) => dy.sub(alongOnes).mul(gamma).mul(r)),
  'divides by n − 1': wrongly(({ dy, alongOnes, alongHat, gamma, r }) =>
    dy
      .sub(alongOnes.add(alongHat).mul(6 / 5))
      .mul(gamma)
      .mul(r),
  ),
  'forgets γ': wrongly(({ dy, alongOnes, alongHat, r }) => dy.sub(alongOnes).sub(alongHat).mul(r)),
  'forgets r': wrongly(({ dy, alongOnes, alongHat, gamma }) => dy.sub(alongOnes).sub(alongHat).mul(gamma)),
  'adds the part along x̂': wrongly(({ dy, alongOnes, alongHat, gamma, r }) => dy.sub(alongOnes).add(alongHat).mul(gamma).mul(r)),
};

theorem<Norm>('thm:batch-norm-backward', 'a', {
  real,
  check: (norm) => {
    for (const epsilon of [0, 0.25]) {
      const { dGamma, dBeta } = gradients(norm, epsilon);
      byHand(epsilon).forEach((want, j) => {
        expect(dGamma[j]).toBeCloseTo(want.dGamma, 9);
        expect(dBeta[j]).toBeCloseTo(want.dBeta, 9);
      });
    }
  },
  mutants: {
    'does not centre': (x, gamma, b, epsilon) => x.mul(x.square().mean(0).add(epsilon).rsqrt()).mul(gamma).add(b),
    'divides by n − 1': (x, gamma, b, epsilon) => {
      const c = x.sub(x.mean(0));
      return c.mul(c.square().sum(0).div(5).add(epsilon).rsqrt()).mul(gamma).add(b);
    },
    'adds ε to the root': (x, gamma, b, epsilon) => {
      const c = x.sub(x.mean(0));
      return c.div(c.square().mean(0).sqrt().add(epsilon)).mul(gamma).add(b);
    },
    'multiplies the shift by γ': (x, gamma, b, epsilon) => real(x, tf.onesLike(gamma), b, epsilon).mul(gamma),
  },
});

theorem<Norm>('thm:batch-norm-backward', 'b', {
  real,
  check: (norm) => {
    for (const epsilon of [0, 0.25]) {
      const { dx } = gradients(norm, epsilon);
      byHand(epsilon).forEach(({ hat, r, dBeta, dGamma, gamma }, j) => {
        const dy = column(DY.data, j);
        expectClose(
          column(dx, j),
          dy.map((d, i) => gamma * r * (d - dBeta / 6 - (dGamma / 6) * hat[i])),
          9,
        );
      });
      expect(error(() => gradCheck((x, gamma, b) => norm(x, gamma, b, epsilon), [X, GAMMA, B]))).toBe('');
      if (epsilon > 0) expect(error(() => gradCheck((x, gamma, b) => norm(x, gamma, b, epsilon), FEW))).toBe('');
    }
  },
  mutants: WRONG,
});

function error(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (problem) {
    return String(problem);
  }
}

theorem<Norm>('thm:batch-norm-backward', 'c', {
  real,
  check: (norm) => {
    for (const epsilon of [0, 0.25, 4]) {
      const { dx } = gradients(norm, epsilon);
      byHand(epsilon).forEach(({ hat, r, dGamma, gamma }, j) => {
        expect(dot(column(dx, j), new Array(6).fill(1))).toBeCloseTo(0, 9);
        expect(dot(column(dx, j), hat)).toBeCloseTo(epsilon * gamma * r ** 3 * dGamma, 9);
      });
    }
  },
  mutants: {
    'keeps the part along ones': WRONG['keeps the part along ones'],
    'keeps the part along x̂': WRONG['keeps the part along x̂'],
    'divides by n − 1': WRONG['divides by n − 1'],
    'forgets γ': WRONG['forgets γ'],
    'forgets r': WRONG['forgets r'],
    'adds ε to the root': (x, gamma, b, epsilon) => {
      const c = x.sub(x.mean(0));
      return c.div(c.square().mean(0).sqrt().add(epsilon)).mul(gamma).add(b);
    },
  },
});

/** Weights before a batch norm, how they are trained, and the steps that the theorem says they take. */
interface Trained {
  readonly norm: Norm;
  readonly make: typeof sgd;
  /** η_k, of η, λ and ‖w_k‖. */
  readonly effective: (eta: number, lambda: number, length: number) => number;
}
const F = 3;
const DESIGN = data(8, [8, F]);
const ONE = { data: Float64Array.of(1.5), shape: [1] };
const SHIFT = { data: Float64Array.of(0.25), shape: [1] };
/** f_k(w) = Σ ½ q_k y + ¼ y² ⊙ q_k², with other q_k at every step. */
const targets = (k: number) => data(100 + k, [8, 1]);
const slope = (norm: Norm, w: ArrayLike<number>, k: number): { value: number; gradient: Float64Array } => {
  const { y, grads } = inDouble(
    (w, x, gamma, b, q) => {
      const y = norm(x.matMul(w), gamma, b, 0);
      return y.mul(q).mul(0.5).add(y.mul(q).square().mul(0.25)).sum();
    },
    [{ data: Float64Array.from(w), shape: [F, 1] }, DESIGN, ONE, SHIFT, targets(k)],
  );
  return { value: y[0], gradient: Float64Array.from(grads[0]) };
};
const length = (w: ArrayLike<number>) => Math.hypot(...Array.from(w));
const times = (w: ArrayLike<number>, c: number) => Float64Array.from(w, (x) => c * x);
const unit = (w: ArrayLike<number>) => times(w, 1 / length(w));

const trained: Trained = {
  norm: real,
  make: sgd,
  effective: (eta, lambda, length) => eta / (1 - eta * lambda) / length ** 2,
};
const NOT_SCALED: Record<string, Norm> = {
  'keeps a small ε': (x, gamma, b) => real(x, gamma, b, 0.01),
  'only centres': (x, gamma, b) => x.sub(x.mean(0)).mul(gamma).add(b),
  'normalises by the variance': (x, gamma, b) => {
    const c = x.sub(x.mean(0));
    return c.div(c.square().mean(0)).mul(gamma).add(b);
  },
  'holds the variance constant backward': wrongly(({ dy, alongOnes, gamma, r }) => dy.sub(alongOnes).mul(gamma).mul(r)),
};

theorem<Norm>('thm:batch-norm-scale', 'a', {
  real,
  check: (norm) => {
    const w = [0.5, -1, 2];
    for (const k of [0, 1]) {
      const { value, gradient } = slope(norm, w, k);
      expect(length(gradient)).toBeGreaterThan(0.05);
      expect(dot(gradient, w)).toBeCloseTo(0, 9);
      for (const c of [0.125, 3]) {
        const scaled = slope(norm, times(w, c), k);
        expect(scaled.value).toBeCloseTo(value, 9);
        expectClose(scaled.gradient, times(gradient, 1 / c), 9);
      }
    }
  },
  mutants: NOT_SCALED,
});

/** The weights that plain descent on the f_k passes through. */
const path = ({ norm, make }: Trained, eta: number, lambda: number, steps: number) =>
  follow(
    (initial) => make(initial, { learningRate: eta, weightDecay: lambda }) as never,
    [0.5, -1, 2],
    (w, t) => slope(norm, w, t).gradient,
    steps,
  ).map(({ parameters }: Followed) => parameters);

function expectTurns({ norm, make, effective }: Trained, lambda: number): void {
  const eta = 0.25;
  const ws = path({ norm, make, effective }, eta, lambda, 12);
  for (let k = 0; k < 12; k++) {
    const d = unit(ws[k]);
    const { gradient } = slope(real, d, k + 1);
    const rate = effective(eta, lambda, length(ws[k]));
    expectClose(unit(ws[k + 1]), unit(d.map((x, j) => x - rate * gradient[j])), 8);
    const kept = (1 - eta * lambda) ** 2 * length(ws[k]) ** 2;
    expect(length(ws[k + 1]) ** 2).toBeCloseTo(kept + (eta ** 2 * length(gradient) ** 2) / length(ws[k]) ** 2, 8);
    if (lambda === 0) expect(length(ws[k + 1])).toBeGreaterThan(length(ws[k]));
  }
}
const TRAINED_WRONGLY: Record<string, Trained> = {
  ...Object.fromEntries(Object.entries(NOT_SCALED).map(([name, norm]) => [name, { ...trained, norm }])),
  'divides by the length, not its square': { ...trained, effective: (eta, lambda, length) => eta / (1 - eta * lambda) / length },
  'does not divide': { ...trained, effective: (eta) => eta },
  'has momentum': { ...trained, make: (initial, config) => sgd(initial, { ...config, momentum: 0.5 }) },
};

theorem<Trained>('thm:batch-norm-scale', 'b', {
  real: trained,
  check: (rule) => expectTurns(rule, 0),
  mutants: TRAINED_WRONGLY,
});

theorem<Trained>('thm:batch-norm-scale', 'c', {
  real: trained,
  check: (rule) => {
    for (const lambda of [0.5, 2]) expectTurns(rule, lambda);
  },
  mutants: {
    ...TRAINED_WRONGLY,
    'forgets the decay': { ...trained, effective: (eta, _, length) => eta / length ** 2 },
    'decays twice as much': {
      ...trained,
      make: (initial, config) => sgd(initial, { ...config, weightDecay: 2 * (config.weightDecay as number) }),
    },
  },
});

theorem<Trained>('thm:batch-norm-scale', 'd', {
  real: trained,
  check: ({ norm, make }) => {
    // Losses q_kᵀ y whose gradients at d_k have the length G: q_k along what X makes of a direction at right angles to d_k.
    const gradientOf = (w: Float64Array, t: number, G: number) => {
      const at = (q: Float64Array) =>
        Float64Array.from(
          inDouble(
            (w, x, gamma, b, q) => norm(x.matMul(w), gamma, b, 0).mul(q).sum(),
            [{ data: w, shape: [F, 1] }, DESIGN, ONE, SHIFT, { data: q, shape: [8, 1] }],
          ).grads[0],
        );
      const q = targets(t).data;
      const atUnit = length(at(q)) * length(w);
      return at(q.map((x) => (x * G) / atUnit));
    };
    for (const [eta, lambda, G] of [
      [0.25, 1, 1],
      [0.5, 1, 3],
    ])
      for (const start of [0.01, 30]) {
        const states = follow(
          (initial) => make(initial, { learningRate: eta, weightDecay: lambda }) as never,
          [0.5 * start, -start, 2 * start],
          (w, t) => gradientOf(w, t, G),
          60,
        );
        const { parameters } = states[60];
        expect(eta / length(parameters) ** 2).toBeCloseTo(Math.sqrt(eta * lambda * (2 - eta * lambda)) / G, 6);
      }
  },
  mutants: {
    'keeps a small ε': { ...trained, norm: NOT_SCALED['keeps a small ε'] },
    'only centres': { ...trained, norm: NOT_SCALED['only centres'] },
    'holds the variance constant backward': { ...trained, norm: NOT_SCALED['holds the variance constant backward'] },
    'forgets the decay': { ...trained, make: (initial, config) => sgd(initial, { ...config, weightDecay: 0 }) },
    'has momentum': TRAINED_WRONGLY['has momentum'],
  },
});
