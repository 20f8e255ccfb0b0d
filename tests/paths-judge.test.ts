import { describe, expect, it } from 'vitest';
import { spreadOver, startsOf } from '../experiments/week09/markets/setting.js';

describe('windows of week 9', () => {
  // 987 starts are those of 2005 to 2008, 704 those of training; a month is 21 days.
  it.each([
    [987, 200],
    [704, 600],
    [264, 200],
    [60, 200],
    [90, 30],
  ])('of %i days %i are spread over all of them in every draw', (length, count) => {
    const days = startsOf({ start: 1000, end: 1000 + length + 20 });
    expect(days).toHaveLength(length);
    for (const phase of [0, 0.2, 0.4, 0.6, 0.8]) {
      const chosen = spreadOver(days, count, phase);
      expect(chosen).toHaveLength(Math.min(length, count));
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen[0] - days[0]).toBeLessThan(21);
      expect(days[length - 1] - chosen[chosen.length - 1]).toBeLessThan(21);
      const steps = chosen.slice(1).map((day, i) => day - chosen[i]);
      expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
    }
  });

  it('are others in another draw', () => {
    const days = startsOf({ start: 0, end: 1007 });
    expect(spreadOver(days, 200, 0.4)).not.toEqual(spreadOver(days, 200, 0));
  });
});
