import { describe, expect, it } from 'vitest';
import { extent } from './extent.js';
import { once } from './once.js';

describe('once', () => {
  it('makes a value when it is asked for, and no second time', () => {
    let made = 0;
    const value = once(() => {
      made++;
      return undefined;
    });
    expect(made).toBe(0);
    expect([value(), value(), made]).toEqual([undefined, undefined, 1]);
  });
});

describe('extent', () => {
  it('takes millions of values, and leaves NaN out', () => {
    expect(extent(Float64Array.from({ length: 2_000_000 }, (_, i) => (i === 5 ? Number.NaN : i)))).toEqual([0, 1_999_999]);
    expect(extent([])).toEqual([Infinity, -Infinity]);
  });
});
