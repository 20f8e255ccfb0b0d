import { expect } from 'vitest';
import { type Followed, follow, type OneVector } from '../../tests/support/follow.js';
import { theorem } from '../../tests/support/theorem.js';
import { type SgdConfig, sgd } from './sgd.js';

type Sgd = (initial: OneVector, config: SgdConfig) => ReturnType<typeof sgd<OneVector>>;

const real: Sgd = (initial, config) => sgd(initial, config);
const length = (w: ArrayLike<number>) => Math.hypot(...Array.from(w));

/**
 * f(w) = ½ wᵀ A w with A = Q diag(a) Qᵀ and Q a reflection, so that w* = 0 and the error is w: it keeps its relative precision however
 * small it gets.
 */
function quadratic(a: readonly number[]) {
  const axis = a.map((_, j) => 1 / Math.sqrt(a.length) / (j % 2 ? 1 : -1));
  const reflect = (w: ArrayLike<number>) => {
    const along = 2 * axis.reduce((sum, u, j) => sum + u * w[j], 0);
    return axis.map((u, j) => w[j] - along * u);
  };
  const gradient = (w: Float64Array) => reflect(reflect(w).map((x, j) => a[j] * x));
  return { gradient, eigenvector: (j: number) => reflect(a.map((_, k) => (k === j ? 1 : 0))) };
}

const errors = (states: readonly Followed[]) => states.map(({ parameters }) => length(parameters));

/** Optimisers that make one mistake. */
const withConfig =
  (change: (config: SgdConfig & { learningRate: number; momentum: number }) => Partial<SgdConfig>): Sgd =>
  (initial, config) =>
    sgd(initial, { ...config, ...change(config as never) });

// √κ = 3, 7 and 15, for which r = (√κ − 1)/(√κ + 1), α* = r² and η* = 4/(√L + √μ)² are dyadic.
const CASES = [3, 7, 15].map((root) => {
  const [mu, L] = [1 / 16, root ** 2 / 16];
  const r = (root - 1) / (root + 1);
  return { mu, L, root, r, learningRate: 4 / (Math.sqrt(L) + Math.sqrt(mu)) ** 2, momentum: r ** 2 };
});

theorem<Sgd>('thm:heavy-ball', 'a', {
  real,
  check: (make) => {
    for (const momentum of [0, 0.25, 0.75])
      for (const L of [1, 8]) {
        const limit = (2 * (1 + momentum)) / L;
        const steepest = quadratic([L / 4, L]);
        const after = (share: number, steps: number) => {
          const learningRate = Math.fround(share * limit);
          return errors(follow((w) => make(w, { learningRate, momentum }), [1, 0.5], steepest.gradient, steps)).at(-1)!;
        };
        expect(after(0.98, 900)).toBeLessThan(1e-3);
        expect(after(0.05, 900)).toBeLessThan(1e-3);
        expect(after(1.02, 900)).toBeGreaterThan(1e3);
      }
  },
  mutants: {
    'forgets the momentum': withConfig(() => ({ momentum: 0 })),
    'steps 3 per cent too far': withConfig(({ learningRate }) => ({ learningRate: 1.03 * learningRate })),
    'steps 3 per cent too short': withConfig(({ learningRate }) => ({ learningRate: 0.97 * learningRate })),
    'keeps more momentum': withConfig(({ momentum }) => ({ momentum: (1 + momentum) / 2 })),
    'looks ahead, as Nesterov does': withConfig(({ momentum }) => ({ nesterov: momentum > 0 })),
    climbs: withGradient((g) => -g),
  },
});

/** The optimiser on another gradient. */
function withGradient(change: (g: number) => number): Sgd {
  return (initial, config) => {
    const optimizer = sgd(initial, config);
    return {
      ...optimizer,
      update: (state, grads) => optimizer.update(state, (grads as unknown as { mul(by: number): never }).mul(change(1))),
    };
  };
}

theorem<Sgd>('thm:heavy-ball', 'b', {
  real,
  check: (make) => {
    for (const { mu, L, r, root, learningRate, momentum } of CASES) {
      // What a step leaves in the end, as the root of what many leave; the polynomial factor of equal roots is taken out.
      const rate = (eta: number, alpha: number) => {
        const [from, to] = r < 0.6 ? [200, 800] : [400, 1200]; // r ** to stays a normal number
        const worst = [mu, L].map((a) => {
          const path = errors(
            follow(
              (w) => make(w, { learningRate: eta, momentum: alpha }),
              [1],
              (w) => [a * w[0]],
              to,
            ),
          );
          const greatest = (k: number) => Math.max(...path.slice(k - 40, k));
          return (greatest(to) / greatest(from)) ** (1 / (to - from));
        });
        return Math.max(...worst);
      };
      const best = rate(learningRate, momentum);
      expect(best / r).toBeCloseTo(1, 2); // 4^(1/600) = 1.0023 is the polynomial factor's
      expect(best).toBeCloseTo((root - 1) / (root + 1), 2);
      for (const by of [0.9, 1.1]) {
        expect(rate(Math.fround(by * learningRate), momentum)).toBeGreaterThan(best + 0.001);
        expect(rate(learningRate, Math.fround(1 - by * (1 - momentum)))).toBeGreaterThan(best + 0.001);
      }
    }
  },
  mutants: {
    'forgets the momentum': withConfig(() => ({ momentum: 0 })),
    'takes the root of the momentum': withConfig(({ momentum }) => ({ momentum: Math.sqrt(momentum) })),
    'takes the square of the momentum': withConfig(({ momentum }) => ({ momentum: momentum ** 2 })),
    'steps half as far': withConfig(({ learningRate }) => ({ learningRate: learningRate / 2 })),
    'puts 1 − α before the gradient': withConfig(({ learningRate, momentum }) => ({ learningRate: learningRate * (1 - momentum) })),
    'looks ahead, as Nesterov does': withConfig(() => ({ nesterov: true })),
  },
});

theorem<Sgd>('thm:heavy-ball', 'c', {
  real,
  check: (make) => {
    for (const { mu, L, r, learningRate, momentum } of CASES) {
      const { gradient, eigenvector } = quadratic([mu, 0.3 * L, L]);
      const path = (start: readonly number[]) =>
        errors(
          follow(
            (w) => make(w, { learningRate, momentum }),
            start,
            (w) => gradient(w),
            60,
          ),
        );
      const bound = (k: number) => (1 + (1 + r) * k) * r ** k;
      for (const start of [[1, -2, 0.5], eigenvector(0), eigenvector(1)])
        path(start).forEach((e, k) => {
          expect(e).toBeLessThanOrEqual(bound(k) * length(start) * (1 + 1e-9));
        });
      path(eigenvector(2)).forEach((e, k) => {
        expect(e / bound(k)).toBeCloseTo(1, 6);
      });
      path(eigenvector(0)).forEach((e, k) => {
        expect(e / ((1 + (1 - r) * k) * r ** k)).toBeCloseTo(1, 6); // of the flattest direction, equal roots r
      });
    }
  },
  mutants: {
    'forgets the momentum': withConfig(() => ({ momentum: 0 })),
    'has a hundredth too much momentum': withConfig(({ momentum }) => ({ momentum: 1.01 * momentum })),
    'steps a hundredth too far': withConfig(({ learningRate }) => ({ learningRate: 1.01 * learningRate })),
    'steps a hundredth too short': withConfig(({ learningRate }) => ({ learningRate: 0.99 * learningRate })),
    'looks ahead, as Nesterov does': withConfig(() => ({ nesterov: true })),
  },
});

// √κ = 7, 15 and 31, for which α = (√κ − 1)/(√κ + 1) and η = 1/L are dyadic.
const AHEAD = [7, 15, 31].map((root) => ({ root, L: 4, mu: 4 / root ** 2, learningRate: 1 / 4, momentum: (root - 1) / (root + 1) }));

/** ‖u_k − w*‖ of the library's w_k, by u_k = w_k + η α v_k. */
const looking = (states: readonly Followed[], { learningRate, momentum }: { learningRate: number; momentum: number }) =>
  states.map(({ parameters, velocity }) => length(parameters.map((w, j) => w + learningRate * momentum * velocity[j])));

theorem<Sgd>('thm:nesterov', 'a', {
  real,
  check: (make) => {
    for (const { root, L, mu, learningRate, momentum } of AHEAD) {
      const { gradient, eigenvector } = quadratic([mu, 2 * mu, 0.3 * L, L]);
      const states = (start: readonly number[]) =>
        follow(
          (w) => make(w, { learningRate, momentum, nesterov: true }),
          start,
          (w) => gradient(w),
          120,
        );
      const bound = (k: number) => (1 + k / root) * (1 - 1 / root) ** k;
      for (const start of [[1, -2, 0.5, 3], eigenvector(1), eigenvector(2), eigenvector(3)])
        looking(states(start), { learningRate, momentum }).forEach((u, k) => {
          expect(u).toBeLessThanOrEqual(bound(k) * length(start) * (1 + 1e-9) + 1e-15); // what rounding leaves where 1 − ηa = 0
        });
      const flattest = states(eigenvector(0));
      looking(flattest, { learningRate, momentum }).forEach((u, k) => {
        expect(u / bound(k)).toBeCloseTo(1, 6);
      });
      errors(flattest).forEach((w, k) => {
        expect(w / ((1 + k / (root + 1)) * (1 - 1 / root) ** k)).toBeCloseTo(1, 6);
      });
    }
  },
  mutants: {
    'does not look ahead': withConfig(() => ({ nesterov: false })),
    'forgets the momentum': withConfig(() => ({ momentum: 0, nesterov: false })),
    'has a hundredth too much momentum': withConfig(({ momentum }) => ({ momentum: 1.01 * momentum })),
    'steps a hundredth too short': withConfig(({ learningRate }) => ({ learningRate: 0.99 * learningRate })),
    'steps a hundredth too far': withConfig(({ learningRate }) => ({ learningRate: 1.01 * learningRate })),
  },
});

theorem<Sgd>('thm:nesterov', 'b', {
  real,
  check: (make) => {
    for (const { root, L, mu, learningRate, momentum } of AHEAD) {
      const { gradient } = quadratic([mu, 3 * mu, 0.5 * L, L]);
      const steps = 160 * root; // log 2 / 80 of the exponent is the polynomial factor's
      const states = follow(
        (w) => make(w, { learningRate, momentum, nesterov: true }),
        [1, 1, -1, 2],
        (w) => gradient(w),
        steps,
      );
      for (const path of [errors(states), looking(states, { learningRate, momentum })]) {
        const exponent = Math.log(path[steps] / path[steps / 2]) / (steps / 2);
        expect(Math.abs(exponent / Math.log(1 - 1 / root) - 1)).toBeLessThan(0.01);
      }
    }
  },
  mutants: {
    'does not look ahead': withConfig(() => ({ nesterov: false })),
    'forgets the momentum': withConfig(() => ({ momentum: 0, nesterov: false })),
    'has a hundredth too much momentum': withConfig(({ momentum }) => ({ momentum: 1.01 * momentum })),
    'has a tenth less momentum': withConfig(({ momentum }) => ({ momentum: 0.9 * momentum })),
    'steps a tenth too short': withConfig(({ learningRate }) => ({ learningRate: 0.9 * learningRate })),
  },
});
