import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { valueInDouble } from '../../tests/support/in-double.js';
import { gaussian } from '../../tests/support/simulated.js';
import { theorem } from '../../tests/support/theorem.js';
import { conv2d, linear, maxPool2d, relu } from '../nn/index.js';
import { ballBounds, conv2dBounds, type IntervalBounds, linearBounds, monotoneBounds, worstMargins } from './interval-bounds.js';

/** The rules that carry intervals. */
const LIBRARY = { ball: ballBounds, linear: linearBounds, conv2d: conv2dBounds, monotone: monotoneBounds, worst: worstMargins };
type Rules = typeof LIBRARY;

interface Array2 {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}
const random = (seed: number, shape: readonly number[]): Array2 => ({
  data: Array.from(
    gaussian(
      seed,
      shape.reduce((n, d) => n * d, 1),
    ),
  ),
  shape,
});
const row = (data: readonly number[]): Array2 => ({ data, shape: [1, data.length] });
/** Both ends, one after the other. */
const ends = ({ lower, upper }: IntervalBounds) => tf.concat([lower.flatten(), upper.flatten()]);

/** All corners of a box, as rows. */
const cornersOf = (lower: readonly number[], upper: readonly number[]): number[][] =>
  Array.from({ length: 2 ** lower.length }, (_, code) => lower.map((low, i) => ((code >> i) & 1 ? upper[i] : low)));
/** The least and the greatest of each output over points, one after the other. */
function range(
  f: (x: tf.Tensor) => tf.Tensor,
  points: readonly (readonly number[])[],
  shape: readonly number[],
  given: readonly Array2[] = [],
): number[] {
  const values = points.map((data) => valueInDouble((x) => f(x), [{ data, shape }, ...given]));
  return [Math.min, Math.max].flatMap((best) => values[0].map((_, j) => best(...values.map((value) => value[j]))));
}

const affine =
  (combine: (centre: tf.Tensor, radius: tf.Tensor) => IntervalBounds, weights = (w: tf.Tensor) => w.abs()): Rules['linear'] =>
  ({ w, b }, { lower, upper }) =>
    combine(linear({ w, b }, lower.add(upper).div(2)), linear({ w: weights(w), b: tf.zerosLike(b) }, upper.sub(lower).div(2)));
const around = (centre: tf.Tensor, radius: tf.Tensor): IntervalBounds => ({ lower: centre.sub(radius), upper: centre.add(radius) });
const wrong = (rules: Partial<Rules>): Rules => ({ ...LIBRARY, ...rules });
const LINEAR: Record<string, Rules> = {
  'forgets that weights have signs': wrong({ linear: affine(around, (w) => w) }),
  'has squares for sizes': wrong({ linear: affine(around, (w) => w.square()) }),
  'has twice the radius': wrong({ linear: affine((c, r) => around(c, r.mul(2))) }),
  'has half of the radius': wrong({ linear: affine((c, r) => around(c, r.div(2))) }),
  'has the interval the wrong way round': wrong({ linear: affine((c, r) => around(c, r.neg())) }),
  'maps the ends': wrong({ linear: (params, { lower, upper }) => ({ lower: linear(params, lower), upper: linear(params, upper) }) }),
};
const POOLED = (x: tf.Tensor) => maxPool2d(x, { size: 2 });
const BOXES = [
  { lower: [-0.5, 0.25, 1, -2], upper: [0.5, 0.5, 3, -1] },
  { lower: [0, 0, 0, 0], upper: [1, 2, 0.5, 0] },
];

theorem<Rules>('thm:interval-bounds', 'a', {
  real: LIBRARY,
  check: (rules) => {
    for (const [k, { lower, upper }] of BOXES.entries()) {
      const [w, b] = [random(10 + k, [4, 3]), random(20 + k, [3])];
      const found = valueInDouble((w, b, l, u) => ends(rules.linear({ w, b }, { lower: l, upper: u })), [w, b, row(lower), row(upper)]);
      const points = cornersOf(lower, upper);
      const exact = points.map((x) => Array.from({ length: 3 }, (_, j) => x.reduce((sum, v, i) => sum + v * w.data[3 * i + j], b.data[j])));
      expectClose(
        found,
        [Math.min, Math.max].flatMap((best) => [0, 1, 2].map((j) => best(...exact.map((y) => y[j])))),
        9,
      );

      const filters = random(30 + k, [2, 2, 1, 2]);
      const shift = random(40 + k, [2]);
      const image = { shape: [1, 2, 2, 1] };
      const options = { padding: 'same', stride: k + 1 } as const;
      const box = [
        { data: lower, ...image },
        { data: upper, ...image },
      ];
      const bounds = valueInDouble((w, b, l, u) => ends(rules.conv2d({ w, b }, { lower: l, upper: u }, options)), [filters, shift, ...box]);
      const values = points.map((data) => valueInDouble((w, b, x) => conv2d({ w, b }, x, options), [filters, shift, { data, ...image }]));
      expectClose(
        bounds,
        [Math.min, Math.max].flatMap((best) => values[0].map((_, j) => best(...values.map((y) => y[j])))),
        9,
      );

      for (const map of [relu, POOLED, (x: tf.Tensor) => x.tanh()])
        expectClose(
          valueInDouble((l, u) => ends(rules.monotone(map, { lower: l, upper: u })), box),
          range(map, points, image.shape),
          9,
        );

      // The ball and the box around the pixels: ± ε, cut.
      const x = [0.1, 0.5, 0.9, 1];
      for (const epsilon of [0.25, 0.75]) {
        const ball = valueInDouble((x) => ends(rules.ball(x, { epsilon, box: [0, 1] })), [row(x)]);
        expectClose(ball, [...x.map((v) => Math.max(v - epsilon, 0)), ...x.map((v) => Math.min(v + epsilon, 1))], 9);
        const free = valueInDouble((x) => ends(rules.ball(x, { epsilon })), [row(x)]);
        expectClose(free, [...x.map((v) => v - epsilon), ...x.map((v) => v + epsilon)], 9);
      }
    }
  },
  mutants: {
    ...LINEAR,
    'takes the shift for the middle of a convolution': wrong({
      conv2d: ({ w, b }, { lower, upper }, options = {}) => {
        const radius = conv2d({ w: w.abs(), b }, upper.sub(lower).div(2), options);
        return around(conv2d({ w, b }, lower.add(upper).div(2), options), radius);
      },
    }),
    'forgets the stride': wrong({ conv2d: (params, bounds, { padding } = {}) => conv2dBounds(params, bounds, { padding }) }),
    'maps the lower end only': wrong({ monotone: (map, { lower, upper }) => ({ lower: map(lower), upper }) }),
    'maps the centre': wrong({ monotone: (map, { lower, upper }) => around(map(lower.add(upper).div(2)), upper.sub(lower).div(2)) }),
    'forgets the box': wrong({ ball: (x, { epsilon }) => ballBounds(x, { epsilon }) }),
    'has half of ε': wrong({ ball: (x, { epsilon, ...rest }) => ballBounds(x, { ...rest, epsilon: epsilon / 2 }) }),
  },
});

/** Two layers and a last one, carried by rules. */
function through(rules: Rules, [w1, b1, w2, b2]: readonly tf.Tensor[], bounds: IntervalBounds): IntervalBounds[] {
  const first = rules.linear({ w: w1, b: b1 }, bounds);
  const hidden = rules.monotone(relu, first);
  return [first, hidden, rules.linear({ w: w2, b: b2 }, hidden)];
}
const NET = (seed: number, change = (v: number) => v) =>
  [random(seed, [4, 5]), random(seed + 1, [5]), random(seed + 2, [5, 2]), random(seed + 3, [2])].map(({ data, shape }) => ({
    data: data.map(change),
    shape,
  }));
const forward = ([w1, b1, w2, b2]: readonly tf.Tensor[], x: tf.Tensor) => {
  const first = linear({ w: w1, b: b1 }, x);
  const hidden = relu(first);
  return tf.concat([first, hidden, linear({ w: w2, b: b2 }, hidden)], 1).flatten();
};
const flatEnds = (layers: readonly IntervalBounds[]) =>
  tf.concat([...layers.map(({ lower }) => lower.flatten()), ...layers.map(({ upper }) => upper.flatten())]);
const carried = (rules: Rules, net: readonly Array2[], lower: readonly number[], upper: readonly number[]) =>
  valueInDouble((...all) => flatEnds(through(rules, all, { lower: all[4], upper: all[5] })), [...net, row(lower), row(upper)]);

theorem<Rules>('thm:interval-bounds', 'b', {
  real: LIBRARY,
  check: (rules) => {
    for (const [k, { lower, upper }] of BOXES.entries()) {
      const net = NET(50 + 10 * k);
      const bounds = carried(rules, net, lower, upper);
      const half = bounds.length / 2;
      const inside = Array.from({ length: 40 }, (_, draw) => {
        const u = Array.from(gaussian(500 + draw, 4), (v) => 1 / (1 + Math.exp(-2 * v)));
        return lower.map((low, i) => low + u[i] * (upper[i] - low));
      });
      let nearest = Infinity;
      for (const x of [...inside, ...cornersOf(lower, upper)])
        for (const [j, v] of valueInDouble((...all) => forward(all, all[4]), [...net, row(x)]).entries()) {
          expect(v).toBeGreaterThanOrEqual(bounds[j] - 1e-9);
          expect(v).toBeLessThanOrEqual(bounds[half + j] + 1e-9);
          nearest = Math.min(nearest, bounds[half + j] - v);
        }
      expect(nearest).toBeLessThan(1e-9); // attained in the first layer
    }
  },
  mutants: LINEAR,
});

theorem<Rules>('thm:interval-bounds', 'c', {
  real: LIBRARY,
  check: (rules) => {
    for (const [k, { lower, upper }] of BOXES.entries()) {
      const net = NET(70 + 10 * k, Math.abs);
      const bounds = carried(rules, net, lower, upper);
      expectClose(
        bounds.slice(0, bounds.length / 2),
        valueInDouble((...all) => forward(all, all[4]), [...net, row(lower)]),
        9,
      );
      expectClose(
        bounds.slice(bounds.length / 2),
        valueInDouble((...all) => forward(all, all[4]), [...net, row(upper)]),
        9,
      );
    }
    // z, z and then z − z.
    for (const epsilon of [0.5, 3]) {
      const twice = [[1, 1], [0, 0], [1, -1], [0]];
      const shapes = [[1, 2], [2], [2, 1], [1]];
      const found = valueInDouble(
        (w, b, v, c, l, u) => ends(rules.linear({ w: v, b: c }, rules.linear({ w, b }, { lower: l, upper: u }))),
        [...twice.map((data, i) => ({ data, shape: shapes[i] })), row([-epsilon]), row([epsilon])],
      );
      expectClose(found, [-2 * epsilon, 2 * epsilon], 12);
    }
  },
  mutants: {
    'has squares for sizes': LINEAR['has squares for sizes'],
    'has twice the radius': LINEAR['has twice the radius'],
    'has half of the radius': LINEAR['has half of the radius'],
    'forgets that weights have signs': LINEAR['forgets that weights have signs'],
    'maps the lower end only': wrong({ monotone: (map, { lower, upper }) => ({ lower: map(lower), upper: map(upper).add(1) }) }),
    'maps the centre': wrong({ monotone: (map, { lower, upper }) => around(map(lower.add(upper).div(2)), upper.sub(lower).div(2)) }),
  },
});

/** The difference of bounds, without taking the difference of the logits first. */
const apart: Rules['worst'] = (params, bounds, labels) => {
  const { lower, upper } = linearBounds(params, bounds);
  const chosen = tf.oneHot(labels.cast('int32'), 3).cast('float32');
  return upper.sub(lower.mul(chosen).sum(1, true)).mul(tf.sub(1, chosen));
};
const labelled = (change: (labels: tf.Tensor) => tf.Tensor): Rules =>
  wrong({ worst: (params, bounds, labels) => worstMargins(params, bounds, change(labels)) });

theorem<Rules>('thm:interval-bounds', 'd', {
  real: LIBRARY,
  check: (rules) => {
    let [tighter, certified] = [0, 0];
    for (const [k, { lower, upper }] of BOXES.entries())
      for (const label of [0, 1, 2])
        for (const size of [1, 0.05]) {
          const [w, b] = [random(90 + k, [4, 3]), random(95 + k, [3])];
          const middle = lower.map((low, i) => (low + upper[i]) / 2);
          const [low, high] = [-1, 1].map((side) => middle.map((m, i) => m + (side * size * (upper[i] - lower[i])) / 2));
          const given = [w, b, row(low), row(high), { data: [label], shape: [1] }];
          const margins = valueInDouble((w, b, l, u, y) => rules.worst({ w, b }, { lower: l, upper: u }, y.cast('int32')), given);
          const crude = valueInDouble((w, b, l, u, y) => apart({ w, b }, { lower: l, upper: u }, y), given);
          const logits = cornersOf(low, high).map((x) =>
            [0, 1, 2].map((j) => x.reduce((sum, v, i) => sum + v * w.data[3 * i + j], b.data[j])),
          );
          expectClose(
            margins,
            [0, 1, 2].map((j) => Math.max(...logits.map((z) => z[j] - z[label]))),
            9,
          );
          const crossEntropy = (z: readonly number[]) => Math.log(z.reduce((sum, v) => sum + Math.exp(v - z[label]), 0));
          for (const z of logits) {
            expect(crossEntropy(z)).toBeLessThanOrEqual(crossEntropy(margins) + 1e-9);
            if (margins.every((m, j) => j === label || m < 0)) expect(z.indexOf(Math.max(...z))).toBe(label);
          }
          certified += Number(margins.every((m, j) => j === label || m < 0));
          for (const [j, m] of margins.entries()) expect(m).toBeLessThanOrEqual(crude[j] + 1e-9);
          tighter = Math.max(tighter, ...crude.map((v, j) => v - margins[j]));
        }
    expect(tighter).toBeGreaterThan(0.1);
    expect(certified).toBeGreaterThan(1);
  },
  mutants: {
    'takes the difference of the bounds': wrong({ worst: apart }),
    'has the margins at the centre': wrong({
      worst: (params, { lower, upper }, labels) =>
        worstMargins(params, { lower: lower.add(upper).div(2), upper: lower.add(upper).div(2) }, labels),
    }),
    'has the least difference': wrong({
      worst: (params, { lower, upper }, labels) => worstMargins(params, { lower: upper, upper: lower }, labels),
    }),
    'takes the next class for the label': labelled((labels) => labels.add(1).mod(3)),
    'forgets the shifts': wrong({ worst: ({ w, b }, bounds, labels) => worstMargins({ w, b: tf.zerosLike(b) }, bounds, labels) }),
    'has twice the radius': wrong({
      worst: (params, { lower, upper }, labels) => worstMargins(params, around(lower.add(upper).div(2), upper.sub(lower)), labels),
    }),
  },
});
