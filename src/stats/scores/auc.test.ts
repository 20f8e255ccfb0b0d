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
      expect([low, high]).toEqual([expect.closeTo(area - 1.959964 * errors[k], 6), expect.closeTo(area + 1.959964 * errors[k], 6)]);
    }
  });

  it('compares two scores of the same rows with their covariance', () => {
    const { difference: value, standardError, pValue } = compareRocAreas(labels, a, b);
    expect(value).toBeCloseTo(difference.value, 14);
    expect(standardError).toBeCloseTo(difference.error, 14);
    expect(standardError).toBeLessThan(Math.hypot(...errors)); // what taking them for independent would give
    expect(pValue).toBeCloseTo(difference.pValue, 12);
  });

  it('names what is wrong', () => {
    expect(() => rocArea([1, 0, 0], [1, 2, 3])).toThrow('rocArea: a variance needs each label twice, got 1 ones and 2 zeros');
    expect(() => compareRocAreas([1, 1, 0, 0], [3, 4, 1, 2], [6, 8, 2, 4])).toThrow('both scores order the rows alike');
  });
});
