import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { rowsOf } from '../../../tests/support/dense.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { besides, chain, type Edge, edgesOf, graphOf, moved, pairs, renumbered, ring, star } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric, type Matrix } from '../../linalg/index.js';
import { normaliseAdjacency, normaliseEdges, sparseGraphConvolution } from '../../nn/index.js';
import { colourRefinement, graphLaplacian } from '../../stats/index.js';
import { gat } from './gat.js';
import { gcn } from './gcn.js';

type Refine = (a: Matrix, initial: readonly number[], rounds: number) => ArrayLike<number>;
const real: Refine = (a, initial, rounds) => colourRefinement(a, initial, rounds).colours;
const neighboursOf = (a: Matrix) =>
  Array.from({ length: a.rows }, (_, i) => Array.from({ length: a.rows }, (_, j) => j).filter((j) => a.data[i * a.rows + j] > 0));
/** Colours as whole texts, that are never numbered: what a node and its neighbours were, and they theirs. */
const bySignature =
  (join = (own: string, others: string[]) => `(${own}|${others.sort().join(' ')})`, first: (colour: number) => string = String): Refine =>
  (a, initial, rounds) => {
    const neighbours = neighboursOf(a);
    let texts = initial.map((c) => first(c));
    for (let l = 0; l < rounds; l++) {
      const before = texts;
      texts = neighbours.map((others, i) =>
        join(
          before[i],
          others.map((j) => before[j]),
        ),
      );
    }
    return texts.map((text) => texts.indexOf(text));
  };
/** For each two nodes, whether they have one colour. */
const classes = (colours: ArrayLike<number>) => Array.from(colours, (c) => Array.from(colours, (other) => c === other));
const countOf = (colours: ArrayLike<number>) => new Set(Array.from(colours)).size;
const TREE: Edge[] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [1, 4],
  [4, 5],
  [2, 6],
];
/** Eight nodes, not told apart at first, that take six rounds. */
const SLOW = graphOf(8, [
  [0, 2],
  [1, 3],
  [0, 4],
  [1, 4],
  [3, 4],
  [0, 5],
  [1, 5],
  [2, 5],
  [4, 6],
  [0, 7],
  [3, 7],
  [6, 7],
]);
const COLOURED: [a: Matrix, initial: number[]][] = [
  [graphOf(7, TREE), [0, 0, 0, 0, 0, 0, 0]],
  [graphOf(7, chain(7)), [3, 0, 0, 0, 0, 0, 0]],
  [graphOf(7, besides([4, star(4)], [3, ring(3)])), [0, 0, 0, 1, 0, 0, 0]],
  [graphOf(6, besides([3, chain(3)], [3, ring(3)])), [1, 1, 1, 1, 1, 1]],
  [graphOf(6, besides([3, chain(3)], [3, chain(3)])), [1, 0, 2, 2, 0, 1]],
];

theorem<Refine>('thm:weisfeiler-lehman', 'a', {
  real,
  check: (refine) => {
    for (const [a, initial] of COLOURED) {
      const N = a.rows;
      for (let l = 0; l < N; l++) {
        const [now, next] = [refine(a, initial, l), refine(a, initial, l + 1)];
        expect(classes(now)).toEqual(classes(bySignature()(a, initial, l)));
        for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) if (next[i] === next[j]) expect(now[i]).toBe(now[j]);
        if (countOf(now) === countOf(next)) expect(classes(refine(a, initial, l + 3))).toEqual(classes(now));
      }
      expect(classes(refine(a, initial, N + 2))).toEqual(classes(refine(a, initial, N - 1)));
      // Nodes that are numbered anew keep what tells them apart.
      const order = [3, 0, 6, 1, 5, 2, 4].filter((place) => place < N);
      const turned = refine(renumbered(a, order), moved(initial, order), N);
      expect(classes(turned)).toEqual(classes(moved(Array.from(refine(a, initial, N)), order)));
    }
    // 7 nodes of a chain whose one end is known are all told apart, after 3 rounds and not after 2.
    expect([2, 3].map((l) => countOf(refine(...COLOURED[1], l)))).toEqual([6, 7]);
    // Nearly as many rounds as N − 1 = 7 may be needed: here 6, where nothing is known at first.
    expect([0, 1, 2, 3, 4, 5, 6].map((l) => countOf(refine(SLOW, new Array(8).fill(0), l)))).toEqual([1, 3, 4, 5, 6, 7, 8]);
  },
  mutants: {
    'takes sets of colours': bySignature((own, others) => `(${own}|${[...new Set(others)].sort().join(' ')})`),
    'forgets its own colour': bySignature((_, others) => `(${others.sort().join(' ')})`),
    'counts neighbours alone': bySignature((own, others) => `(${own}|${others.length})`),
    'forgets what is known': bySignature(undefined, () => ''),
    'minds the order of the neighbours': bySignature((own, others) => `(${own}|${others.join(' ')})`),
    'takes a round less': (a, initial, rounds) => real(a, initial, Math.max(0, rounds - 1)),
    'numbers the nodes': (a) => Array.from({ length: a.rows }, (_, i) => i),
  },
});

const F = 2;
/** Outputs [N][2] of a network of so many layers, 1 or 2, whose features are functions of the colours. */
type Network = (a: Matrix, colours: readonly number[], layers: number) => number[][];
const featuresOf = (colours: readonly number[]) => colours.map((c) => [Math.sin(1 + c), Math.cos(2 * c)]);
const run = (x: number[][], shapes: readonly number[][], call: (x: tf.Tensor, w: tf.Tensor[]) => tf.Tensor) => {
  const points = [
    { data: x.flat(), shape: [x.length, x[0].length] },
    ...shapes.map((shape, i) => ({
      data: gaussian(
        30 + i,
        shape.reduce((a, b) => a * b, 1),
      ).map((v) => Math.abs(v) + 0.1),
      shape,
    })),
  ];
  return rowsOf(Array.from(inDouble((x, ...w) => call(x, w), points).y, Number), 2);
};
const hat = (a: Matrix) => {
  const { data, shape } = normaliseAdjacency(a.rows, edgesOf(a));
  return tf.tensor(data, shape);
};
const convolve = (x: number[][], a: Matrix, layers: number) => {
  const shapes = [[x[0].length, 2], [2], [2, 2], [2]].slice(0, 2 * layers);
  return run(x, shapes, (x, w) =>
    gcn({ layers: [0, 1].slice(0, layers).map((l) => ({ w: w[2 * l], b: w[2 * l + 1] })) }, x, { graph: hat(a) }),
  );
};
const byGcn: Network = (a, colours, layers) => convolve(featuresOf(colours), a, layers);
const byGat: Network = (a, colours) => {
  const shapes = [[F, 4], [4], [2, 2], [2, 2], [4, 2], [2], [1, 2], [1, 2]];
  return run(featuresOf(colours), shapes, (x, [w, b, source, target, w2, b2, source2, target2]) =>
    gat({ first: { w, b, source, target }, second: { w: w2, b: b2, source: source2, target: target2 } }, x, { graph: hat(a).greater(0) }),
  );
};
/** How many triangles a node is part of, as one feature more. */
const withTriangles: Network = (a, colours, layers) => {
  const neighbours = neighboursOf(a);
  const triangles = neighbours.map((others) => others.flatMap((j) => others.filter((k) => a.data[j * a.rows + k] > 0)).length / 2);
  return convolve(
    featuresOf(colours).map((row, i) => [...row, triangles[i]]),
    a,
    layers,
  );
};
const withNumbers: Network = (a, colours, layers) =>
  convolve(
    featuresOf(colours).map((row, i) => [...row, i]),
    a,
    layers,
  );

/** A network, how many layers it has, and how many rounds of colours more it hears. */
interface Heard {
  readonly f: Network;
  readonly layers: number;
  readonly extra: number;
}
const LIMITED = [...COLOURED.filter((_, k) => k !== 1), [graphOf(11, chain(11)), new Array(11).fill(0)] as const];

theorem<readonly Heard[]>('thm:weisfeiler-lehman', 'b', {
  real: [
    { f: byGcn, layers: 1, extra: 1 },
    { f: byGcn, layers: 2, extra: 1 },
    { f: byGat, layers: 2, extra: 0 },
  ],
  check: (networks) => {
    for (const { f, layers, extra } of networks) {
      for (const [a, initial] of LIMITED) {
        const [y, colours] = [f(a, initial, layers), real(a, initial, layers + extra)];
        expect(countOf(colours)).toBeLessThan(a.rows);
        for (const [i, row] of y.entries())
          for (const [j, other] of y.entries()) if (colours[i] === colours[j]) expect(distance(row, other)).toBeLessThan(1e-6);
      }
      if (extra === 0) continue;
      // Of colours it does hear: an end of a chain of three is not its middle. And Â needs the round more: on a chain of five, nodes 1 and
      // 2 have two neighbours each and so the same c₁, but node 1 has one of degree 1.
      const five = f(graphOf(5, chain(5)), [0, 0, 0, 0, 0], layers);
      expect(distance(five[0], five[1])).toBeGreaterThan(0.01);
      const colours = real(graphOf(5, chain(5)), [0, 0, 0, 0, 0], 1);
      expect(colours[1]).toBe(colours[2]);
      if (layers === 1) expect(distance(five[1], five[2])).toBeGreaterThan(0.01);
    }
  },
  mutants: {
    'knows the numbers of the nodes': [{ f: withNumbers, layers: 2, extra: 1 }],
    'has three layers more': [
      {
        layers: 1,
        extra: 1,
        f: (a, colours) => {
          const graph = hat(a);
          return run(featuresOf(colours), [[F, 2]], (x, [w]) => [0, 1, 2, 3].reduce((h) => graph.matMul(h) as tf.Tensor, x.matMul(w)));
        },
      },
    ],
    'hears a round less': [
      { f: byGcn, layers: 1, extra: 0 },
      { f: byGcn, layers: 2, extra: -1 },
    ],
    'adds a number of each node': [
      { f: (a, colours, l) => byGat(a, colours, l).map((row, i) => row.map((v) => v + gaussian(5, a.rows)[i])), layers: 2, extra: 0 },
    ],
  },
});

/** Rows that are sums over a node and its neighbours, by the layer that takes a list of edges with weights. */
type Aggregate = (a: Matrix, h: number[][]) => number[][];
const summed =
  (own: (degree: number) => number, link: (degree: number) => number): Aggregate =>
  (a, h) => {
    const neighbours = neighboursOf(a);
    const list = neighbours.flatMap((others, i) => [[i, i, own(others.length)], ...others.map((j) => [j, i, link(others.length)])]);
    const [from, to] = [0, 1].map((k) =>
      tf.tensor1d(
        list.map((edge) => edge[k]),
        'int32',
      ),
    );
    const call = (x: tf.Tensor, w: tf.Tensor, weight: tf.Tensor) =>
      sparseGraphConvolution({ w, b: tf.zeros([h[0].length]) }, x, { graph: { from, to, weight } });
    const { y } = inDouble(call, [
      { data: h.flat(), shape: [h.length, h[0].length] },
      { data: tf.eye(h[0].length).dataSync(), shape: [h[0].length, h[0].length] },
      { data: list.map((edge) => edge[2]), shape: [list.length] },
    ]);
    return rowsOf(Array.from(y, Number), h[0].length);
  };
const mean = summed(
  () => 1,
  (degree) => 1 / degree,
);
const renormalised: Aggregate = (a, h) => {
  const { from, to, weight } = normaliseEdges(a.rows, edgesOf(a));
  const out = h.map((row) => row.map(() => 0));
  for (const [e, w] of weight.data.entries()) for (const [k, value] of h[from.data[e]].entries()) out[to.data[e]][k] += w * value;
  return out;
};
const codes = (colours: ArrayLike<number>) =>
  Array.from(colours, (c) => Array.from({ length: countOf(colours) }, (_, k) => Number(k === c)));
const sameRows = (rows: number[][]) => rows.map((row) => rows.map((other) => distance(row, other) < 1e-6));

theorem<Aggregate>('thm:weisfeiler-lehman', 'c', {
  real: (a, h) =>
    summed(
      () => a.rows + 1,
      () => 1,
    )(a, h),
  check: (aggregate) => {
    const six: [Matrix, number[]] = [graphOf(6, besides([2, chain(2)], [4, pairs(4)])), [0, 1, 0, 1, 0, 1]];
    for (const [a, initial] of [...COLOURED, six])
      for (let l = 0; l < 4; l++) expect(sameRows(aggregate(a, codes(real(a, initial, l))))).toEqual(classes(real(a, initial, l + 1)));
    // What means and Â do not see: an end of a chain has one neighbour, its middle has two; and a node of two beside one of four.
    const path = graphOf(3, chain(3));
    const start = [[1], [1], [1]];
    expect(Array.from(real(path, [0, 0, 0], 1))).toEqual([0, 1, 0]);
    expect(sameRows(mean(path, start))[0]).toEqual([true, true, true]);
    const colours = real(...six, 1);
    expect(colours[0]).not.toBe(colours[2]);
    expect(distance(renormalised(six[0], codes(six[1]))[0], renormalised(six[0], codes(six[1]))[2])).toBeLessThan(1e-6);
  },
  mutants: {
    'takes means': mean,
    'takes the renormalised adjacency': renormalised,
    'weighs a node as its neighbours': summed(
      () => 1,
      () => 1,
    ),
    'forgets the node itself': summed(
      () => 0,
      () => 1,
    ),
    'takes the greatest': (a, h) =>
      neighboursOf(a).map((others, i) => h[i].map((value, k) => 10 * value + Math.max(0, ...others.map((j) => h[j][k])))),
  },
});

theorem<readonly Network[]>('thm:weisfeiler-lehman', 'd', {
  real: [byGcn, byGat],
  check: (networks) => {
    const zeros = (a: Matrix) => eigenSymmetric(graphLaplacian(a)).values.filter((nu) => nu < 1e-9).length;
    for (const f of networks)
      for (const [one, other] of [
        [graphOf(6, ring(6)), graphOf(6, besides([3, ring(3)], [3, ring(3)]))],
        [graphOf(8, [...ring(8), [0, 4], [1, 5], [2, 6], [3, 7]]), graphOf(8, besides([4, pairs(4)], [4, pairs(4)]))],
      ]) {
        const both = graphOf(2 * one.rows, besides([one.rows, edgesOf(one)], [other.rows, edgesOf(other)]));
        const alike = new Array(both.rows).fill(0);
        expect(countOf(real(both, alike, both.rows))).toBe(1);
        const y = f(both, alike, 2);
        for (const row of y) expect(distance(row, y[0])).toBeLessThan(1e-6);
        expect(Math.abs(y[0][0])).toBeGreaterThan(0.01);
        expect([zeros(one), zeros(other)]).toEqual([1, 2]);
      }
  },
  mutants: {
    'counts triangles': [withTriangles],
    'knows the numbers of the nodes': [withNumbers],
    'adds the size of the component': [
      (a, colours, l) => {
        const { values, vectors } = eigenSymmetric(graphLaplacian(a));
        const squares = colours.map((_, i) =>
          values.reduce((sum, nu, k) => (nu < 1e-9 ? sum + vectors.data[i * a.rows + k] ** 2 : sum), 0),
        );
        return byGcn(a, colours, l).map((row, i) => row.map((v) => v + squares[i]));
      },
    ],
  },
});
