import { describe, expect, it } from 'vitest';
import { agreement } from './agreement.js';

describe('agreement', () => {
  it('shows how many numbers there are, how large, and how far apart', () => {
    const { 'text/plain': text } = agreement(
      { y: [Float64Array.of(1, -200), [1, -200.0625]], loss: [3, 3] },
      { within: 0.1, title: 'Own and others' },
    );
    expect(text).toContain('Own and others');
    expect(text).toMatch(/y\s+2\s+2e2\s+6e−2/);
    expect(text).toMatch(/loss\s+1\s+3e0\s+none/);
  });

  it('refuses what lies further apart, has another length or is no number', () => {
    expect(() =>
      agreement(
        {
          y: [
            [1, 2],
            [1, 2.5],
          ],
        },
        { within: 0.1 },
      ),
    ).toThrow("'y' is 2 by hand and 2.5 otherwise at 1, 0.5 apart, more than 0.1");
    expect(() => agreement({ y: [[1], [1, 2]] }, { within: 0.1 })).toThrow("'y' has 1 numbers by hand and 2 others");
    expect(() => agreement({ y: [[Number.NaN], [1]] }, { within: 0.1 })).toThrow("'y' is NaN by hand");
    expect(() => agreement({}, { within: 0.1 })).toThrow('got no pairs');
  });
});
