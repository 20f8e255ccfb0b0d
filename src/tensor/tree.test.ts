import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { flatten, map, zip } from './tree.js';

describe('flatten', () => {
  it('walks objects by sorted key and arrays by index, and comes back', () => {
    const tree = {
      layers: [
        { w: 2, b: 1 },
        { w: 4, b: 3 },
      ],
      bias: 0,
    };
    const { leaves, paths, structure, unflatten } = flatten<number>(tree, 'params');
    expect(leaves).toEqual([0, 1, 2, 3, 4]);
    expect(paths).toEqual(['params.bias', 'params.layers[0].b', 'params.layers[0].w', 'params.layers[1].b', 'params.layers[1].w']);
    expect(structure).toBe('{bias:*,layers:[{b:*,w:*},{b:*,w:*}]}');
    expect(unflatten(leaves)).toEqual(tree);
  });

  it('does not depend on the order in which fields were written', () => {
    expect(flatten<number>({ a: 1, b: 2 })).toMatchObject({ leaves: [1, 2], structure: flatten<number>({ b: 2, a: 1 }).structure });
  });

  it('takes a lone leaf, typed arrays, { data, shape } and class instances whole', () => {
    const typed = { data: new Float32Array(2), shape: [2] };
    const date = new Date(0);
    expect(flatten<unknown>({ typed, raw: new Int32Array(3), date, none: null }).leaves).toEqual([date, new Int32Array(3), typed]);
    expect(flatten<number>(7)).toMatchObject({ leaves: [7], paths: [''], structure: '*' });
  });

  it('branches on plain objects of another realm, as notebook cells make them', () => {
    expect(flatten<number>(runInNewContext('({ a: [1, 2] })')).leaves).toEqual([1, 2]);
  });

  it('refuses what cannot be data, with its path', () => {
    expect(() => flatten({ batch: { name: 'AAPL' } })).toThrow(
      "a tree holds tensors, numbers and typed arrays: got a string at 'batch.name'; close over it instead of passing it",
    );
    expect(() => flatten<number>([1, 2]).unflatten([1])).toThrow('the tree [*,*] has 2 leaves, got 1 values');
  });
});

describe('map and zip', () => {
  it('keep the structure', () => {
    expect(map({ a: [1, 2], b: 3 }, (x: number, path) => `${path}=${x}`)).toEqual({ a: ['a[0]=1', 'a[1]=2'], b: 'b=3' });
    expect(zip({ a: [1, 2] }, { a: [10, 20] }, (x: number, y: number) => x + y)).toEqual({ a: [11, 22] });
  });

  it('zip names the first path that only one tree has', () => {
    expect(() => zip({ a: 1, b: 2 }, { a: 1, c: 2 }, (x: number) => x)).toThrow(
      "zip: the trees differ: the first has 'b' where the second has 'c'",
    );
  });
});
