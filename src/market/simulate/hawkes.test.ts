import { describe, expect, it } from 'vitest';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { key, split } from '../../base/random.js';
import { type HawkesOptions, hawkes } from './hawkes.js';

const runs = (options: HawkesOptions, count: number, seed: number) => split(key(seed), count).map((k) => hawkes(k, options));

describe('hawkes', () => {
  const [mu, n, beta] = [0.8, 0.6, 2];
  const [rate, gap] = [mu / (1 - n), beta * (1 - n)]; // 2 a unit of time; the memory fades with 0.8
  const three = {
    baseline: [0.3, 0.2, 0],
    branching: [
      [0.2, 0.5, 0.1],
      [0, 0.3, 0.4],
      [0.6, 0, 0.2],
    ],
    decay: 3,
  };

  it.each<[what: string, wrong: Partial<HawkesOptions>, error: string]>([
    [
      'events without end',
      { branching: 1 },
      'hawkes: branching [[1]] has a spectral radius of 1 or more: each event would cause others without end',
    ],
    // Eigenvalues ±√(2 · 0.6).
    [
      'kinds that feed each other',
      {
        baseline: [1, 1],
        branching: [
          [0, 2],
          [0.6, 0],
        ],
      },
      'has a spectral radius of 1 or more',
    ],
    [
      'sizes that differ',
      { baseline: [1, 1] },
      'hawkes: branching must be [2, 2], as baseline has 2 kinds of events; got a row or a column of 1',
    ],
    ['a negative rate', { baseline: -1 }, 'hawkes: baseline must be a finite number from 0 up, got -1'],
    ['inhibition', { branching: -0.1 }, 'hawkes: branching must be a finite number from 0 up, got -0.1'],
    ['a time before the beginning', { until: -1 }, 'hawkes: until must be a finite number from 0 up, got -1'],
    ['no decay', { decay: 0 }, 'hawkes: decay must be a finite number above 0, got 0'],
  ])('refuses %s', (_, wrong, error) => {
    expect(() => hawkes(key(1), { baseline: 1, branching: 0.5, decay: 1, until: 5, ...wrong })).toThrow(error);
  });

  it('takes kinds that feed each other and yet die out', () => {
    // Eigenvalues ±√(2 · 0.4).
    const branching = [
      [0, 2],
      [0.4, 0],
    ];
    expect(hawkes(key(1), { baseline: [1, 1], branching, decay: 1, until: 5 }).times.length).toBeGreaterThan(0);
  });

  it('keeps its events when it goes on for longer, and has none where nothing begins', () => {
    const [short, long] = [50, 80].map((until) => hawkes(key(6), { ...three, until }));
    expect([...long.times.slice(0, short.times.length)]).toEqual([...short.times]);
    expect([...long.kinds.slice(0, short.times.length)]).toEqual([...short.kinds]);
    expect(hawkes(key(6), { baseline: 0, branching: 0.5, decay: 1, until: 9 }).times.length).toBe(0);
  });

  it('is a Poisson process of rate 1 in its own time: the intensities between events of a kind integrate to exponentials', () => {
    // Papangelou 1972; the integral is computed here from the definition, event by event.
    const { times, kinds } = hawkes(key(4), { ...three, until: 900 });
    const compensator = (kind: number, t: number) => {
      let sum = three.baseline[kind] * t;
      for (let e = 0; times[e] < t; e++) sum += three.branching[kind][kinds[e]] * (1 - Math.exp(-three.decay * (t - times[e])));
      return sum;
    };
    for (const kind of [0, 1, 2]) {
      const marks = [...times.filter((_, e) => kinds[e] === kind)].map((t) => compensator(kind, t));
      const gaps = marks.slice(1).map((mark, i) => mark - marks[i]);
      expect(gaps.length).toBeGreaterThan(300);
      expectMean(gaps, 1);
      expectMean(
        gaps.map((gap) => gap ** 2),
        2,
      );
      const [a, b] = [gaps.slice(1), gaps.slice(0, -1)];
      expectMean(
        a.map((gap, i) => (gap - 1) * (b[i] - 1)),
        0,
      );
    }
  });

  it('without branching is a Poisson process', () => {
    const counts = runs({ baseline: 3, branching: 0, decay: 1, until: 4 }, 2000, 5).map(({ times }) => times.length);
    expectMean(counts, 12);
    expect(estimate(counts).standardError * Math.sqrt(2000)).toBeCloseTo(Math.sqrt(12), 0);
  });

  it('has the mean intensities (I − n)⁻¹ μ of many kinds', () => {
    const [burn, T] = [60, 40];
    const counts = runs({ ...three, until: burn + T }, 600, 3).map(({ times, kinds }) =>
      [0, 1, 2].map((kind) => times.filter((t, e) => t >= burn && kinds[e] === kind).length / T),
    );
    // λ = μ + nλ, by iteration.
    let rates = [0, 0, 0];
    for (let i = 0; i < 500; i++)
      rates = three.baseline.map((rate, a) => rate + three.branching[a].reduce((sum, share, b) => sum + share * rates[b], 0));
    for (const kind of [0, 1, 2])
      expectMean(
        counts.map((one) => one[kind]),
        rates[kind],
        { open: 1e-6 },
      );
  });

  it('has E N(T) = λ̄T − (λ̄ − μ)(1 − e^{−β(1−n)T}) / (β(1−n)) from an empty past', () => {
    for (const T of [0.5, 3, 20]) {
      const counts = runs({ baseline: mu, branching: n, decay: beta, until: T }, 3000, 1).map(({ times }) => times.length);
      expectMean(counts, rate * T - ((rate - mu) * (1 - Math.exp(-gap * T))) / gap);
    }
  });

  it('has the branching ratio asked for: in the long run Var N over a window is that of Da Fonseca & Zaatour 2014', () => {
    // Their eq. 24: λ̄ (τκ² + (1 − κ²)(1 − e^{−τγ})/γ), κ = 1/(1 − n), γ = β(1 − n); the past is 15 time constants before the window.
    const [burn, tau] = [15 / gap, 5];
    const counts = runs({ baseline: mu, branching: n, decay: beta, until: burn + tau }, 3000, 2).map(
      ({ times }) => times.filter((t) => t >= burn).length,
    );
    const kappa2 = (1 - n) ** -2;
    expectMean(counts, rate * tau, { open: 1e-4 });
    expectMean(
      counts.map((count) => (count - rate * tau) ** 2),
      rate * (tau * kappa2 + ((1 - kappa2) * (1 - Math.exp(-tau * gap))) / gap),
    );
  });
});
