import { describe, expect, it } from 'vitest';
import reference from '../distances.reference.json' with { type: 'json' }; // made by ../reference/distances.py with scipy 1.17.1
import { jensenShannon, kullbackLeibler, optimalDiscriminator } from './divergences.js';

describe('divergences of finite laws', () => {
  it.each(reference.laws)('are those of scipy, with kullbackLeibler $kullbackLeibler', ({ p, q, ...of }) => {
    expect(kullbackLeibler(p, q)).toBeCloseTo(of.kullbackLeibler, 12);
    expect(jensenShannon(p, q)).toBeCloseTo(of.jensenShannon, 12);
  });

  it('have limits: none for equal laws, log 2 and ∞ for laws without a common outcome', () => {
    const [p, q] = [
      [0.3, 0.7, 0],
      [0, 0, 1],
    ];
    expect([kullbackLeibler(p, p), jensenShannon(p, p)]).toEqual([0, 0]);
    expect(kullbackLeibler(p, q)).toBe(Infinity);
    expect(jensenShannon(p, q)).toBeCloseTo(Math.LN2, 15);
    expect(optimalDiscriminator(p, q)).toEqual(Float64Array.of(1, 1, 0));
    expect(optimalDiscriminator([0, 1], [0, 1])).toEqual(Float64Array.of(0.5, 0.5));
  });

  it('name laws that do not fit, and what is no law', () => {
    expect(() => jensenShannon([1], [0.5, 0.5])).toThrow('two laws of the same N outcomes, N of 1 or more: got p [1], q [2]');
    expect(() => kullbackLeibler([], [])).toThrow('N of 1 or more: got p [0], q [0]');
    expect(() => kullbackLeibler([0.5, 0.5], [1.5, -0.5])).toThrow('kullbackLeibler: q[1] is -0.5; probabilities are 0 or more');
    expect(() => optimalDiscriminator([3, 4], [1, 6])).toThrow('optimalDiscriminator: p sums to 7, probabilities to 1; divide counts');
    expect(() => jensenShannon([Number.NaN, 1], [0, 1])).toThrow('jensenShannon: p[0] is NaN');
  });
});
