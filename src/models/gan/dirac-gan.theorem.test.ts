import { expect } from 'vitest';
import { theorem } from '../../../tests/support/theorem.js';
import { type DiracGanOptions, diracGan } from './dirac-gan.js';

type Play = typeof diracGan;
type GameName = DiracGanOptions['game'];
type State = readonly [theta: number, psi: number];
const GAMES: readonly GameName[] = ['saturating', 'nonSaturating', 'wasserstein'];
const ORDERS = ['simultaneous', 'alternating'] as const;
const KAPPA: Record<GameName, number> = { saturating: 0.5, nonSaturating: 0.5, wasserstein: 1 };
const logistic = (s: number) => 1 / (1 + Math.exp(-s));
const size = ([theta, psi]: State) => theta ** 2 + psi ** 2;
const after = (play: Play, options: DiracGanOptions): State => {
  const { generator, discriminator } = play(options);
  return [generator[options.steps], discriminator[options.steps]];
};

/** The library's play with one thing about it changed. */
interface Rules {
  readonly discriminator: (game: GameName, s: number) => number;
  readonly generator: (game: GameName, s: number) => number;
  readonly drag: (penalty: NonNullable<DiracGanOptions['penalty']>, psi: number, theta: number) => number;
  readonly seen: (order: DiracGanOptions['order'], psi: number, moved: number) => number;
}
const RULES: Rules = {
  discriminator: (game, s) => (game === 'wasserstein' ? 1 : logistic(s)),
  generator: (game, s) => (game === 'wasserstein' ? 1 : logistic(game === 'saturating' ? s : -s)),
  drag: ({ kind, weight }, psi) => (kind === 'atData' ? weight * psi : 2 * weight * (psi - Math.sign(psi))),
  seen: (order, psi, moved) => (order === 'alternating' ? moved : psi),
};
const changed = (rules: Partial<Rules>): Play => {
  const { discriminator, generator, drag, seen } = { ...RULES, ...rules };
  return ({ game, order, learningRate, steps, start, penalty }) => {
    const path = { generator: new Float64Array(steps + 1), discriminator: new Float64Array(steps + 1) };
    let [theta, psi] = start;
    for (let k = 0; k <= steps; k++) {
      [path.generator[k], path.discriminator[k]] = [theta, psi];
      const moved = psi - learningRate * (theta * discriminator(game, psi * theta) + (penalty ? drag(penalty, psi, theta) : 0));
      const by = seen(order, psi, moved);
      theta += learningRate * by * generator(game, by * theta);
      psi = moved;
    }
    return path;
  };
};
const FORCES: Record<string, Play> = {
  'lets the generator flee': changed({ generator: (...of) => -RULES.generator(...of) }),
  'lets the discriminator prefer samples': changed({ discriminator: (...of) => -RULES.discriminator(...of) }),
  'has the force of the discriminator turned round': changed({ discriminator: (game, s) => RULES.discriminator(game, -s) }),
  'has the force of the generator turned round': changed({ generator: (game, s) => RULES.generator(game, -s) }),
  'doubles one force': changed({ generator: (...of) => 2 * RULES.generator(...of) }),
  'knows one order only': changed({ seen: (_, psi) => psi }),
};
const { 'has the force of the discriminator turned round': _, ...atRest } = FORCES; // which has the same linear part
const START: State = [1.2, -0.5];

theorem<Play>('thm:dirac-gan', 'a', {
  real: diracGan,
  check: (play) => {
    for (const game of GAMES)
      for (const order of ORDERS) {
        const at = (start: State, learningRate: number, steps: number) => after(play, { game, order, learningRate, steps, start });
        expect(at([0, 0], 0.5, 3)).toEqual([0, 0]);
        for (const [theta, psi] of [START, [0.9, 1.1], [0, 1], [-1, 0]] as const) {
          const s = theta * psi;
          const learningRate = 1e-6;
          const speed = (size(at([theta, psi], learningRate, 1)) - size([theta, psi])) / learningRate;
          const slope = game === 'nonSaturating' ? -2 * s * Math.tanh(s / 2) : 0;
          expect(Math.abs(speed - slope)).toBeLessThan(1e-4);
          expect(Math.hypot(...at([theta, psi], 1, 1).map((value, i) => value - [theta, psi][i]))).toBeGreaterThan(0.1); // moves
        }
      }
    // From θ = ψ the bound is near-tight at first: the quarter is attained in the limit of small s.
    for (const start of [0.3, 0.5]) {
      const [learningRate, steps] = [1e-5, 10_000];
      const end = size(after(play, { game: 'nonSaturating', order: 'alternating', learningRate, steps, start: [start, start] }));
      const rate = (1 / end - 1 / (2 * start ** 2)) / (learningRate * steps);
      expect(rate).toBeGreaterThan(0.245);
      expect(rate).toBeLessThan(0.25);
    }
    // Long paths in small steps: a circle, and a decay that the bound comes within a factor of two and a bit of.
    const [learningRate, steps] = [0.002, 50_000];
    for (const game of GAMES) {
      const end = size(after(play, { game, order: 'alternating', learningRate, steps, start: START }));
      const bound = size(START) / (1 + (size(START) * learningRate * steps) / 4);
      if (game === 'nonSaturating') {
        expect(end).toBeGreaterThan(bound);
        expect(end).toBeLessThan(2.3 * bound);
      } else expect(end / size(START)).toBeCloseTo(1, 2);
    }
  },
  mutants: FORCES,
});

theorem<Play>('thm:dirac-gan', 'b', {
  real: diracGan,
  check: (play) => {
    for (const learningRate of [0.1, 0.7, 1.9]) {
      const path = (game: GameName, order: DiracGanOptions['order']) => {
        const { generator, discriminator } = play({ game, order, learningRate, steps: 30, start: START });
        return Array.from(generator, (theta, k): State => [theta, discriminator[k]]);
      };
      for (const game of ['saturating', 'wasserstein'] as const)
        path(game, 'simultaneous').forEach((at, k, all) => {
          if (k === 0) return;
          const force = game === 'wasserstein' ? 1 : logistic(all[k - 1][0] * all[k - 1][1]);
          expect(size(at) / size(all[k - 1])).toBeCloseTo(1 + learningRate ** 2 * force ** 2, 10);
        });
      const kept = ([theta, psi]: State) => theta ** 2 + psi ** 2 - learningRate * theta * psi;
      for (const at of path('wasserstein', 'alternating')) {
        expect(kept(at)).toBeCloseTo(kept(START), 10);
        expect(kept(at)).toBeGreaterThanOrEqual((1 - learningRate / 2) * size(at) - 1e-12);
      }
    }
  },
  mutants: {
    ...FORCES,
    'lets the generator move first': changed({ seen: (order, psi, moved) => (order === 'alternating' ? 2 * psi - moved : psi) }),
  },
});

/** Of the linear part of play at 0, by its action on the two unit vectors, tiny. */
function linearPart(play: Play, options: Omit<DiracGanOptions, 'start' | 'steps'>): [number, number, number, number] {
  const tiny = 1e-7;
  const [a, c] = after(play, { ...options, steps: 1, start: [tiny, 0] });
  const [b, d] = after(play, { ...options, steps: 1, start: [0, tiny] });
  return [a / tiny, b / tiny, c / tiny, d / tiny];
}
/** The greatest size of an eigenvalue of a matrix of two rows. */
function spectralRadius([a, b, c, d]: readonly number[]): number {
  const [half, determinant] = [(a + d) / 2, a * d - b * c];
  const root = half * half - determinant;
  return root < 0 ? Math.sqrt(determinant) : Math.abs(half) + Math.sqrt(root);
}

theorem<Play>('thm:dirac-gan', 'c', {
  real: diracGan,
  check: (play) => {
    for (const game of GAMES)
      for (const order of ORDERS)
        for (const learningRate of [0.3, 1.5]) {
          expect(learningRate * KAPPA[game]).toBeLessThanOrEqual(2);
          const turn = learningRate * KAPPA[game];
          const [a, b, c, d] = linearPart(play, { game, order, learningRate });
          expect(b).toBeCloseTo(turn, 6);
          expect(c).toBeCloseTo(-turn, 6);
          expect(a).toBeCloseTo(order === 'simultaneous' ? 1 : 1 - turn ** 2, 6);
          expect(d).toBeCloseTo(1, 6);
          expect(spectralRadius([a, b, c, d])).toBeGreaterThan(1 - 1e-6);
          const steps = game === 'nonSaturating' ? 4000 : 200; // the others leave the range of numbers in the end
          const end = size(after(play, { game, order, learningRate, steps, start: [0.1, 0.1] }));
          expect((end / size([0.1, 0.1])) ** (1 / steps)).toBeGreaterThan(0.999);
          if (game === 'nonSaturating' && order === 'alternating') expect(end).toBeLessThan(size([0.1, 0.1])); // it does come nearer
        }
  },
  mutants: { ...atRest, 'loses a tenth of every slope': changed({ seen: (order, psi, moved) => 0.9 * RULES.seen(order, psi, moved) }) },
});

const DRAGS: Record<string, Play> = {
  'forgets the penalty': changed({ drag: () => 0 }),
  'has λψ² for half of it': changed({ drag: ({ weight }, psi) => 2 * weight * psi }),
  'pushes away from no slope': changed({ drag: ({ weight }, psi) => -weight * psi }),
  'holds the generator': changed({ drag: ({ weight }, _, theta) => weight * theta }),
};

theorem<Play>('thm:dirac-gan', 'd', {
  real: diracGan,
  check: (play) => {
    const held = (weight: number) => ({ kind: 'atData', weight }) as const;
    // The flow, by small steps, from far away.
    for (const game of GAMES) {
      const options = { game, order: 'simultaneous', learningRate: 0.01, steps: 20_000, start: [3, -2] } as const;
      expect(size(after(play, { ...options, penalty: held(0.7) }))).toBeLessThan(1e-6);
    }
    for (const game of GAMES)
      for (const learningRate of [0.3, 1]) {
        const [turn, kappa] = [learningRate * KAPPA[game], KAPPA[game]];
        for (const lambda of [0.5 * kappa, 1.5 * kappa, 3 * kappa]) {
          const at = (order: DiracGanOptions['order'], weight = lambda) =>
            linearPart(play, { game, order, learningRate, penalty: held(weight) });
          const simultaneous = at('simultaneous');
          for (const [i, value] of [1, turn, -turn, 1 - learningRate * lambda].entries()) expect(simultaneous[i]).toBeCloseTo(value, 6);
          const root = lambda ** 2 / 4 - kappa ** 2;
          const exact =
            root < 0
              ? Math.hypot(1 - (learningRate * lambda) / 2, learningRate * Math.sqrt(-root))
              : Math.max(...[1, -1].map((sign) => Math.abs(1 - (learningRate * lambda) / 2 + sign * learningRate * Math.sqrt(root))));
          expect(spectralRadius(simultaneous)).toBeCloseTo(exact, 5);
          if (root < 0) expect(exact).toBeCloseTo(Math.sqrt(1 - learningRate * lambda + turn ** 2), 10);
        }
        // The limits of λ, from both sides.
        const shrinks = (order: DiracGanOptions['order'], weight: number) =>
          spectralRadius(linearPart(play, { game, order, learningRate, penalty: held(weight) })) < 1;
        const limits = {
          simultaneous: [learningRate * kappa ** 2, 2 / learningRate + (learningRate * kappa ** 2) / 2],
          alternating: [0, 2 / learningRate - (learningRate * kappa ** 2) / 2],
        };
        for (const order of ORDERS) {
          const [low, high] = limits[order];
          for (const [weight, inside] of [
            [low - 1e-3, false],
            [low + 1e-3, true],
            [high - 1e-3, true],
            [high + 1e-3, false],
          ] as const)
            if (weight >= 0) expect(shrinks(order, weight)).toBe(inside);
        }
      }
    // The rate of the iterates themselves, at the best step, near 0 and in Wasserstein's game from anywhere.
    for (const game of GAMES)
      for (const share of [0.6, 1.2]) {
        const kappa = KAPPA[game];
        const [lambda, steps] = [share * kappa, 60];
        const rate = Math.sqrt(1 - lambda ** 2 / (4 * kappa ** 2));
        const start: State = game === 'wasserstein' ? [50, -80] : [1e-3, 2e-3];
        const play60 = (learningRate: number) =>
          after(play, { game, order: 'simultaneous', learningRate, steps, start, penalty: held(lambda) });
        const found = (size(play60(lambda / (2 * kappa ** 2))) / size(start)) ** (1 / (2 * steps));
        expect(Math.abs(found / rate - 1)).toBeLessThan(0.03);
        for (const other of [0.5, 1.5]) {
          const slower = (size(play60((other * lambda) / (2 * kappa ** 2))) / size(start)) ** (1 / (2 * steps));
          expect(slower).toBeGreaterThan(found);
        }
      }
    const two = { game: 'wasserstein', order: 'simultaneous', learningRate: 1, steps: 2, start: [7, 3] } as const;
    expect(after(play, { ...two, penalty: held(2) })).toEqual([0, 0]);
  },
  mutants: {
    ...DRAGS,
    'lets the generator flee': FORCES['lets the generator flee'],
    'doubles one force': FORCES['doubles one force'],
    'knows one order only': FORCES['knows one order only'],
  },
});

/** What one of θ, ψ and the next ψ is at least. */
const bound = (eta: number, lambda: number) => Math.min((2 * eta * lambda) / (1 + eta), (2 * lambda) / (1 + 2 * lambda));

theorem<Play>('thm:dirac-gan', 'e', {
  real: diracGan,
  check: (play) => {
    for (const order of ORDERS)
      for (const [learningRate, weight] of [
        [0.1, 10],
        [0.05, 1],
        [0.5, 0.2],
      ])
        for (const start of [START, [1e-3, 1e-3]] as State[]) {
          const path = play({ game: 'wasserstein', order, learningRate, steps: 400, start, penalty: { kind: 'towardsOne', weight } });
          for (let k = 0; k < 400; k++)
            if (path.discriminator[k] !== 0)
              expect(
                Math.max(Math.abs(path.generator[k]), Math.abs(path.discriminator[k]), Math.abs(path.discriminator[k + 1])),
              ).toBeGreaterThanOrEqual(bound(learningRate, weight) - 1e-12);
        }
    // Attained, at θ = ψ = r, and for small steps nearly, at θ = r and a ψ that is hardly above 0.
    for (const [learningRate, weight] of [
      [0.1, 10],
      [0.5, 3],
      [0.5, 0.2],
      [0.1, 2],
    ]) {
      const r = bound(learningRate, weight);
      const psi = 2 * learningRate * weight >= 1 ? r : 1e-6;
      for (const side of [1, -1]) {
        const path = play({
          ...{ game: 'wasserstein', order: 'simultaneous', learningRate, steps: 1, start: [side * r, side * psi] },
          penalty: { kind: 'towardsOne', weight },
        });
        expect(path.discriminator[1]).toBeCloseTo(side * r, 5);
      }
    }
    // On the line the generator runs past the data to 2λ, whatever the step: for λ ≥ 1 it rests there, or at −2λ, and so does its running mean;
    // for λ < 1 it swings for ever between ±2λ coth(πλ/2√(1 − λ²)), and the mean of a swing is at the data.
    for (const learningRate of [0.004, 0.01])
      for (const weight of [0.05, 0.2, 0.5, 0.9, 1, 3]) {
        const steps = Math.round(200 / learningRate);
        const path = play({
          ...{ game: 'wasserstein', order: 'alternating', learningRate, steps, start: [-0.1, 0.5] },
          penalty: { kind: 'towardsOne', weight },
        });
        const late = path.generator.slice(-Math.round(60 / learningRate));
        const [least, most] = [Math.min(...late), Math.max(...late)];
        const average = late.reduce((a, b) => a + b, 0) / late.length;
        if (weight < 1) {
          const swing = (2 * weight) / Math.tanh((Math.PI * weight) / 2 / Math.sqrt(1 - weight ** 2));
          expect(Math.abs(most / swing - 1)).toBeLessThan(2 * learningRate);
          expect(Math.abs(least / swing + 1)).toBeLessThan(2 * learningRate);
          expect(Math.abs(average)).toBeLessThan(0.1 * swing);
        } else {
          expect(path.generator.reduce((a, b) => Math.max(a, b))).toBeLessThan(2 * weight + 1e-9);
          for (const end of [least, most, average]) expect(Math.abs(Math.abs(end) - 2 * weight)).toBeLessThan(1e-3 * weight);
        }
      }
  },
  mutants: {
    'forgets the penalty': DRAGS['forgets the penalty'],
    'has the penalty at the data': changed({ drag: ({ weight }, psi) => weight * psi }),
    'forgets the 2 of the square': changed({ drag: ({ weight }, psi) => weight * (psi - Math.sign(psi)) }),
    'is one-sided': changed({ drag: ({ weight }, psi) => 2 * weight * Math.max(0, Math.abs(psi) - 1) * Math.sign(psi) }),
    'wants a slope of 2': changed({ drag: ({ weight }, psi) => 2 * weight * (psi - 2 * Math.sign(psi)) }),
    'wants a slope of 1 to one side': changed({ drag: ({ weight }, psi) => 2 * weight * (psi - 1) }),
  },
});
