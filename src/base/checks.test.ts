import { describe, expect, it } from 'vitest';
import { checkNumber, checkWhole } from './checks.js';

describe('checkWhole', () => {
  it.each([
    [2.5, undefined, 'f: steps must be a whole number from 1 up, got 2.5'],
    [0, undefined, 'f: steps must be a whole number from 1 up, got 0'],
    [Number.NaN, { from: 0 }, 'f: steps must be a whole number from 0 up, got NaN'],
    [11, { from: 1, to: 10 }, 'f: steps must be a whole number from 1 to 10, got 11'],
    [Infinity, {}, 'f: steps must be a whole number, got Infinity'],
    ['3' as unknown as number, undefined, 'f: steps must be a whole number from 1 up, got 3'],
  ])('refuses %d within %o', (value, bounds, message) => {
    expect(() => checkWhole('f', 'steps', value, bounds)).toThrow(new Error(message));
  });

  it('lets the bounds themselves pass', () => {
    for (const value of [1, 10]) expect(() => checkWhole('f', 'steps', value, { from: 1, to: 10 })).not.toThrow();
  });
});

describe('checkNumber', () => {
  it.each([
    [0, { above: 0 }, 'f: rate must be a finite number above 0, got 0'],
    [Infinity, { above: 0 }, 'f: rate must be a finite number above 0, got Infinity'],
    [1, { from: 0, below: 1 }, 'f: rate must be a finite number from 0 up, below 1, got 1'],
    [1.5, { from: 0, to: 1 }, 'f: rate must be a finite number from 0 to 1, got 1.5'],
    [0, { above: 0, to: 1 }, 'f: rate must be a finite number above 0, up to 1, got 0'],
    [2, { below: 1 }, 'f: rate must be a finite number below 1, got 2'],
    [Number.NaN, {}, 'f: rate must be a finite number, got NaN'],
  ])('refuses %d within %o', (value, bounds, message) => {
    expect(() => checkNumber('f', 'rate', value, bounds)).toThrow(new Error(message));
  });

  it('adds the hint, and lets the closed bounds pass', () => {
    expect(() => checkNumber('f', 'rate', -1, { from: 0 }, 'try 0.1')).toThrow('from 0 up, got -1; try 0.1');
    for (const value of [0, 1]) expect(() => checkNumber('f', 'rate', value, { from: 0, to: 1 })).not.toThrow();
  });
});
