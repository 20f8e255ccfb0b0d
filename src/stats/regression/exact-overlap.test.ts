import { describe, expect, it } from 'vitest';
import { provesOverlap } from './exact-overlap.js';

describe('provesOverlap', () => {
  const fan = (d: number) => ({ rows: 4, cols: 2, data: Float64Array.of(1, -d, 1, d, 0.1, 1, -0.1, 1) });
  const signs = [1, -1, 1, 1];

  it('holds at the weights of a maximum, at any size of numbers', () => {
    for (const d of [0.5, 1e-16, 1e-30]) expect(provesOverlap(fan(d), signs, [0.5, 0.5, d / 2, d / 2])).toBe(true);
    const { data, ...shape } = fan(0.5);
    const scaled = (k: number) => ({ ...shape, data: data.map((value, at) => (at % 2 === 0 ? value : k * value)) });
    for (const k of [1e-200, 1e200]) expect(provesOverlap(scaled(k), signs, [0.5, 0.5, 0.25, 0.25])).toBe(true);
  });

  it('does not hold where labels touch or are apart, nor where columns are dependent', () => {
    for (const d of [0, -1e-16]) expect(provesOverlap(fan(d), signs, [0.5, 0.5, 1e-16, 1e-16])).toBe(false);
    expect(provesOverlap({ rows: 2, cols: 2, data: Float64Array.of(1, 1, 2, 2) }, [1, -1], [0.5, 0.5])).toBe(false);
  });
});
