import { describe, expect, it } from 'vitest';
import { erf } from './activations.js';
import { attentionForward, softmaxRows } from './attention.js';
import { encoderLayerForward } from './encoder-layer.js';
import { gateBackward, gateForward } from './gate.js';
import { layerNormForward } from './layer-norm.js';
import { linearForward } from './linear.js';
import { maskedAttentionForward } from './masked-attention.js';
import { mlpBackward, mlpForward } from './mlp.js';
import { joinHeads, splitHeads } from './multi-head.js';

const f = (...values: number[]) => Float64Array.from(values);

// That each layer, forward and backward, is PyTorch's, tests/notebook/by-hand.test.ts says.
describe('layers by hand', () => {
  it('erf has the values of Abramowitz & Stegun 1964, table 7.1', () => {
    for (const [x, value] of [
      [0, 0],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
    ])
      expect(erf(x)).toBeCloseTo(value, 9);
    expect([erf(-1) + erf(1), erf(30), erf(-30)]).toEqual([0, 1, -1]);
  });

  it('a softmax does not overflow, and splits evenly what is equal', () => {
    expect(Array.from(softmaxRows(f(1000, 1000, -1000, 3, 3, 3), 3))).toEqual([0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3]);
  });

  it('heads are columns side by side, and joining undoes splitting', () => {
    const x = f(1, 2, 3, 4, 5, 6, 7, 8);
    expect(splitHeads(x, 4, 2).map((head) => Array.from(head))).toEqual([
      [1, 2, 5, 6],
      [3, 4, 7, 8],
    ]);
    expect(joinHeads(splitHeads(x, 4, 2), 4)).toEqual(x);
  });

  it('a network of two layers is shut where its ReLU is, forward and backward', () => {
    const params = { first: { w: f(1, -1), b: f(0, 0) }, second: { w: f(2, 3), b: f(1) } };
    const { y, hidden } = mlpForward(params, f(4, -5));
    expect(Array.from(y)).toEqual([9, 16]); // 2·4 + 1, 3·5 + 1
    const { dx, first, second } = mlpBackward(f(1, 10), params, f(4, -5), hidden);
    expect([dx, first.dw, first.db, second.dw, second.db].map((d) => Array.from(d))).toEqual([[2, -30], [8, -150], [2, 30], [4, 50], [11]]);
  });

  it('masked attention leaves out what is hidden, and is attention where nothing is', () => {
    const looking = { q: f(1, 2), k: f(1, -1), v: f(10, 20) };
    const { y, weights } = maskedAttentionForward(looking, [1, 0, 1, 1], { width: 1 });
    expect(Array.from(weights.subarray(0, 2))).toEqual([1, 0]);
    expect(y[0]).toBe(10);
    const all = attentionForward(looking, { width: 1 });
    expect(y[1]).toBeCloseTo(all.y[1], 15);
    expect(Array.from(maskedAttentionForward(looking, [0, 0, 1, 1], { width: 1 }).y.subarray(0, 1))).toEqual([0]);
    expect(() => maskedAttentionForward(looking, [1], { width: 1 })).toThrow('a mask of 1 numbers for 2 queries and 2 keys; it is [T, S]');
  });

  it('a gate at 0 is half open: half of the branch, and a quarter of what it hears', () => {
    const gate = { a: f(0), c: f(0) };
    const branch = { x: f(1, 2), f: f(4, 6), v: f(3) };
    const { y, g } = gateForward(gate, branch);
    expect([Array.from(y), Array.from(g)]).toEqual([[3, 5], [0.5]]);
    const back = gateBackward(f(1, 1), gate, { ...branch, g });
    expect([back.dx, back.df, back.dv, back.da, back.dc].map((d) => Array.from(d))).toEqual([[1, 1], [0.5, 0.5], [0], [7.5], [2.5]]);
  });

  it('names what does not fit', () => {
    expect(() => linearForward({ w: f(1, 2, 3), b: f(1, 2) }, f(1))).toThrow('linearForward: w has 3 numbers, b 2 and x 1');
    expect(() => attentionForward({ q: f(1, 2, 3), k: f(1, 2), v: f(1) }, { width: 2 })).toThrow('with a width of 2, 3 numbers of queries');
    expect(() => layerNormForward({ gamma: f(1, 1), beta: f(0, 0) }, f(1, 2, 3))).toThrow(
      'layerNormForward: gamma has 2 numbers, beta 2 and x 3',
    );
    expect(() => splitHeads(f(1, 2, 3), 3, 2)).toThrow('splitHeads: 2 heads do not share a width of 3');
    const norm = { gamma: f(1), beta: f(0) };
    const map = { w: f(1), b: f(0) };
    const params = { norm1: norm, heads: { query: map, key: map, value: map, out: map }, norm2: norm, expand: map, contract: map };
    expect(() => encoderLayerForward(params, f(1, 2, 3), { steps: 2, heads: 1 })).toThrow('x has 3 numbers, and a sequence of 2 steps 2');
  });
});
