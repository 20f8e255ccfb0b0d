import { describe, expect, it } from 'vitest';
import { key, normal } from '../../base/random.js';
import reference from '../stylised-facts.reference.json' with { type: 'json' }; // made by reference/stylised_facts.py with scipy and statsmodels
import { stylisedFactBands, stylisedFacts } from './stylised-facts.js';

const [rows, cols] = reference.shape;
const sample = { rows, cols, data: Float64Array.from(reference.returns) };

describe('stylisedFacts', () => {
  it('are those of scipy, statsmodels and numpy', () => {
    const facts = stylisedFacts(sample);
    expect(Object.keys(facts)).toEqual(Object.keys(reference.facts));
    for (const [name, value] of Object.entries(reference.facts)) expect(facts[name as keyof typeof facts], name).toBeCloseTo(value, 12);
  });

  it('of independent normal days have no memory and thin tails, within four standard errors', () => {
    const [T, N] = [4000, 4];
    const facts = stylisedFacts({ rows: T, cols: N, data: normal(key(1), [T, N], 'float64').data });
    expect(Math.abs(facts.kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / (T * N)));
    expect(Math.abs(facts.beyondThree - 0.0027)).toBeLessThan(4 * Math.sqrt(0.0027 / (T * N)));
    for (const name of ['memory', 'clustering1', 'clustering5', 'clustering20', 'leverage'] as const)
      expect(Math.abs(facts[name]), name).toBeLessThan(4 / Math.sqrt(T * N));
  });

  it('have bands that turn the errors of block samples round the estimate', () => {
    const bands = stylisedFactBands(sample, { key: key(2), block: 10, draws: 99 });
    for (const [name, { estimate, low, high, standardError }] of Object.entries(bands)) {
      expect(estimate, name).toBeCloseTo(reference.facts[name as keyof typeof reference.facts], 12);
      expect(high - low, name).toBeGreaterThan(standardError);
    }
  });

  it('name what is wrong with a sample', () => {
    expect(() => stylisedFacts({ rows: 30, cols: 3, data: sample.data.subarray(0, 90) })).toThrow(
      'stylisedFacts: 30 days are too few for memory over 20 days and for months; give 60 or more',
    );
    const still = { rows, cols, data: sample.data.map((value, at) => (at % cols === 1 ? 0 : value)) };
    expect(() => stylisedFacts(still)).toThrow('stylisedFacts: an asset does not move');
  });
});
