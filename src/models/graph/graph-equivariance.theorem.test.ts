import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { rowsOf } from '../../../tests/support/dense.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { besides, chain, type Edge, moved, pairs, ring, star } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { normaliseAdjacency, normaliseEdges } from '../../nn/index.js';
import { gat } from './gat.js';
import { gcn } from './gcn.js';

const F = 3;
/** Outputs, row by row, of a network with fixed weights for features and a graph. */
type Network = (x: number[][], edges: readonly Edge[]) => number[][];
const SHAPES = {
  gcn: [[F, 4], [4], [4, 2], [2]],
  gat: [[F, 4], [4], [2, 2], [2, 2], [4, 2], [2], [1, 2], [1, 2]],
};
type Call = (x: tf.Tensor, weights: tf.Tensor[], N: number, edges: readonly Edge[]) => tf.Tensor;
const network =
  (kind: keyof typeof SHAPES, call: Call): Network =>
  (x, edges) => {
    const shapes = SHAPES[kind];
    const weights = shapes.map((shape, i) => ({
      data: gaussian(
        60 + i,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    }));
    const { y } = inDouble((x, ...w) => call(x, w, x.shape[0]!, edges), [{ data: x.flat(), shape: [x.length, F] }, ...weights]);
    return rowsOf(Array.from(y, Number), 2);
  };

const dense = (N: number, edges: readonly Edge[]) => {
  const { data, shape } = normaliseAdjacency(N, edges);
  return tf.tensor(data, shape);
};
const list = (N: number, edges: readonly Edge[]) => {
  const { from, to, weight } = normaliseEdges(N, edges);
  return { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data) };
};
const mask = (N: number, edges: readonly Edge[]) => dense(N, edges).greater(0);
const convolve =
  (graph: (N: number, edges: readonly Edge[]) => Parameters<typeof gcn>[2]['graph'], x2 = (x: tf.Tensor) => x): Call =>
  (x, [w1, b1, w2, b2], N, edges) =>
    gcn(
      {
        layers: [
          { w: w1, b: b1 },
          { w: w2, b: b2 },
        ],
      },
      x2(x),
      { graph: graph(N, edges) },
    );
const attend =
  (graph: (N: number, edges: readonly Edge[]) => Parameters<typeof gat>[2]['graph']): Call =>
  (x, [w, b, source, target, w2, b2, source2, target2], N, edges) => {
    const params = { first: { w, b, source, target }, second: { w: w2, b: b2, source: source2, target: target2 } };
    return gat(params, x, { graph: graph(N, edges) });
  };
const REAL: Record<string, Network> = {
  'gcn, dense': network('gcn', convolve(dense)),
  'gcn, by edges': network('gcn', convolve(list)),
  'gat, by a mask': network('gat', attend(mask)),
  'gat, by edges': network('gat', attend(list)),
};
const ramp = (x: tf.Tensor) => x.add(tf.range(0, x.shape[0]!).expandDims(1).mul(0.3));
const WRONG: Record<string, Network> = {
  'adds the number of a node to its features': network('gcn', convolve(dense, ramp)),
  'counts edges from lower to higher numbers only': network(
    'gcn',
    convolve((N, edges) => tf.linalg.bandPart(dense(N, edges), 0, -1)),
  ),
  'mixes neighbours by number': network(
    'gcn',
    convolve((N, edges) =>
      dense(N, edges).mul(
        tf
          .range(1, N + 1)
          .expandDims(0)
          .div(N),
      ),
    ),
  ),
  'leaves out the last node': (x, edges) =>
    REAL['gcn, dense'](
      x,
      edges.filter(([i, j]) => Math.max(i, j) < x.length - 1),
    ),
};
const draw = (seed: number, N: number) => rowsOf(gaussian(seed, N * F), F);
const apart = (a: number[][], b: number[][]) => distance(a.flat(), b.flat());
const mean = (rows: number[][]) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
const through = (edges: readonly Edge[], order: readonly number[]): Edge[] => edges.map(([i, j]) => [order[j], order[i]]);

// Weights of edges are float32, so equal ones agree to 10⁻⁷ or so.
const ORDERS = [
  [2, 0, 5, 1, 3, 4],
  [1, 0, 2, 3, 4, 5],
];
/** A check of each network, and each wrong one alone. */
const every = (check: (f: Network) => void) => (networks: readonly Network[]) => {
  for (const f of networks) check(f);
};
const single = (wrong: Record<string, Network>) => Object.fromEntries(Object.entries(wrong).map(([name, f]) => [name, [f]]));

theorem<readonly Network[]>('thm:graph-equivariance', 'a', {
  real: Object.values(REAL),
  check: every((f) => {
    for (const [seed, edges] of [star(6), [...chain(6), [0, 3]] as Edge[], besides([4, ring(4)], [2, chain(2)])].entries())
      for (const order of ORDERS) {
        const x = draw(seed, 6);
        const [y, turned] = [f(x, edges), f(moved(x, order), through(edges, order).reverse())];
        expect(apart(turned, moved(y, order))).toBeLessThan(1e-6);
        expect(distance(mean(turned), mean(y))).toBeLessThan(1e-6);
        expect(apart(turned, y), 'a numbering that matters').toBeGreaterThan(0.01);
      }
  }),
  mutants: single(WRONG),
});

theorem<readonly Network[]>('thm:graph-equivariance', 'b', {
  real: Object.values(REAL),
  check: every((f) => {
    // A ring turned by one, a chain turned round, and two rays of a star that change places.
    for (const [edges, order] of [
      [ring(6), [1, 2, 3, 4, 5, 0]],
      [chain(6), [5, 4, 3, 2, 1, 0]],
      [star(6), [0, 1, 2, 5, 4, 3]],
    ] as [Edge[], number[]][]) {
      const sorted = (list: readonly Edge[]) => list.map(([i, j]) => `${Math.min(i, j)} ${Math.max(i, j)}`).sort();
      expect(sorted(through(edges, order))).toEqual(sorted(edges));
      const x = draw(9, 6);
      expect(apart(f(moved(x, order), edges), moved(f(x, edges), order))).toBeLessThan(1e-6);
    }
    const alike = draw(3, 6);
    alike[5] = alike[3];
    const y = f(alike, star(6));
    expect(distance(y[5], y[3])).toBeLessThan(1e-6);
    expect(distance(y[5], y[4])).toBeGreaterThan(0.01);
  }),
  mutants: single(WRONG),
});

theorem<readonly Network[]>('thm:graph-equivariance', 'c', {
  real: Object.values(REAL),
  check: every((f) => {
    for (const [N, first, M, second] of [
      [4, star(4), 3, chain(3)],
      [3, pairs(3), 4, ring(4)],
    ] as [number, Edge[], number, Edge[]][]) {
      const [x, z] = [draw(1, N), draw(2, M)];
      const both = f([...x, ...z], besides([N, first], [M, second]));
      expect(apart(both, [...f(x, first), ...f(z, second)])).toBeLessThan(1e-6);
    }
  }),
  mutants: single({
    'links the two': (x, edges) => REAL['gcn, dense'](x, [...edges, [0, x.length - 1]]),
    'adds the mean of all features': (x, edges) =>
      REAL['gcn, dense'](
        x.map((row) => row.map((v, j) => v + mean(x)[j])),
        edges,
      ),
    'adds the number of a node to its features': WRONG['adds the number of a node to its features'],
  }),
});
/** Outputs of the layer for a signal. */
type Signal = (x: readonly number[], edges: readonly Edge[]) => number[];
const oneFeature =
  (graph: (N: number, edges: readonly Edge[]) => tf.Tensor): Signal =>
  (x, edges) => {
    const call = (x: tf.Tensor) => gcn({ layers: [{ w: tf.ones([1, 1]), b: tf.zeros([1]) }] }, x, { graph: graph(x.shape[0]!, edges) });
    return Array.from(inDouble(call, [{ data: x, shape: [x.length, 1] }]).y, Number);
  };
theorem<Signal>('thm:graph-equivariance', 'd', {
  real: oneFeature(dense),
  check: (f) => {
    const same = (edges: readonly Edge[], order: readonly number[]) => {
      const links = (list: readonly Edge[]) =>
        list
          .map(([i, j]) => `${Math.min(i, j)} ${Math.max(i, j)}`)
          .sort()
          .join();
      return links(edges) === links(through(edges, order));
    };
    // All 24 numberings of four nodes: units as signals are all signals.
    const orders = permutations([0, 1, 2, 3]);
    const found = [
      chain(4),
      ring(4),
      star(4),
      pairs(4),
      [
        [0, 1],
        [1, 2],
        [2, 0],
        [0, 3],
      ] as Edge[],
      [[0, 1]] as Edge[],
    ].map((edges) => {
      const commuting = orders.filter((order) =>
        [0, 1, 2, 3].every((node) => {
          const unit = [0, 1, 2, 3].map((i) => Number(i === node));
          return distance(f(moved(unit, order), edges), moved(f(unit, edges), order)) < 1e-6;
        }),
      );
      expect(commuting).toEqual(orders.filter((order) => same(edges, order)));
      return commuting.length;
    });
    // A chain can be turned round, a ring has 8 symmetries, three rays 6, all pairs 24, a triangle with a tail 2, a link beside two nodes 4.
    expect(found).toEqual([2, 8, 6, 24, 2, 4]);
  },
  mutants: {
    'links all nodes': oneFeature((N) => dense(N, pairs(N))),
    'links none': oneFeature((N) => dense(N, [])),
    'counts edges from lower to higher numbers only': oneFeature((N, edges) => tf.linalg.bandPart(dense(N, edges), 0, -1)),
    'takes three edges for a ring': oneFeature((N, edges) => dense(N, edges.length === 3 ? ring(N) : edges)),
  },
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
