import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { valueInDouble } from '../../../tests/support/in-double.js';
import { gaussian, uniformAt } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { criticLoss, generatorLoss } from '../../nn/index.js';
import { jensenShannon, kullbackLeibler } from '../../stats/index.js';
import { grad } from '../../tensor/index.js';
import { type Game, nonSaturating, saturating, wassersteinGp } from './gan.js';

type Loss = Game['generator'];
const logistic = (s: number) => 1 / (1 + Math.exp(-s));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const array = (data: readonly number[], ...shape: number[]) => ({ data: [...data], shape: shape.length ? shape : [data.length] });

/** What the two generators minimise, by the scores of their samples. */
interface Losses {
  readonly saturating: Loss;
  readonly nonSaturating: Loss;
}
const losses: Losses = { saturating: saturating.generator, nonSaturating: nonSaturating.generator };
const LOSSES: Record<string, Losses> = {
  'takes one for the other': { saturating: losses.nonSaturating, nonSaturating: losses.saturating },
  'raises the saturating loss': { ...losses, saturating: (s) => losses.saturating(s).neg() },
  'raises the other loss': { ...losses, nonSaturating: (s) => losses.nonSaturating(s).neg() },
  'doubles the saturating loss': { ...losses, saturating: (s) => losses.saturating(s).mul(2) },
  'halves the other loss': { ...losses, nonSaturating: (s) => losses.nonSaturating(s).mul(0.5) },
  'has raw scores': { saturating: generatorLoss, nonSaturating: generatorLoss },
  'has D for its logarithm': { ...losses, nonSaturating: (s) => s.sigmoid().mean().neg() },
  'squares what is missing': { ...losses, nonSaturating: (s) => s.sub(1).square().mean() },
};

/** y₁ + ½ sin y₁ − ½ y₂ − c, times r, and its gradient. Constants are exact in single precision. */
const scoreOf = (c: number, r: number) => (y: tf.Tensor) => {
  const [a, b] = tf.unstack(y, 1);
  return a.add(a.sin().mul(0.5)).sub(b.mul(0.5)).sub(c).mul(r);
};
const score = (c: number, r: number, [a, b]: readonly number[]) => r * (a + 0.5 * Math.sin(a) - 0.5 * b - c);
const slope = (r: number, [a]: readonly number[]) => [r * (1 + 0.5 * Math.cos(a)), -0.5 * r];
/** Generators of two weights: noise shifted by them, and stretched. */
const GENERATORS = {
  shift: {
    make: (theta: tf.Tensor, z: tf.Tensor) => z.add(theta),
    at: (theta: number[], z: number[]) => z.map((u, j) => u + theta[j]),
    jacobian: () => [1, 1],
  },
  stretch: {
    make: (theta: tf.Tensor, z: tf.Tensor) => z.mul(theta),
    at: (theta: number[], z: number[]) => z.map((u, j) => u * theta[j]),
    jacobian: (z: number[]) => z,
  },
};
/** Gradients of both losses, D of each sample, each sample's v, and the largest slope of D and stretch of J. */
function pulls(of: Losses, kind: keyof typeof GENERATORS, noise: number[][], c: number, r: number) {
  const { make, at, jacobian } = GENERATORS[kind];
  const theta = [0.5, -0.75];
  const gradient = (loss: Loss) =>
    Array.from(
      inDouble((theta, z) => loss(scoreOf(c, r)(make(theta, z))), [array(theta), array(noise.flat(), noise.length, 2)]).grads[0],
      Number,
    );
  const samples = noise.map((z) => at(theta, z));
  const d = samples.map((y) => logistic(score(c, r, y)));
  const v = samples.map((y, i) => slope(r, y).map((g, j) => g * jacobian(noise[i])[j]));
  const average = (weight: (i: number) => number) => [0, 1].map((j) => mean(v.map((row, i) => weight(i) * row[j])));
  return {
    saturating: gradient(of.saturating),
    nonSaturating: gradient(of.nonSaturating),
    ...{ d, v, average, scores: samples.map((y) => score(c, 1, y)) },
    slopes: samples.map((y, i) => d[i] * (1 - d[i]) * Math.hypot(...slope(r, y))),
    stretches: noise.map((z) => Math.max(...jacobian(z).map(Math.abs))),
  };
}
const noise = (seed: number, n: number) => {
  const z = gaussian(seed, 2 * n);
  return Array.from({ length: n }, (_, i) => [z[2 * i], z[2 * i + 1]]);
};
const KINDS = ['shift', 'stretch'] as const;

theorem<Losses>('thm:vanishing-generator', 'abc', {
  real: losses,
  check: (of) => {
    for (const kind of KINDS)
      for (const [n, c] of [
        [5, 1],
        [5, 6],
        [1, 4],
      ])
        for (const r of [1, 4, 32]) {
          const found = pulls(of, kind, noise(n + c, n), c, r);
          const { d, v, average } = found;
          const [down, up] = [average((i) => d[i]), average((i) => 1 - d[i])];
          for (const j of [0, 1]) {
            expect(Math.abs(found.saturating[j] + down[j])).toBeLessThan(1e-7 * r);
            expect(Math.abs(found.nonSaturating[j] + up[j])).toBeLessThan(1e-7 * r);
          }
          const [epsilon, A] = [Math.max(...d), mean(v.map((row) => Math.hypot(...row)))];
          const rounding = 1e-7 * r;
          const size = Math.hypot(...found.saturating);
          const fromLinear = Math.hypot(...found.nonSaturating.map((g, j) => g + average(() => 1)[j]));
          expect(size).toBeLessThanOrEqual(epsilon * A + rounding);
          expect(fromLinear).toBeLessThanOrEqual(epsilon * A + rounding);
          const steep = (Math.max(...found.slopes) / (1 - epsilon)) * mean(found.stretches);
          if (epsilon < 1) expect(size).toBeLessThanOrEqual(steep + rounding);
          if (n === 1) {
            expect(Math.abs(size - epsilon * A)).toBeLessThan(rounding); // one sample attains all three
            expect(Math.abs(fromLinear - epsilon * A)).toBeLessThan(rounding);
            if (kind === 'shift') expect(Math.abs(size - steep)).toBeLessThan(rounding);
          }
          // (c): the same score, r times as steep, where it is below −ρ.
          const rho = -Math.max(...found.scores);
          if (rho <= 0) continue;
          const still = 1 / (1 + Math.exp(r * rho));
          expect(size).toBeLessThanOrEqual(still * A + rounding);
          const whole = Math.hypot(...average(() => 1));
          expect(Math.hypot(...found.nonSaturating)).toBeGreaterThanOrEqual(whole - still * A - rounding);
          if (r === 32) {
            expect(size).toBeLessThan(r * Math.exp(-0.9 * r * rho) + 1e-12);
            expect(Math.hypot(...found.nonSaturating) / whole).toBeCloseTo(1, 6);
          }
        }
  },
  mutants: LOSSES,
});

theorem<Losses>('thm:vanishing-generator', 'd', {
  real: losses,
  check: (of) => {
    for (const [p, q] of [
      [
        [0.1, 0.2, 0.3, 0.4],
        [0.4, 0.1, 0.2, 0.3],
      ],
      [
        [0.7, 0.2, 0.1],
        [0.2, 0.2, 0.6],
      ],
    ]) {
      const scores = p.map((mass, i) => Math.log(mass / q[i]));
      const paid = (loss: Loss) => scores.map((s) => valueInDouble((s) => loss(s), [array([s])])[0]);
      for (let k = 0; k < 4; k++) {
        const draws = p.map((_, i) => uniformAt(k, i));
        const way = draws.map((u) => u - mean(draws)); // q moves along it, and still sums to 1
        const moved = (h: number) => q.map((mass, i) => mass + h * way[i]);
        const slopeOf = (f: (q: number[]) => number) => (f(moved(1e-5)) - f(moved(-1e-5))) / 2e-5;
        const [js, kl] = [slopeOf((q) => 2 * jensenShannon(p, q)), slopeOf((q) => kullbackLeibler(q, p))];
        expect(total(paid(of.saturating).map((cost, i) => way[i] * cost))).toBeCloseTo(js, 7);
        expect(total(paid(of.nonSaturating).map((cost, i) => way[i] * cost))).toBeCloseTo(kl - js, 7);
      }
    }
  },
  mutants: LOSSES,
});

type Weighted = typeof wassersteinGp;
type Score = (x: tf.Tensor) => tf.Tensor;
/** The game with another penalty on the lengths of slopes, or on other places. */
const penalising =
  (penalty: (length: tf.Tensor) => tf.Tensor, place = (mix: tf.Tensor) => mix): Weighted =>
  (weight = 10) => ({
    generator: generatorLoss,
    critic(score, real, fake, mix) {
      const share = place(mix).reshape([-1, 1]);
      const at = fake.add(share.mul(real.sub(fake)));
      const slopes = grad((x: tf.Tensor) => score(x).sum())(at) as tf.Tensor;
      const length = slopes.square().sum(1).add(1e-12).sqrt();
      return criticLoss(score(real), score(fake)).add(penalty(length).mean().mul(weight));
    },
  });
const PENALTIES: Record<string, Weighted> = {
  'weighs it double': (weight = 10) => wassersteinGp(2 * weight),
  'forgets it': () => wassersteinGp(0),
  'is one-sided': penalising((length) => length.sub(1).relu().square()),
  'takes no square': penalising((length) => length.sub(1).abs()),
  'has the squared length': penalising((length) => length.square().sub(1).square()),
  'wants no slope': penalising((length) => length.square()),
  'wants a slope of 2': penalising((length) => length.sub(2).square()),
  'looks at the data only': penalising(
    (length) => length.sub(1).square(),
    (mix) => mix.mul(0).add(1),
  ),
  'takes data for samples': (weight) => {
    const game = wassersteinGp(weight);
    return { ...game, critic: (score, real, fake, mix) => game.critic(score, fake, real, mix) };
  },
};

/** −C_λ of a critic: all pairs of two lists of points, at 12 places each. */
function lossOf(game: Weighted, lambda: number, xs: number[][], ys: number[][], critic: (weights: tf.Tensor) => Score, weights: number[]) {
  const all = xs.flatMap((x) => ys.flatMap((y) => Array.from({ length: 12 }, (_, t) => ({ x, y, t: (t + 0.5) / 12 }))));
  const [B, d] = [all.length, xs[0].length];
  return valueInDouble(
    (real, fake, mix, weights) => game(lambda).critic(critic(weights), real, fake, mix),
    [
      array(
        all.flatMap(({ x }) => x),
        B,
        d,
      ),
      array(
        all.flatMap(({ y }) => y),
        B,
        d,
      ),
      array(all.map(({ t }) => t)),
      array(weights),
    ],
  )[0];
}
const linear = (weights: tf.Tensor) => (x: tf.Tensor) => x.mul(weights).sum(1);
/** A critic that is no line: w·x + sin(x₁) w₁/2. */
const bent = (weights: tf.Tensor) => (x: tf.Tensor) => linear(weights)(x).add(linear(weights)(x).sin().mul(0.5));

theorem<Weighted>('thm:gradient-penalty', 'b', {
  real: wassersteinGp,
  check: (game) => {
    const clouds = [noise(31, 3), noise(32, 4).map(([a, b]) => [2 * a + 1, b])];
    for (const lambda of [0.5, 10]) {
      // Any two laws and any critic keep to the first bound.
      const lengths = clouds[0].flatMap((x) => clouds[1].map((y) => Math.hypot(x[0] - y[0], x[1] - y[1])));
      const most = mean(lengths) + mean(lengths.map((r) => r * r)) / (4 * lambda);
      for (let k = 0; k < 6; k++)
        for (const critic of [linear, bent])
          expect(-lossOf(game, lambda, clouds[0], clouds[1], critic, [-3 * uniformAt(k, 0), uniformAt(k, 1)])).toBeLessThan(most + 1e-9);
      // Two points, where both bounds are one; and a law with itself shifted, whose best 1-Lipschitz critic is linear.
      for (const [xs, ys] of [
        [[[1, 2]], [[-0.5, 0]]],
        [clouds[0], clouds[0].map(([a, b]) => [a - 1.5, b - 2])],
      ]) {
        const W = 2.5;
        const rises = (l: number) => -lossOf(game, lambda, xs, ys, linear, [l * 0.6, l * 0.8]);
        for (const l of [0, 0.5, 1, 1 + W / (2 * lambda), 3])
          expect(Math.abs(rises(l) - (l * W - lambda * (l - 1) ** 2))).toBeLessThan(1e-5 * (1 + lambda));
        const best = W + W ** 2 / (4 * lambda);
        expect(Math.abs(rises(1 + W / (2 * lambda)) - best)).toBeLessThan(1e-5);
        if (xs.length === 1)
          for (let k = 0; k < 6; k++)
            for (const critic of [linear, bent])
              expect(-lossOf(game, lambda, xs, ys, critic, [2 * uniformAt(k, 2), 2 * uniformAt(k, 3)])).toBeLessThan(best + 1e-9);
      }
    }
  },
  mutants: PENALTIES,
});

/** On the line, between whole numbers: a critic by its slopes on [0, 1], [1, 2], … */
const bySlopes = (size: number) => (slopes: tf.Tensor) => (x: tf.Tensor) => {
  const from = x.sub(tf.range(0, size).reshape([1, size]));
  return from.relu().sub(from.sub(1).relu()).mul(slopes).sum(1);
};

theorem<Weighted>('thm:gradient-penalty', 'c', {
  real: wassersteinGp,
  check: (game) => {
    for (const [xs, ys, R] of [
      [[0, 0, 2, 4], [1, 3, 3], 4],
      [[3, 4], [0, 0, 1, 2], 4],
      [[0], [3], 3],
    ] as [number[], number[], number][]) {
      const cells = Array.from({ length: R }, (_, j) => j);
      const share = (of: number[], j: number) => mean(of.map((u) => (u <= j ? 1 : 0)));
      const gap = cells.map((j) => share(ys, j) - share(xs, j)); // F_Q − F_P
      const density = cells.map((j) =>
        mean(xs.flatMap((x) => ys.map((y) => (Math.min(x, y) <= j && j < Math.max(x, y) ? 1 / Math.abs(x - y) : 0)))),
      );
      const W = total(gap.map(Math.abs));
      for (const [j, rho] of density.entries()) expect(Math.abs(gap[j])).toBeLessThanOrEqual(R * rho + 1e-12);
      for (const lambda of [0.5, 2, 10]) {
        const column = (of: number[]) => of.map((u) => [u]);
        const worth = (slopes: number[]) => -lossOf(game, lambda, column(xs), column(ys), bySlopes(R), slopes);
        const exact = W + total(gap.map((g, j) => (g * g) / density[j])) / (4 * lambda);
        const best = cells.map((j) => (gap[j] < 0 ? -1 : 1) * (1 + Math.abs(gap[j]) / (2 * lambda * density[j])));
        expect(Math.abs(worth(best) - exact)).toBeLessThan(1e-5 * (1 + lambda));
        expect(exact).toBeLessThanOrEqual(W * (1 + R / (4 * lambda)) + 1e-12);
        if (xs.length === 1) expect(exact).toBeCloseTo(W * (1 + R / (4 * lambda)), 12); // attained by two points
        for (let k = 0; k < 8; k++) {
          const slopes = best.map((s, j) => s * (0.3 + uniformAt(k, j)));
          const formula = total(cells.map((j) => slopes[j] * gap[j] - lambda * density[j] * (Math.abs(slopes[j]) - 1) ** 2));
          expect(Math.abs(worth(slopes) - formula)).toBeLessThan(1e-5 * (1 + lambda));
          expect(worth(slopes)).toBeLessThan(exact);
        }
      }
    }
  },
  mutants: PENALTIES,
});

theorem<Weighted>('thm:gradient-penalty', 'd', {
  real: wassersteinGp,
  check: (game) => {
    const [x, y, e] = [
      [1, 2],
      [-0.5, 0],
      [0.6, 0.8],
    ];
    for (const K of [5, 50]) {
      // e·w + K sin²(e′·(w − x)), e′ = (−0.8, 0.6)
      const steep = (weights: tf.Tensor) => (w: tf.Tensor) => {
        const [along, across] = [weights.slice(0, 2), weights.slice(2, 2)];
        return w
          .mul(along)
          .sum(1)
          .add(w.sub(weights.slice(4, 2)).mul(across).sum(1).sin().square().mul(weights.slice(6, 1)));
      };
      const weights = [...e, -e[1], e[0], ...x, K];
      expect(-lossOf(game, 1000, [x], [y], steep, weights)).toBeCloseTo(2.5, 5);
      const side = [x[0] - (e[1] * Math.PI) / 4, x[1] + (e[0] * Math.PI) / 4];
      const slopes = inDouble((w, weights) => steep(weights)(w), [array(side, 1, 2), array(weights)]).grads[0];
      expect(Math.hypot(...Array.from(slopes, Number))).toBeGreaterThan(K);
    }
    for (const lambda of [0.5, 10]) expect(lossOf(game, lambda, [x], [x], linear, [0, 0]) / lambda).toBeCloseTo(1, 5);
  },
  mutants: {
    'forgets it': PENALTIES['forgets it'],
    'is one-sided': PENALTIES['is one-sided'],
    'wants no slope': PENALTIES['wants no slope'],
    'wants a slope of 2': PENALTIES['wants a slope of 2'],
    'weighs it double': PENALTIES['weighs it double'],
    'takes data for samples': PENALTIES['takes data for samples'],
  },
});

/** What the samples of the three games cost. */
interface Costs extends Losses {
  readonly wasserstein: Loss;
}
const costs: Costs = { ...losses, wasserstein: wassersteinGp().generator };
const NAMES = ['saturating', 'nonSaturating', 'wasserstein'] as const;
const each = (f: (loss: Loss) => Loss): Costs => ({
  saturating: f(costs.saturating),
  nonSaturating: f(costs.nonSaturating),
  wasserstein: f(costs.wasserstein),
});

theorem<Costs>('thm:point-mass', 'ab', {
  real: costs,
  check: (of) => {
    const cost = (name: (typeof NAMES)[number], scores: number[]) => valueInDouble((s) => of[name](s), [array(scores)])[0];
    for (const name of NAMES) {
      // Laws on five places, as samples that hold each so often: a mean of what the places cost, least for the best place alone.
      const scores = [-2, 0.5, 1.5, 1.25, -0.5];
      const single = scores.map((s) => cost(name, [s]));
      expect(single.indexOf(Math.min(...single))).toBe(2);
      for (let k = 0; k < 12; k++) {
        const counts = scores.map((_, i) => Math.floor(3 * uniformAt(k, i)));
        const batch = scores.flatMap((s, i) => new Array<number>(counts[i]).fill(s));
        if (batch.length === counts[2]) continue;
        expect(cost(name, batch)).toBeCloseTo(total(single.map((c, i) => c * counts[i])) / batch.length, 10);
        expect(cost(name, batch)).toBeGreaterThan(single[2]);
      }
      // Normal laws: the best place is beyond the data, or there is none.
      const scoreAt = (y: number, s2: number, r2: number, x0: number, y0: number) =>
        Math.log(Math.sqrt(r2 / s2)) - (y - x0) ** 2 / (2 * s2) + (y - y0) ** 2 / (2 * r2);
      for (const [x0, y0, s2, r2] of [
        [1, 0, 1, 2],
        [-0.5, 0.5, 0.5, 2],
      ]) {
        const at = (y: number) => cost(name, [scoreAt(y, s2, r2, x0, y0)]);
        const best = x0 + ((x0 - y0) * s2) / (r2 - s2);
        expect(Math.sign(best - x0)).toBe(Math.sign(x0 - y0));
        for (const h of [1e-3, 0.1, 1, 4]) for (const side of [h, -h]) expect(at(best + side)).toBeGreaterThan(at(best));
      }
      for (const [s2, r2] of [
        [1, 1],
        [2, 1],
      ])
        for (const y of [1, 3, 6])
          expect(cost(name, [scoreAt(y + 1, s2, r2, 0.5, 0)])).toBeLessThan(cost(name, [scoreAt(y, s2, r2, 0.5, 0)]));
    }
  },
  mutants: {
    'likes low scores': each((loss) => (s) => loss(s.neg())),
    'wants a score of 1': each(() => (s) => s.sub(1).square().mean()),
    'wants scores near 0': each(() => (s) => s.square().mean()),
    'judges a batch by its best': each((loss) => (s) => loss(s.max())),
    'judges a batch by its worst': each((loss) => (s) => loss(s.min())),
    'sums over the batch': each((loss) => (s) => loss(s).mul(s.size)),
    'judges the mean score, bent': each(() => (s) => s.mean().exp().neg()),
  },
});

theorem<Costs>('thm:point-mass', 'c', {
  real: costs,
  check: ({ wasserstein }) => {
    // Samples move down the gradient of the generator's loss, which is a mean: B times the rate moves each by η∇a.
    const B = 4;
    const step = (y: number[], eta: number, score: Score) => {
      const slopes = inDouble((y) => wasserstein(score(y)), [array(y, B, 2)]).grads[0];
      return y.map((value, i) => value - eta * B * Number(slopes[i]));
    };
    const apart = (y: number[]) => {
      const pairs: number[] = [];
      for (let i = 0; i < B; i++) for (let j = 0; j < i; j++) pairs.push(Math.hypot(y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]));
      return pairs;
    };
    const start = noise(40, B).flat();
    // −½y₁² − y₂² − softplus(y₁) − softplus(y₂), whose curvatures lie between 1 and 2 + ¼; and −¾‖y‖², where the rate is exact.
    const [mu, L] = [1, 2.25];
    const bowl: Score = (y) => {
      const [a, b] = tf.unstack(y, 1);
      return a.square().mul(-0.5).sub(b.square()).sub(y.softplus().sum(1));
    };
    for (const eta of [0.25, 2 / (mu + L)]) {
      let y = start;
      for (let k = 1; k <= 6; k++) {
        y = step(y, eta, bowl);
        for (const [pair, length] of apart(y).entries())
          expect(length).toBeLessThanOrEqual(apart(start)[pair] * (1 - eta * mu) ** k + 1e-12);
      }
    }
    const round: Score = (y) => y.square().sum(1).mul(-0.75);
    for (const eta of [0.25, 0.5]) {
      const y = step(step(start, eta, round), eta, round);
      for (const [pair, length] of apart(y).entries()) expect(length).toBeCloseTo(apart(start)[pair] * (1 - eta * 1.5) ** 2, 10);
    }
  },
  mutants: {
    'runs away': { ...costs, wasserstein: (s) => costs.wasserstein(s).neg() },
    'moves half as far': { ...costs, wasserstein: (s) => costs.wasserstein(s).mul(0.5) },
    'moves twice as far': { ...costs, wasserstein: (s) => costs.wasserstein(s).mul(2) },
    saturates: { ...costs, wasserstein: costs.saturating },
    'stops where it wins': { ...costs, wasserstein: costs.nonSaturating },
  },
});
