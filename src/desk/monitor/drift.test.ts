import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/index.js';
import { type DriftRows, driftMonitor } from './drift.js';
import { baselineOf, cumulativeFall, greatestDistance, stabilityIndex } from './statistics.js';

const z = (k: number, n: number, shift = 0, scale = 1) => normal(fold(key(3), k), [n], 'float64').data.map((x) => shift + scale * x);
const ten = Float64Array.from({ length: 100 }, (_, i) => i); // ten bins of ten, ends 9, 19 … 89

describe('stabilityIndex', () => {
  it('is Σ (q − p) ln(q / p) over the baseline’s deciles', () => {
    // Half of the window in the first bin and half in the second: p is 0.1 everywhere, q is 0.5, 0.5 and for the eight empty 0.5 / 10.
    const window = Float64Array.from([0, 1, 2, 3, 9, 10, 11, 12, 13, 19]);
    expect(stabilityIndex(baselineOf(ten), window)).toBeCloseTo(2 * 0.4 * Math.log(5) + 8 * 0.05 * Math.log(2), 12);
    expect(stabilityIndex(baselineOf(ten), ten)).toBe(0);
  });

  it('has fewer bins where values are equal', () => {
    const baseline = baselineOf([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect([Array.from(baseline.edges), Array.from(baseline.shares, (share) => Math.round(10 * share))]).toEqual([
      [0, 1],
      [8, 1, 1],
    ]);
  });
});

describe('greatestDistance', () => {
  it('is the greatest distance of the distribution functions over all values', () => {
    expect(greatestDistance(baselineOf([1, 2, 3, 4]), Float64Array.from([3, 4, 5, 6]))).toBe(0.5);
    for (let seed = 0; seed < 50; seed++) {
      const [x, y] = [z(2 * seed, 40).map((v) => Math.round(3 * v)), z(2 * seed + 1, 15, 0.5).map((v) => Math.round(3 * v))]; // with ties
      const below = (values: Float64Array, at: number) => values.filter((v) => v <= at).length / values.length;
      const brute = Math.max(...[...x, ...y].map((at) => Math.abs(below(x, at) - below(y, at))));
      expect(greatestDistance(baselineOf(x), y)).toBeCloseTo(brute, 12);
    }
  });
});

describe('cumulativeFall', () => {
  it('adds how far scores are below their mean, less half a deviation, and never falls below 0', () => {
    // Mean 0 and standard deviation 1 of the reference; −z − ½ is 0.5, 1.5, −1, −1.5 …
    expect(Array.from(cumulativeFall([-1, 0, 1], [-1, -2, 0.5, 1, -1]))).toEqual([0.5, 2, 1, 0, 0.5]);
  });
});

describe('driftMonitor', () => {
  const reference: DriftRows = { features: { x: z(100, 504), y: z(101, 504, 5, 2) }, score: z(102, 504) };
  const options = { key: key(1), horizon: 126, block: 1, samples: 200 };
  const watched = (k: number, of: { x?: [number, number]; score?: number }): DriftRows => ({
    features: { x: z(k, 126, ...(of.x ?? [])), y: z(k + 1, 126, 5, 2) },
    score: z(k + 2, 126, of.score ?? 0),
  });

  it('raises the alarm of what has changed, and none where nothing has', () => {
    const monitor = driftMonitor(reference, options);
    expect(monitor.watch(watched(200, {})).raised).toEqual({});
    const { raised, looks } = monitor.watch(watched(210, { x: [1, 1] }));
    expect(raised).toMatchObject({ psi: 62, ks: 62 });
    expect(looks.map(({ row }) => row)).toEqual([62, 67, 72, 77, 82, 87, 92, 97, 102, 107, 112, 117, 122]);
    expect(looks.at(-1)!.feature).toBe('x');
    expect(monitor.watch(watched(220, { x: [0, 3] })).raised.psi).toBe(62);
    expect(Object.keys(monitor.watch(watched(230, { score: -1 })).raised)).toEqual(['cusum']);
  });

  it('has levels that one sample in twenty of its own exceeds, and higher ones for a smaller chance', () => {
    const [usual, rare] = [0.05, 0.01].map((falseAlarms) => driftMonitor(reference, { ...options, samples: 500, falseAlarms }).levels);
    for (const alarm of ['psi', 'ks', 'cusum'] as const) expect(rare[alarm]).toBeGreaterThan(usual[alarm]);
    expect(driftMonitor(reference, { ...options, samples: 500 }).levels).toEqual(usual);
  });

  it('says what is no reference, and what is watched with another', () => {
    expect(() => driftMonitor({ features: { x: [1, Number.NaN] }, score: [1, 2] }, options)).toThrow(
      "of the reference 'x' is NaN in row 1",
    );
    expect(() => driftMonitor({ features: { x: [1] }, score: [1, 2] }, options)).toThrow("'x' has 1 rows, and the score 2");
    expect(() => driftMonitor({ features: { x: [1, 2] }, score: [1, 2] }, options)).toThrow('the reference has 2 rows, the horizon 126');
    expect(() => driftMonitor(reference, { ...options, samples: 20 })).toThrow(
      '20 samples say too little of a chance of 0.05; draw 100 or more',
    );
    expect(() => driftMonitor({ ...reference, score: new Float64Array(504) }, options)).toThrow('the score of the reference does not vary');
    expect(() => driftMonitor(reference, { ...options, block: 505 })).toThrow('block must be a finite number from 1 to 504');
    expect(() => driftMonitor({ features: {}, score: [1] }, options)).toThrow('there is no feature in the reference');
    const monitor = driftMonitor(reference, options);
    expect(() => monitor.watch({ features: { x: [1] }, score: [1] })).toThrow("no feature 'y', which the reference has");
    expect(() => monitor.watch(reference)).toThrow('504 rows are watched, and the levels are for 126');
  });
});
