import { describe, expect, it } from 'vitest';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { areaUnderRoc, compareRocAreas, rocArea } from './auc.js';

const { labels, a, b, areas, errors, difference } = reference.delong; // scores of one decimal, so that many tie

describe('rocArea', () => {
  it("has DeLong's standard error, as by its definition over all pairs", () => {
    for (const [k, scores] of [a, b].entries()) {
      const { area, standardError, low, high } = rocArea(labels, scores);
      expect(area).toBeCloseTo(areas[k], 14);
      expect(areaUnderRoc(labels, scores)).toBe(area);
      expect(standardError).toBeCloseTo(errors[k], 14);
      const reach = (1.959964 * errors[k]) / (area * (1 - area));
      expect(Math.log(low / (1 - low))).toBeCloseTo(Math.log(area / (1 - area)) - reach, 6);
      expect(Math.log(high / (1 - high))).toBeCloseTo(Math.log(area / (1 - area)) + reach, 6);
    }
  });

  it('compares two scores of the same rows with their covariance', () => {
    const { difference: value, standardError, pValue } = compareRocAreas(labels, a, b);
    expect(value).toBeCloseTo(difference.value, 14);
    expect(standardError).toBeCloseTo(difference.error, 14);
    expect(standardError).toBeLessThan(Math.hypot(...errors)); // what taking them for independent would give
    expect(pValue).toBeCloseTo(difference.pValue, 12);
  });

  it('has an interval within 0 and 1, and one with a width where the scores separate the labels', () => {
    // Placements 2/3, 1, 1 on both sides: variance 2/81, log 8 ± 1.96 · √(2/81)/(8/81). About the area itself it would reach 1.197.
    const near = rocArea([0, 0, 0, 1, 1, 1], [1, 2, 4, 3, 5, 6]);
    expect(near.area).toBeCloseTo(8 / 9, 14);
    expect(near.standardError).toBeCloseTo(Math.sqrt(2) / 9, 14);
    expect([near.low, near.high]).toEqual([expect.closeTo(0.2614, 3), expect.closeTo(0.9945, 4)]);
    // Two pairs without a row in common: both in order with probability A² ≥ 0.025.
    expect(rocArea([0, 0, 1, 1], [1, 2, 3, 4])).toEqual({ area: 1, standardError: 0, low: expect.closeTo(Math.sqrt(0.025), 12), high: 1 });
    expect(rocArea([1, 1, 0, 0], [1, 2, 3, 4])).toMatchObject({ area: 0, low: 0, high: expect.closeTo(1 - Math.sqrt(0.025), 12) });
    expect(() => rocArea([0, 0, 1, 1], [1, 2, 3, 4], { level: 95 })).toThrow('level must be a finite number above 0, below 1, got 95');
  });

  it('names what is wrong', () => {
    expect(() => rocArea([1, 0, 0], [1, 2, 3])).toThrow('rocArea: a variance needs each label twice, got 1 ones and 2 zeros');
    expect(() => compareRocAreas([1, 1, 0, 0], [3, 4, 1, 2], [6, 8, 2, 4])).toThrow('both scores order the rows alike');
    // A difference of 1 that no row varies in is no "alike".
    expect(() => compareRocAreas([0, 0, 1, 1], [1, 2, 3, 4], [4, 3, 2, 1])).toThrow('the areas are 1 and 0, and no row differs');
  });
});
