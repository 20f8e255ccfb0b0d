import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { valueInDouble } from '../../../tests/support/in-double.js';
import { key, normal, uniform } from '../../base/index.js';
import { apgd } from './apgd.js';
import { autoAttack } from './auto-attack.js';
import type { Samples } from './classified.js';
import { fab, toHyperplane } from './fab.js';
import { maskingChecks } from './masking-checks.js';
import { square } from './square.js';

const [N, SIDE, C] = [12, 3, 5];
const PIXELS = SIDE * SIDE;
const W = normal(key(1), [PIXELS, C]);
const weights = tf.tensor2d(W.data, [PIXELS, C]);
/** A linear model, whose shortest perturbations are known: thm:linear-robustness (c). */
const logits = (x: tf.Tensor) => x.reshape([-1, PIXELS]).matMul(weights);
const x = normal(key(2), [N, SIDE, SIDE, 1]);
const scores = Array.from({ length: N }, (_, n) =>
  Array.from({ length: C }, (_, k) =>
    Array.from({ length: PIXELS }, (_, i) => x.data[n * PIXELS + i] * W.data[i * C + k]).reduce((a, b) => a + b, 0),
  ),
);
const y = Int32Array.from(scores, (row) => row.indexOf(Math.max(...row)));
const samples: Samples = { x, y };
const apart = (a: number, b: number) => Array.from({ length: PIXELS }, (_, i) => W.data[i * C + a] - W.data[i * C + b]);
const DUAL = {
  linf: (w: number[]) => w.reduce((sum, v) => sum + Math.abs(v), 0),
  l2: (w: number[]) => Math.hypot(...w),
};
/** For each sample the distance to each other class. */
const toClass = (norm: 'linf' | 'l2') =>
  scores.map((row, n) => row.map((z, k) => (k === y[n] ? Infinity : (row[y[n]] - z) / DUAL[norm](apart(y[n], k)))));
const nearest = (norm: 'linf' | 'l2') => Int32Array.from(toClass(norm), (row) => row.indexOf(Math.min(...row)));
const distances = (norm: 'linf' | 'l2') => toClass(norm).map((row) => Math.min(...row));
/** The samples, moved so that each is at the distance 1: the model has no intercept. */
function atOne(norm: 'linf' | 'l2'): Samples {
  const near = distances(norm);
  return { x: { data: x.data.map((v, i) => v / near[Math.floor(i / PIXELS)]), shape: x.shape }, y };
}
/** Two logits with one boundary, and a third that is never near; samples at the distance 1. */
function oneBoundary(norm: 'linf' | 'l2') {
  const difference = tf.tensor2d(apart(0, 1), [PIXELS, 1]);
  const two = (x: tf.Tensor) => {
    const z = x.reshape([-1, PIXELS]).matMul(difference);
    return tf.concat([z, z.mul(0), z.mul(0).sub(50)], 1);
  };
  const z = Array.from(two(tf.tensor(x.data, x.shape)).dataSync()).filter((_, i) => i % 3 === 0);
  const far = z.map((v) => Math.abs(v) / DUAL[norm](apart(0, 1)));
  const moved = { data: x.data.map((v, i) => v / far[Math.floor(i / PIXELS)]), shape: x.shape };
  const given = { x: moved, y: Int32Array.from(z, (v) => Number(v < 0)) };
  return { two, given };
}
const all = (value: number) => new Array<number>(N).fill(value);

describe('apgd', { timeout: 120_000 }, () => {
  it.each(['linf', 'l2'] as const)('towards a class crosses its boundary just beyond the distance, and not before: %s', async (norm) => {
    const options = { norm, key: key(3), loss: 'targetedDlr', steps: 30, target: nearest(norm) } as const;
    expect([...(await apgd(logits, atOne(norm), { ...options, epsilon: 1.02 })).fooled]).toEqual(all(1));
    expect([...(await apgd(logits, atOne(norm), { ...options, epsilon: 0.99 })).fooled]).toEqual(all(0));
  });

  // With one rival class the worst case of every loss is the boundary's.
  it.each([
    ['ce', 'linf'],
    ['ce', 'l2'],
    ['dlr', 'linf'],
  ] as const)('crosses the one boundary there is just beyond its distance, and not before: %s, %s', async (loss, norm) => {
    const { two, given } = oneBoundary(norm);
    expect([...(await apgd(two, given, { norm, key: key(3), loss, steps: 30, epsilon: 1.02 })).fooled]).toEqual(all(1));
    expect([...(await apgd(two, given, { norm, key: key(3), loss, steps: 30, epsilon: 0.99 })).fooled]).toEqual(all(0));
  });

  it('stays in the ball and in the box, and what it calls fooled is', async () => {
    const pixels: Samples = { x: uniform(key(4), [N, SIDE, SIDE, 1]), y };
    const found = await apgd(logits, pixels, { epsilon: 0.25, box: [0, 1], key: key(5), steps: 12, restarts: 2, group: 5 });
    const after = logits(tf.tensor(found.x.data, found.x.shape)).argMax(1).dataSync();
    for (let n = 0; n < N; n++) {
      expect(found.fooled[n]).toBe(Number(after[n] !== y[n]));
      for (let i = n * PIXELS; i < (n + 1) * PIXELS; i++) {
        expect(Math.abs(found.x.data[i] - pixels.x.data[i])).toBeLessThanOrEqual(0.25 + 1e-6);
        expect(found.x.data[i]).toBeGreaterThanOrEqual(0);
        expect(found.x.data[i]).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('fab', { timeout: 120_000 }, () => {
  it.each(['linf', 'l2'] as const)('finds the distance of a linear model: %s', async (norm) => {
    const { distance, fooled } = await fab(logits, samples, {
      norm,
      epsilon: 0.1,
      key: key(6),
      target: nearest(norm),
      steps: 20,
      restarts: 2,
    });
    for (const [n, exact] of distances(norm).entries()) {
      expect(distance[n]).toBeGreaterThanOrEqual(exact * (1 - 1e-5));
      expect(distance[n]).toBeLessThan(1.02 * exact);
      expect(fooled[n]).toBe(Number(distance[n] <= 0.1));
    }
  });

  it('leaves a sample that is wrong by itself where it is', async () => {
    const { two, given } = oneBoundary('linf');
    const wrong = { x: given.x, y: given.y.map((label) => 1 - label) };
    const { distance, fooled, x } = await fab(two, wrong, { epsilon: 0.1, key: key(6), target: given.y, steps: 2 });
    expect([...distance]).toEqual(all(0));
    expect([...fooled]).toEqual(all(1));
    expect(x.data).toEqual(given.x.data);
  });

  it.each(['linf', 'l2'] as const)('goes to a hyperplane in a box by the shortest way: %s', (norm) => {
    const [at, g] = [
      [0.1, 0.5, 0.9, 0.4],
      [1, -2, 0.5, 0],
    ];
    for (const level of [0.25, 0.9, -0.6]) {
      const delta = valueInDouble(
        (at, g, level) => toHyperplane({ norm, epsilon: 1, box: [0, 1] }, at, g, level),
        [
          { data: at, shape: [1, 4] },
          { data: g, shape: [1, 4] },
          { data: [level], shape: [1, 1] },
        ],
      );
      expect(level + g.reduce((sum, v, i) => sum + v * delta[i], 0)).toBeCloseTo(0, 9);
      // By bisection over how far each element goes before it meets its bound.
      const way = (t: number) =>
        at.map((v, i) => {
          const side = -Math.sign(g[i]) * Math.sign(level);
          return side * Math.min(norm === 'l2' ? t * Math.abs(g[i]) : t, side > 0 ? 1 - v : side < 0 ? v : 0);
        });
      let [low, high] = [0, 10];
      for (let k = 0; k < 80; k++) {
        const middle = (low + high) / 2;
        if (Math.abs(level) + Math.sign(level) * g.reduce((sum, v, i) => sum + v * way(middle)[i], 0) > 0) low = middle;
        else high = middle;
      }
      for (const [i, v] of way(high).entries()) expect(delta[i]).toBeCloseTo(v, 9);
    }
  });
});

describe('square', { timeout: 120_000 }, () => {
  it('crosses the boundary of a linear model without a gradient, and not before', async () => {
    const { two, given } = oneBoundary('linf');
    const options = { key: key(7), queries: 600 };
    expect([...(await square(two, given, { ...options, epsilon: 1.05 })).fooled]).toEqual(all(1));
    expect([...(await square(two, given, { ...options, epsilon: 0.99 })).fooled]).toEqual(all(0));
  });
});

// The label's logit must be the only greatest, as in thm:linear-robustness (c) and thm:interval-bounds (d).
describe.each([
  ['a tie', (x: tf.Tensor) => logits(x).mul(0)],
  ['no number', (x: tf.Tensor) => logits(x).mul(0).sub(1).sqrt()],
])('of a classifier that knows nothing nothing is robust: %s', { timeout: 120_000 }, (_, nothing) => {
  it('by each attack', async () => {
    const options = { epsilon: 0.1, key: key(8) };
    expect([...(await apgd(nothing, samples, { ...options, steps: 2 })).fooled]).toEqual(all(1));
    expect([...(await fab(nothing, samples, { ...options, steps: 2, target: nearest('linf') })).fooled]).toEqual(all(1));
    expect([...(await square(nothing, samples, { ...options, queries: 2 })).fooled]).toEqual(all(1));
  });
});

describe('autoAttack', { timeout: 120_000 }, () => {
  it('leaves of a linear model what no perturbation reaches, and tries each attack on the survivors only', async () => {
    const sorted = distances('linf').toSorted((a, b) => a - b);
    const epsilon = (sorted[5] + sorted[6]) / 2;
    const wrong = { ...samples, y: y.map((label, n) => (n === 0 ? (label + 1) % C : label)) };
    const { robustAccuracy, fooled, attacks } = await autoAttack(logits, wrong, { epsilon, key: key(8), steps: 20, queries: 60, group: 6 });
    const standing = distances('linf').filter((d, n) => n > 0 && d > epsilon).length;
    expect(robustAccuracy).toBe(standing / N);
    expect([...fooled]).toEqual(distances('linf').map((d, n) => Number(n === 0 || d < epsilon)));
    expect(attacks.map(({ attack }) => attack)).toEqual([
      ...['clean', 'APGD-CE', 'APGD-T 1', 'APGD-T 2', 'APGD-T 3', 'APGD-T 4', 'FAB-T 1', 'FAB-T 2', 'FAB-T 3', 'FAB-T 4', 'Square'],
    ]);
    for (const [i, { tried }] of attacks.entries()) expect(tried).toBe(i === 0 ? N : attacks[i - 1].tried - attacks[i - 1].fooled);
    expect(attacks[0].fooled).toBe(1);
  });

  it('tries the attacks that it is told to, in their order', async () => {
    const epsilon = distances('linf').toSorted((a, b) => a - b)[3] / 2; // nothing falls, so that each is tried on all
    const options = { epsilon, key: key(8), steps: 2, targets: 1, queries: 3 };
    const named = async (attacks: readonly ('APGD-CE' | 'APGD-T' | 'FAB-T' | 'Square')[]) =>
      (await autoAttack(logits, samples, { ...options, attacks })).attacks.map(({ attack }) => attack);
    expect(await named(['Square', 'APGD-CE'])).toEqual(['clean', 'APGD-CE', 'Square']);
    expect(await named(['FAB-T'])).toEqual(['clean', 'FAB-T 1']);
  });
});

it('autoAttack in a ball of radius 0 leaves what is classified rightly', async () => {
  const wrong = { x, y: y.map((label, n) => (n === 0 ? (label + 1) % C : label)) };
  const { robustAccuracy, attacks } = await autoAttack(logits, wrong, { epsilon: 0, key: key(8) });
  expect(robustAccuracy).toBe((N - 1) / N);
  expect(attacks).toEqual([{ attack: 'clean', tried: N, fooled: 1 }]);
});

describe('maskingChecks', { timeout: 120_000 }, () => {
  const epsilon = distances('linf').toSorted((a, b) => a - b)[4];
  const options = { epsilon, key: key(9), steps: 20, queries: 100 };
  it('finds nothing hidden in a linear model', async () => {
    const { masked, checks } = await maskingChecks(logits, samples, options);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(masked).toBe(false);
  });

  it('finds nothing hidden where the ball is small beside the samples', async () => {
    expect((await maskingChecks(logits, samples, { ...options, epsilon: 1e-3 })).masked).toBe(false);
  });

  // https://github.com/fra31/auto-attack/issues/43: what no gradient passes through is not robust.
  it('calls a layer without a gradient masked', async () => {
    const { masked, checks } = await maskingChecks((x) => logits(x.mul(8).round().div(8)), samples, options);
    expect(masked).toBe(true);
    expect(checks.filter(({ holds }) => !holds).map(({ check }) => check)).toContain('samples whose margin has no gradient');
    expect(checks[0].value).toBe(1);
  });

  it('leaves to chance what differs of two attacks on the same samples', async () => {
    const { checks } = await maskingChecks(logits, samples, options);
    for (const { value, against, limit } of checks)
      if (against !== undefined) {
        const apart = ((limit - against) * N) / 2.576; // √(b + c)
        expect(apart ** 2).toBeCloseTo(Math.round(apart ** 2), 6);
        expect(Math.abs(value - against) * N).toBeLessThanOrEqual(apart ** 2 + 1e-9); // |b − c| ≤ b + c
      }
    const strict = await maskingChecks(logits, samples, { ...options, slack: 0 });
    expect(strict.checks.map(({ against = 0, limit }) => limit - against)).toEqual([0.05, 0, 0, 0.05, 0]);
  });

  it('calls logits masked whose cross-entropy is flat', async () => {
    const { masked, checks } = await maskingChecks((x) => logits(x).mul(1e4), samples, options);
    expect(checks[0].holds).toBe(true);
    expect(masked).toBe(true);
  });

  // Of 60 samples steps on a flat cross-entropy fool none and a search fools most, which is beyond chance.
  it('calls a search that does better than gradients by more than chance masked', async () => {
    const many: Samples = {
      x: { data: Float32Array.from({ length: 5 * x.data.length }, (_, i) => x.data[i % x.data.length]), shape: [5 * N, SIDE, SIDE, 1] },
      y: Int32Array.from({ length: 5 * N }, (_, i) => y[i % N]),
    };
    const { checks } = await maskingChecks((x) => logits(x).mul(1e4), many, { ...options, epsilon: 2 * epsilon });
    const { value, against = 1, limit, holds } = checks[4];
    expect(value - against).toBeGreaterThan(limit - against);
    expect(limit).toBeGreaterThan(against);
    expect(holds).toBe(false);
  });
});

describe('wrong input is named', () => {
  it.each([
    [() => apgd(logits, samples, { epsilon: 0.1, key: key(1), loss: 'targetedDlr' }), 'apgd: a target for each of 12 samples belongs to'],
    [() => apgd(logits, samples, { epsilon: 0.1, key: key(1), loss: 'targetedDlr', target: y }), 'apgd: a target must be another class'],
    [() => apgd(logits, { x, y: y.slice(1) }, { epsilon: 0.1, key: key(1) }), 'apgd takes samples x [N, ...] and a label y [N] for each'],
    [
      () => apgd(logits, { x, y: y.map(() => C) }, { epsilon: 0.1, key: key(1) }),
      'apgd: labels are 0 … 4, one for each of 5 classes; got 5',
    ],
    [
      () => apgd((x) => logits(x).slice([0, 0], [-1, 2]), { x, y: y.map(() => 1) }, { epsilon: 0.1, key: key(1), loss: 'dlr' }),
      'apgd: the loss dlr compares 3 logits of a sample, [B, C] with C from 3 up, got [12,2]',
    ],
    [() => fab(logits, samples, { epsilon: 0.1, key: key(1), target: y.map(() => C) }), 'fab: labels are 0 … 4'],
    [() => square(logits, { x, y: y.map(() => C) }, { epsilon: 0.1, key: key(1) }), 'square: labels are 0 … 4'],
    [() => autoAttack(logits, { x, y: y.map(() => C) }, { epsilon: 0.1, key: key(1) }), 'autoAttack: labels are 0 … 4'],
    [() => fab(logits, samples, { epsilon: 0.1, key: key(1), target: y }), 'fab takes a target for each of 12 samples, another class'],
    [
      () => square(logits, { x: { data: x.data, shape: [N, PIXELS] }, y }, { epsilon: 1, key: key(1) }),
      'square takes images [N, rows, columns, F]; features [N, K] go as [N, K, 1, 1], and the classifier reshapes them to [-1, K]: got x [12,9]',
    ],
    [() => autoAttack(logits, { x: { data: x.data, shape: [N, PIXELS] }, y }, { epsilon: 1, key: key(1) }), 'autoAttack takes images [N, '],
    [
      () => maskingChecks(logits, { x: { data: x.data, shape: [N, PIXELS] }, y }, { epsilon: 1, key: key(1) }),
      'maskingChecks takes images',
    ],
    [() => autoAttack(logits, { x: tf.zeros([N, 2]) as never, y }, { epsilon: 1, key: key(1) }), 'x must be { data: Float32Array, shape }'],
    [() => autoAttack(logits, samples, { epsilon: 1 } as never), 'autoAttack: key must be a random stream, as key(1), got none'],
    [() => fab(logits, samples, { epsilon: 1, key: key(1) } as never), 'another class than its label, got none'],
    [
      () => autoAttack((x) => logits(x).slice([0, 0], [-1, 3]), samples, { epsilon: 1, key: key(1) }),
      'autoAttack: the targeted loss compares the four',
    ],
    [() => autoAttack(logits, samples, { epsilon: 1, key: key(1), attacks: ['PGD' as 'Square'] }), 'autoAttack: attacks must be'],
    [() => autoAttack(logits, samples, { epsilon: 1, key: key(1), targets: 0 }), 'autoAttack: targets must be a whole number from 1 up'],
    [() => maskingChecks(logits, samples, { norm: 'l2' as 'linf', epsilon: 1, key: key(1) }), 'maskingChecks: norm must be'],
    [() => autoAttack(logits, samples, { norm: 'l2' as 'linf', epsilon: 1, key: key(1) }), 'autoAttack: norm must be'],
    [() => maskingChecks(logits, samples, { epsilon: 0, key: key(1) }), 'maskingChecks: epsilon must be a finite number above 0, got 0'],
  ])('%#', async (call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
