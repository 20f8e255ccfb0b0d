import { describe, expect, it } from 'vitest';
import { logarithm } from './logarithm.js';
import { fold, inverseNormal, key, normal, permutation, randint, split, threefry, uniform } from './random.js';
import reference from './random.reference.json' with { type: 'json' }; // made by reference/random.py with JAX and mpmath

const ulps = (actual: number, expected: number) => Math.abs(actual - expected) / (Number.EPSILON * Math.abs(expected) || Number.EPSILON);

describe('threefry', () => {
  // Random123 1.14, its `kat_vectors`, `threefry2x32 20`.
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as [[number, number], [number, number], number[]][])('key %j, counter %j', (k, [high, low], expected) => {
    const out = new Uint32Array(2);
    threefry(k, high, low, out);
    expect([...out]).toEqual(expected);
  });
});

describe.each(reference.streams)('stream of seed $seed', (expected) => {
  const k = key(expected.seed);

  it('has the keys and the uniforms of JAX, bit for bit', () => {
    expect(k).toEqual(expected.key);
    expect(split(k, 3)).toEqual(expected.split);
    expect(fold(k, 7)).toEqual(expected.fold7);
    expect([...uniform(k, [2, 3]).data]).toEqual(expected.uniform32);
    expect([...uniform(k, [6], 'float64').data]).toEqual(expected.uniform64);
  });

  it('has the normals that mpmath gives for the same bits', () => {
    const { data, shape } = normal(k, [2, 3], 'float64');
    expect(shape).toEqual([2, 3]);
    for (const [i, z] of data.entries()) expect(ulps(z, expected.normal64[i])).toBeLessThan(8);
    expect(normal(k, [2, 3]).data).toEqual(Float32Array.from(data));
  });
});

describe('inverseNormal and logarithm', () => {
  it('Φ⁻¹ agrees with mpmath to 8 ulp in the centre, the middle and the tails', () => {
    for (const [p, z] of reference.quantiles) expect(ulps(inverseNormal(p), z)).toBeLessThan(8);
  });

  it('ln agrees with mpmath to 1 ulp', () => {
    for (const [x, y] of reference.logarithms) expect(ulps(logarithm(x), y)).toBeLessThanOrEqual(1);
  });
});

// The seed is fixed, so these hold or fail for good; each bound is 4 standard errors of the statistic under the claimed law.
describe('statistics over n = 100,000', () => {
  const n = 100_000;
  const mean = (x: Iterable<number>, f: (v: number) => number) => {
    let sum = 0;
    for (const v of x) sum += f(v);
    return sum / n;
  };
  const within = (value: number, expected: number, variance: number) =>
    expect(Math.abs(value - expected)).toBeLessThan(4 * Math.sqrt(variance / n));

  it('uniform: mean 1/2, second moment 1/3, lag-1 product 1/4', () => {
    const u = uniform(key(1), [n]).data;
    within(
      mean(u, (v) => v),
      1 / 2,
      1 / 12,
    );
    within(
      mean(u, (v) => v * v),
      1 / 3,
      1 / 5 - 1 / 9,
    );
    within(
      mean(u.keys(), (i) => u[i] * u[(i + 1) % n]),
      1 / 4,
      7 / 144 + 2 / 48,
    );
    expect(Math.min(...u.subarray(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(u.every((v) => v < 1)).toBe(true);
  });

  it('normal: moments 0, 1, 0, 3 and P(|z| > 1.96) = 0.05', () => {
    const z = normal(key(2), [n], 'float64').data;
    within(
      mean(z, (v) => v),
      0,
      1,
    );
    within(
      mean(z, (v) => v ** 2),
      1,
      2,
    );
    within(
      mean(z, (v) => v ** 3),
      0,
      15,
    );
    within(
      mean(z, (v) => v ** 4),
      3,
      96,
    );
    within(
      mean(z, (v) => +(Math.abs(v) > 1.959964)),
      0.05,
      0.05 * 0.95,
    );
  });

  it('split streams are uncorrelated', () => {
    const [a, b] = split(key(3)).map((k) => normal(k, [n], 'float64').data);
    within(
      mean(a.keys(), (i) => a[i] * b[i]),
      0,
      1,
    );
  });

  it('randint: each face of a die 1/6', () => {
    const faces = randint(key(4), [n], 1, 7).data;
    for (let face = 1; face <= 6; face++)
      within(
        mean(faces, (v) => +(v === face)),
        1 / 6,
        5 / 36,
      );
    expect([Math.min(...faces.subarray(0, 999)), Math.max(...faces.subarray(0, 999))]).toEqual([1, 6]);
  });

  it('permutation: holds each index once; each of the 6 orders of 3 has probability 1/6', () => {
    expect([...permutation(key(5), 1000).data].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = permutation(fold(key(6), i), 3).data.join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt((6000 * 5) / 36));
  });
});

describe('bad input', () => {
  it('is refused with what is allowed', () => {
    expect(() => key(-1)).toThrow('the seed must be an integer from 0 to 2^53 - 1, got -1');
    expect(() => fold(key(0), 0.5)).toThrow('the index must be an integer from 0 to 2^32 - 1, got 0.5');
    expect(() => randint(key(0), [1], 5, 5)).toThrow('needs integers low < high within 32 bits, got low 5, high 5');
    expect(() => normal(key(0), [2, -1])).toThrow('the shape must hold integers >= 0 with at most 2^32 elements, got [2,-1]');
  });
});
