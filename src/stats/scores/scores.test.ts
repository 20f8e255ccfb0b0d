import { describe, expect, it } from 'vitest';
import { areaUnderRoc } from './auc.js';
import { calibration, logScore, logScores, outOfSampleRSquared } from './scores.js';

describe('scores', () => {
  it('out-of-sample R² is 0 for the benchmark itself, 1 for the truth, and negative for what is worse', () => {
    const [y, benchmark] = [
      [1, -1, 2],
      [0, 0, 0],
    ];
    expect(outOfSampleRSquared(y, benchmark, benchmark)).toBe(0);
    expect(outOfSampleRSquared(y, y, benchmark)).toBe(1);
    expect(outOfSampleRSquared(y, [-1, 1, -2], benchmark)).toBe(-3); // every error doubles: 1 − 4
  });

  it("the area under the ROC curve is the share of pairs in order, as in Hanley & McNeil's definition", () => {
    // Pairs (1, 0): 0.8 > 0.3, 0.8 > 0.5, 0.5 > 0.3, and 0.5 = 0.5 counts half: 3.5 of 4.
    expect(areaUnderRoc([0, 1, 0, 1], [0.3, 0.8, 0.5, 0.5])).toBe(3.5 / 4);
    expect(areaUnderRoc([0, 1], [1, 1])).toBe(0.5);
    expect(() => areaUnderRoc([1, 1], [0.1, 0.2])).toThrow('needs both labels, got 2 ones and 0 zeros');
  });

  it('the log score of a fair coin is log 2', () => {
    expect(logScore([0, 1, 1], [0.5, 0.5, 0.5])).toBeCloseTo(Math.LN2, 15);
    expect([...logScores([0, 1, 0], [0, 0.25, 1])]).toEqual([0, Math.log(4), Infinity]);
    expect(logScore([1, 0], [0.25, 0.25])).toBeCloseTo(-(Math.log(0.25) + Math.log(0.75)) / 2, 15);
  });

  it('calibration groups by forecast and counts what came', () => {
    const [low, high] = calibration([0, 1, 1, 1], [0.2, 0.4, 0.6, 0.8], 2);
    expect(low).toMatchObject({ count: 2, frequency: 0.5, standardError: Math.sqrt(0.125) });
    expect(low.forecast).toBeCloseTo(0.3, 15);
    expect(high).toMatchObject({ count: 2, frequency: 1, standardError: 0 });
  });

  it("calibration has Wilson's interval: 0 of 3 is no chance of exactly 0", () => {
    // z²/(n + z²) = 3.8415/6.8415.
    const [none, all] = calibration([0, 0, 0, 1, 1, 1], [0.1, 0.1, 0.1, 0.9, 0.9, 0.9], 2);
    expect([none.low, none.high]).toEqual([expect.closeTo(0, 12), expect.closeTo(0.5615, 4)]);
    expect([all.low, all.high]).toEqual([expect.closeTo(0.4385, 4), expect.closeTo(1, 12)]);
    // 81 of 263, as Newcombe 1998, table I, has it by the score method: 0.2553 to 0.3662.
    const [one] = calibration(
      Array.from({ length: 263 }, (_, i) => Number(i < 81)),
      new Float64Array(263).fill(0.3),
      1,
    );
    expect([one.low, one.high]).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)]);
  });

  it('refuses outcomes and forecasts that do not pair up', () => {
    expect(() => logScore([1], [])).toThrow('must be as many, and at least one: got labels 1 and probabilities 0');
  });

  it('refuses what is no number, label or probability', () => {
    expect(() => areaUnderRoc([0, 1, 0], [0.1, Number.NaN, 0.3])).toThrow('areaUnderRoc: scores is NaN at row 1; drop or fill the row');
    expect(() => areaUnderRoc([-1, 1], [0.1, 0.2])).toThrow('labels must be 0 or 1, got -1 at row 0; turn −1 and 1 into (y + 1) / 2');
    expect(() => logScore([1, 0], [0.5, 1.2])).toThrow('logScore: probabilities must be in [0, 1], got 1.2 at row 1');
    expect(() => outOfSampleRSquared([1, 2], [1, Number.NaN], [0, 0])).toThrow('outOfSampleRSquared: forecast is NaN at row 1');
    expect(() => calibration([0, 1], [0.2, 0.4])).toThrow('calibration: 2 rows cannot fill 10 bins; use fewer');
  });
});
