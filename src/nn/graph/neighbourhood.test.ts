import { expect, it } from 'vitest';
import { neighbourhood } from './neighbourhood.js';
import { normaliseEdges } from './sparse-graph-convolution.js';

// The path 0–1–2–3–4: two layers see from node 4 as far as node 2, by edges to 4 and to 3.
const path = normaliseEdges(
  5,
  [0, 1, 2, 3].map((i) => [i, i + 1] as const),
);

it('has what so many layers see, with the weights of the whole', () => {
  const { nodes, graph } = neighbourhood(path, [4], { hops: 2 });
  expect([...nodes]).toEqual([4, 3, 2]);
  const edges = [...graph.to.data].map((to, e) => [nodes[graph.from.data[e]], nodes[to], graph.weight.data[e]]);
  const [third, sixth] = [1 / 3, 1 / Math.sqrt(6)].map(Math.fround);
  expect(edges).toEqual([
    [2, 3, third],
    [3, 3, third],
    [4, 3, sixth],
    [3, 4, sixth],
    [4, 4, 0.5],
  ]);
});

it('of no hops are the nodes alone', () => {
  const { nodes, graph } = neighbourhood(path, [2, 0], { hops: 0 });
  expect([[...nodes], graph.weight.shape]).toEqual([[2, 0], [0]]);
});

it('refuses a node that is asked for twice', () => {
  expect(() => neighbourhood(path, [1, 1], { hops: 1 })).toThrow('neighbourhood: node 1 is asked for twice');
});
