import { describe, expect, it } from 'vitest';
import { theorem, verdict } from './theorem.js';

describe('a mutant', () => {
  it('is refuted by a failed assertion only', async () => {
    expect(await verdict(() => expect(1).toBeCloseTo(2))).toBe('refuted');
    expect(await verdict(async () => expect(() => {}).toThrow())).toBe('refuted');
    expect(await verdict(() => expect(1).toBe(1))).toMatch(/^passed: the check cannot tell/);
  });

  it.each([
    new Error('linearRegression: x is empty'),
    new TypeError('undefined is not a function'),
    new RangeError('Invalid array length'),
  ])('is not refuted by %s', async (error) => {
    const found = await verdict(() => {
      throw error;
    });
    expect(found).toBe(`no verdict: the check stopped with ${error}; a mutant must reach an assertion and fail it`);
  });
});

describe('theorem', () => {
  it('takes letters for clauses, and at least one mutant', () => {
    const check = { real: 1, check: () => {}, mutants: { 'is two': 2 } };
    expect(() => theorem('thm:x', '(a)', check)).toThrow("thm:x: clauses are letters, as in 'ac' for (a) and (c), got '(a)'");
    expect(() => theorem('thm:x', 'a', { ...check, mutants: {} })).toThrow('thm:x: a check that no wrong formula fails proves nothing');
  });
});
