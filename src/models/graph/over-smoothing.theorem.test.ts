import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { besides, chain, graphOf, pairs, ring, star, weighted } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric, type Matrix, matMul, svd } from '../../linalg/index.js';
import { distanceFromSmooth, smoothingRate } from '../../stats/index.js';
import { gcn } from './gcn.js';

/** δ and α of a graph. */
interface Smoothing {
  readonly distance: (a: Matrix, x: Matrix) => number;
  readonly rate: (a: Matrix) => number;
}
const real: Smoothing = { distance: distanceFromSmooth, rate: smoothingRate };
/** Â of an adjacency, whose links may have weights. */
const hatOf = (a: Matrix): Matrix => {
  const d = degreesOf(a);
  const entry = (w: number, at: number) => {
    const [i, j] = [Math.floor(at / a.rows), at % a.rows];
    return (w + Number(i === j)) / Math.sqrt((d[i] + 1) * (d[j] + 1));
  };
  return { ...a, data: a.data.map(entry) };
};
const matrix = (rows: number, cols: number, data: ArrayLike<number>): Matrix => ({ rows, cols, data: Float64Array.from(data) });
const drawn = (seed: number, rows: number, cols: number) => matrix(rows, cols, gaussian(seed, rows * cols));
const relu = (x: Matrix): Matrix => ({ ...x, data: x.data.map((value) => Math.max(value, 0)) });
const norm = (x: Matrix) => Math.sqrt(x.data.reduce((sum, value) => sum + value * value, 0));
const greatest = (w: Matrix) => svd(w).s[0];
const GRAPHS = [
  weighted(graphOf(6, [...chain(6), [1, 4]]), 1),
  graphOf(5, star(5)),
  graphOf(7, besides([4, ring(4)], [3, star(3)])),
  graphOf(6, besides([3, pairs(3)], [2, chain(2)], [1, []])),
];
const degreesOf = (a: Matrix) =>
  Array.from({ length: a.rows }, (_, i) => a.data.subarray(i * a.rows, (i + 1) * a.rows).reduce((s, w) => s + w, 0));

/** The distance of x from what is the same in all nodes, as a share of root(d). */
const fromOne =
  (root: (degree: number) => number) =>
  (a: Matrix, x: Matrix): number => {
    const z = degreesOf(a).map(root);
    const squares = z.reduce((sum, value) => sum + value * value, 0);
    const products = Array.from({ length: x.cols }, (_, j) => z.reduce((sum, value, i) => sum + value * x.data[i * x.cols + j], 0));
    return norm({ ...x, data: x.data.map((value, at) => value - (z[Math.floor(at / x.cols)] * products[at % x.cols]) / squares) });
  };
const links = (a: Matrix): Matrix => ({ ...a, data: a.data.map((w) => Number(w > 0)) });
const WRONG: Record<string, Smoothing> = {
  'takes all nodes for one component': { ...real, distance: fromOne((d) => Math.sqrt(d + 1)) },
  'takes degrees without the link to itself': { ...real, distance: fromOne((d) => Math.sqrt(d)) },
  'takes means over the nodes': { ...real, distance: fromOne(() => 1) },
  'counts links, not weights, in the distance': { ...real, distance: (a, x) => distanceFromSmooth(links(a), x) },
  'counts links, not weights, in the rate': { ...real, rate: (a) => smoothingRate(links(a)) },
  'squares the distance': { ...real, distance: (a, x) => distanceFromSmooth(a, x) ** 2 },
  'takes the square of the rate': { ...real, rate: (a) => smoothingRate(a) ** 2 },
  'takes the gap for the rate': { ...real, rate: (a) => 1 - smoothingRate(a) },
};

/** Eigenvectors of Â for eigenvalues whose size is α, less than 1. */
function slowest(a: Matrix, alpha: number): Matrix {
  const { values, vectors } = eigenSymmetric(hatOf(a));
  const k = values.findIndex((value) => Math.abs(Math.abs(value) - alpha) < 1e-5 && value < 1 - 1e-5);
  expect(k, 'an eigenvalue of the rate').toBeGreaterThanOrEqual(0);
  return matrix(
    a.rows,
    1,
    Array.from({ length: a.rows }, (_, i) => vectors.data[i * a.rows + k]),
  );
}

theorem<Smoothing>('thm:over-smoothing', 'a', {
  real,
  check: ({ distance, rate }) => {
    for (const [seed, a] of GRAPHS.entries()) {
      const [hat, alpha] = [hatOf(a), rate(a)];
      const [x, w] = [drawn(seed, a.rows, 3), drawn(seed + 50, 3, 4)];
      expect(distance(a, matMul(hat, x))).toBeLessThan(alpha * distance(a, x) + 1e-6);
      expect(distance(a, matMul(x, w))).toBeLessThan(greatest(w) * distance(a, x) + 1e-9);
      // Attained: the slowest eigenvector, alone and along the greatest singular vector of the weights.
      const slow = slowest(a, alpha);
      const left = svd(w).u;
      const along = matMul(
        slow,
        matrix(
          1,
          3,
          [0, 1, 2].map((i) => left.data[i * left.cols]),
        ),
      );
      expect(distance(a, slow)).toBeCloseTo(1, 6);
      expect(distance(a, matMul(hat, slow))).toBeCloseTo(alpha, 6);
      expect(distance(a, matMul(along, w))).toBeCloseTo(greatest(w), 6);
      // What Â leaves as it is has the distance 0.
      expect(
        distance(
          a,
          matMul(
            hat,
            matrix(
              a.rows,
              1,
              degreesOf(a).map((d) => Math.sqrt(d + 1)),
            ),
          ),
        ),
      ).toBeLessThan(1e-6);
    }
  },
  mutants: WRONG,
});

theorem<Smoothing['distance']>('thm:over-smoothing', 'b', {
  real: distanceFromSmooth,
  check: (distance) => {
    for (const a of GRAPHS)
      for (let seed = 0; seed < 40; seed++) {
        const x = drawn(seed, a.rows, 2);
        expect(distance(a, relu(x))).toBeLessThan(distance(a, x) + 1e-12);
      }
    // Attained where nothing is cut off, and nearly where next to nothing is.
    const x = relu(drawn(3, 5, 2));
    const little = { ...x, data: x.data.map((value) => value - 1e-9) };
    expect(distance(GRAPHS[1], relu(little))).toBeCloseTo(distance(GRAPHS[1], little), 6);
    // Where Â's vectors had negative entries it would be false: minus what is smooth has the distance 0, and so has its part that is cut off.
    const smooth = matrix(
      5,
      1,
      degreesOf(GRAPHS[1]).map((d) => -Math.sqrt(d + 1)),
    );
    expect(distance(GRAPHS[1], relu(smooth)) + distance(GRAPHS[1], smooth)).toBeLessThan(1e-12);
  },
  mutants: {
    'takes a vector with negative entries': (a, x) => {
      const signs = { ...x, data: x.data.map((value, at) => (Math.floor(at / x.cols) % 2 === 0 ? value : -value)) };
      return fromOne((d) => Math.sqrt(d + 1))(a, signs);
    },
    'takes means over the nodes': fromOne(() => 1),
    'takes degrees without the link to itself': fromOne((d) => Math.sqrt(d)),
    'looks at differences to the first node': (_, x) =>
      norm({ ...x, data: x.data.map((value, at) => Math.abs(value - x.data[at % x.cols])) }),
    'rewards zeros': (a, x) => distanceFromSmooth(a, x) + x.data.filter((value) => value === 0).length,
  },
});

/** Features after each layer l = 1 … of a network that cuts between layers, of equal widths F, from X, weights and shifts. */
type Layers = (a: Matrix, x: Matrix, weights: readonly Matrix[], shifts: readonly (readonly number[])[]) => Matrix[];
const network: Layers = (a, x, weights, shifts) =>
  weights.map((_, l) => {
    const used = weights.slice(0, l + 1);
    const points = [
      { data: hatOf(a).data, shape: [a.rows, a.rows] },
      { data: x.data, shape: [x.rows, x.cols] },
      ...used.map((w) => ({ data: w.data, shape: [w.rows, w.cols] })),
      ...used.map((_, k) => ({ data: shifts[k], shape: [shifts[k].length] })),
    ];
    const call = (graph: tf.Tensor, x: tf.Tensor, ...rest: tf.Tensor[]) =>
      gcn({ layers: used.map((_, k) => ({ w: rest[k], b: rest[used.length + k] })) }, x, { graph });
    return matrix(a.rows, weights[l].cols, Array.from(inDouble(call, points).y, Number));
  });
/** The layers and the two measures. */
interface Deep extends Smoothing {
  readonly layers: Layers;
}
const F = 3;
const DEPTH = 6;
const scaledTo = (w: Matrix, s: number): Matrix => ({ ...w, data: w.data.map((value) => (value * s) / greatest(w)) });
const none = Array.from({ length: DEPTH }, () => [0, 0, 0]);
const cutOff = (l: number, x: Matrix) => (l < DEPTH - 1 ? relu(x) : x);

theorem<Deep>('thm:over-smoothing', 'c', {
  real: { ...real, layers: network },
  check: ({ layers, distance, rate }) => {
    for (const [seed, a] of GRAPHS.entries()) {
      const [x, alpha, one] = [drawn(seed, a.rows, F), rate(a), matrix(a.rows, 1, new Array(a.rows).fill(1))];
      for (const s of [0.6, 1.4]) {
        const weights = none.map((_, l) => scaledTo(drawn(10 * seed + l, F, F), s));
        const shifts = none.map((_, l) => [...gaussian(70 + l, F)]);
        for (const b of [none, shifts]) {
          const outputs = layers(a, x, weights, b);
          for (const [l, output] of outputs.entries()) {
            const before = l === 0 ? x : relu(outputs[l - 1]);
            const bound = alpha * s * distance(a, before) + Math.hypot(...b[l]) * distance(a, one);
            for (const after of [output, cutOff(l, output)]) expect(distance(a, after)).toBeLessThan(bound + 1e-5);
            if (b === none) expect(distance(a, output)).toBeLessThan((alpha * s) ** (l + 1) * distance(a, x) + 1e-5);
          }
        }
      }
      if (alpha < 0.1) continue;
      // Attained where nothing is cut off: the slowest eigenvector above what is smooth, with weights s I and s below 1/α.
      const smooth = degreesOf(a).map((d) => Math.sqrt(d + 1));
      const start = matrix(
        a.rows,
        F,
        [...slowest(a, alpha).data].flatMap((value, i) => new Array(F).fill(10 * smooth[i] + value)),
      );
      const identity = none.map(() => matrix(F, F, [1.1, 0, 0, 0, 1.1, 0, 0, 0, 1.1]));
      for (const [l, output] of layers(a, start, identity, none).entries())
        expect(distance(a, output) / ((alpha * 1.1) ** (l + 1) * distance(a, start))).toBeCloseTo(1, 2);
    }
    // A shift alone, on a star: δ(1b) = ‖b‖ δ(1), which is not 0.
    const [a, zero] = [GRAPHS[1], matrix(5, F, new Array(15).fill(0))];
    const [output] = layers(a, zero, [scaledTo(drawn(1, F, F), 1)], [[3, 0, 4]]);
    expect(distance(a, output)).toBeCloseTo(5 * distance(a, matrix(5, 1, [1, 1, 1, 1, 1])), 6);
    expect(distance(a, output)).toBeGreaterThan(1);
  },
  mutants: {
    ...Object.fromEntries(Object.entries(WRONG).map(([name, one]) => [name, { ...one, layers: network }])),
    'adds what it began from': {
      ...real,
      layers: (a, x, w, b) => network(a, x, w, b).map((y) => ({ ...y, data: y.data.map((v, k) => v + x.data[k]) })),
    },
    'does not average': { ...real, layers: (a, x, w, b) => network(graphOf(a.rows, []), x, w, b) },
    'doubles each layer': {
      ...real,
      layers: (a, x, w, b) =>
        network(
          a,
          x,
          w.map((one) => scaledTo(one, 2 * greatest(one))),
          b,
        ),
    },
  },
});

theorem<Deep>('thm:over-smoothing', 'd', {
  real: { ...real, layers: network },
  check: ({ layers, distance, rate }) => {
    const one = (a: Matrix) => matrix(a.rows, 1, new Array(a.rows).fill(1));
    // 0 for parts of equal degrees, a ring beside a triangle beside a node, and for no other of these.
    expect(distance(graphOf(8, besides([4, ring(4)], [3, pairs(3)], [1, []])), one(graphOf(8, [])))).toBeLessThan(1e-12);
    for (const a of GRAPHS.slice(0, 3)) expect(distance(a, one(a))).toBeGreaterThan(0.1);
    for (const a of GRAPHS.slice(0, 3)) {
      const s = 0.5 / rate(a);
      const depth = 10;
      const weights = Array.from({ length: depth }, (_, l) => scaledTo(drawn(l, F, F), s));
      const shifts = weights.map((_, l) => [...gaussian(90 + l, F)].map((v, _, all) => (2 * v) / Math.hypot(...all)));
      const start = drawn(4, a.rows, F);
      const last = layers(a, start, weights, shifts).at(-1)!;
      const limit = (2 * distance(a, one(a))) / (1 - rate(a) * s);
      expect(distance(a, last)).toBeLessThan(limit + 0.5 ** depth * distance(a, start) + 1e-4);
    }
    // Nearly attained by one feature with weights s and shifts 2 where what 1 has of P⊥ is nearly the slowest eigenvector: four nodes and
    // two, all of each linked, and each of the two to two of the four. The eigenvalues are 1, √0.1 twice in size, 0.3 and 0.
    const a = graphOf(6, [...pairs(4), [4, 5], [0, 4], [1, 4], [2, 5], [3, 5]]);
    expect(rate(a)).toBeCloseTo(Math.sqrt(0.1), 10);
    const constant = Array.from({ length: 10 }, () => matrix(1, 1, [0.5 / Math.sqrt(0.1)]));
    const shifts = constant.map(() => [2]);
    const last = layers(a, matrix(6, 1, [0, 0, 0, 0, 0, 0]), constant, shifts).at(-1)!;
    const limit = (2 * distance(a, one(a))) / (1 - 0.5);
    expect(distance(a, last)).toBeLessThan(limit);
    expect(distance(a, last)).toBeGreaterThan(0.9 * limit);
  },
  mutants: Object.fromEntries(
    [
      'takes all nodes for one component',
      'takes degrees without the link to itself',
      'takes means over the nodes',
      'squares the distance',
    ].map((name) => [name, { ...WRONG[name], layers: network }]),
  ),
});

theorem<Smoothing>('thm:over-smoothing', 'e', {
  real,
  check: ({ distance, rate }) => {
    for (const [seed, a] of GRAPHS.entries()) {
      const [hat, alpha] = [hatOf(a), rate(a)];
      for (const start of [drawn(seed, a.rows, 2), slowestAbove(a, alpha)]) {
        const smooth = Math.sqrt(norm(start) ** 2 - distance(a, start) ** 2);
        let x = start;
        for (let l = 1; l <= 5; l++) {
          x = matMul(hat, x);
          expect((norm(x) ** 2 - distance(a, x) ** 2) / smooth ** 2).toBeCloseTo(1, 5);
          const bound = (alpha ** l * distance(a, start)) / smooth;
          expect(distance(a, x) / norm(x)).toBeLessThan(bound + 1e-6);
          // Attained when little differs from the limit.
          if (start.cols === 1) expect(distance(a, x) / norm(x)).toBeGreaterThan(0.98 * bound);
        }
      }
    }
  },
  mutants: WRONG,
});

/** Ten times what is smooth, and the slowest eigenvector. */
function slowestAbove(a: Matrix, alpha: number): Matrix {
  const slow = slowest(a, alpha);
  return { ...slow, data: slow.data.map((value, i) => value + 10 * Math.sqrt(degreesOf(a)[i] + 1)) };
}
