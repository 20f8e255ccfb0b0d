import { describe, expect, it } from 'vitest';
import { fold, key } from '../../base/index.js';
import { endsAt } from './halving.js';
import { drawByParzen, type Tried } from './parzen.js';
import { checkSpace, drawEvenly, type SearchSpace } from './space.js';
import type { SweepTrial } from './study.js';

const space: SearchSpace = {
  rate: { type: 'float', low: 1e-4, high: 1, log: true },
  width: { type: 'int', low: 1, high: 4 },
  kind: { type: 'choice', of: ['a', 'b', 'c'] },
};

describe('drawEvenly', () => {
  it('draws a quarter of a logarithmic range in each decade, and whole numbers and choices equally often', () => {
    const drawn = Array.from({ length: 4000 }, (_, i) => drawEvenly(fold(key(1), i), space));
    const shareOf = (hit: (params: (typeof drawn)[0]) => boolean) => drawn.filter(hit).length / drawn.length;
    for (const decade of [-4, -3, -2, -1])
      expect(shareOf(({ rate }) => Math.floor(Math.log10(rate as number)) === decade)).toBeCloseTo(0.25, 1);
    for (const width of [1, 2, 3, 4]) expect(shareOf((params) => params.width === width)).toBeCloseTo(0.25, 1);
    for (const kind of ['a', 'b', 'c']) expect(shareOf((params) => params.kind === kind)).toBeCloseTo(1 / 3, 1);
  });
});

describe('drawByParzen', () => {
  it('finds the least of a function in fewer trials than even draws, over 40 seeds', () => {
    const loss = ({ rate, width, kind }: Readonly<Record<string, unknown>>) =>
      (Math.log10(rate as number) + 2.3) ** 2 + 0.3 * Math.abs((width as number) - 3) + (kind === 'b' ? 0 : 0.5);
    const best = (sampler: (seed: number, i: number, tried: Tried[]) => Tried['params'], seed: number) => {
      const tried: Tried[] = [];
      for (let i = 0; i < 60; i++) {
        const params = sampler(seed, i, tried);
        tried.push({ params, loss: loss(params) });
      }
      return Math.min(...tried.map(({ loss }) => loss));
    };
    const k = (seed: number, i: number) => fold(fold(key(7), seed), i);
    const gains = Array.from({ length: 40 }, (_, seed) => {
      const even = best((seed, i) => drawEvenly(k(seed, i), space), seed);
      return Math.log(even / best((seed, i, tried) => drawByParzen(k(seed, i), space, tried), seed));
    });
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const error = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1) / gains.length);
    expect(mean / error).toBeGreaterThan(4); // nats of loss, in standard errors
  });

  it('stays within its ranges', () => {
    const tried = Array.from({ length: 30 }, (_, i) => ({
      params: { rate: i < 15 ? 1e-4 : 1, width: i < 15 ? 1 : 4, kind: 'c' },
      loss: i,
    }));
    for (let i = 0; i < 300; i++) {
      const { rate, width, kind } = drawByParzen(fold(key(2), i), space, tried) as { rate: number; width: number; kind: string };
      expect(rate >= 1e-4 && rate <= 1 && [1, 2, 3, 4].includes(width) && ['a', 'b', 'c'].includes(kind)).toBe(true);
    }
  });
});

describe('endsAt', () => {
  const trials = (values: readonly number[], step: number) =>
    values.map(
      (value, number): SweepTrial => ({
        number,
        slot: number,
        params: {},
        state: 'running',
        reported: new Map([[step, value]]),
        worker: '',
      }),
    );
  const ends = (values: readonly number[], step: number, maximise = false) =>
    endsAt(trials(values, step), { number: values.length - 1, step, maximise }, { first: 2, keep: 3 });

  it('keeps the best third at rungs 2, 6, 18 …, and the first of all', () => {
    expect([ends([5], 2), ends([1, 2], 2), ends([2, 1], 2)]).toEqual([false, true, false]);
    expect([ends([1, 2, 3, 4, 5, 1.5], 6), ends([1, 2, 3, 4, 5, 2.5], 6)]).toEqual([false, true]); // two of six go on
    expect([ends([1, 2], 3), ends([1, 2], 17), ends([1, 2], 18)]).toEqual([false, false, true]);
    expect([ends([1, 2], 2, true), ends([2, 1], 2, true)]).toEqual([false, true]);
  });
});

describe('a space', () => {
  it.each<[object, string]>([
    [{}, 'the space has no parameter'],
    [{ x: { type: 'float', low: 0, high: 1, log: true } }, 'sweep: space.x: low must be a finite number above 0'],
    [{ x: { type: 'int', low: 3, high: 2 } }, 'sweep: space.x: high must be a whole number from 3'],
    [{ x: { type: 'choice', of: [] } }, 'sweep: space.x: of must list values'],
    [{ x: { type: 'number', low: 0, high: 1 } }, "sweep: space.x: type is 'number'; it must be 'float', 'int' or 'choice'"],
    [{ x: { type: 'float', low: 0, high: 1, step: 0.1 } }, 'step'],
  ])('%j is none', (space, message) => {
    expect(() => checkSpace(space as SearchSpace)).toThrow(message);
  });
});
