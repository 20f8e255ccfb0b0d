import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/index.js';
import { design } from './design.js';
import { hedge } from './hedge.js';
import { linearRegression } from './linear-regression.js';

const noise = (seed: number, n: number) => normal(fold(key(3), seed), [n], 'float64').data.map((z) => 0.01 * z);

describe('hedge', () => {
  it('charges entry, drift back, and both legs of a roll, by hand', () => {
    // entry 1; +10 % and 0 % let the ratio drift to 1/1.1; −50 % and +20 % to (1/1.1) 1.2/0.5 = 24/11, rebalanced to 1, and rolled: 24/11 + 1
    const { profit, ratios, traded } = hedge([0, 0.1, -0.5, 0.2], [0, 0, 0.2, 0.1], { ratio: 1, rebalance: [0, 2], roll: [2], cost: 0.01 });
    expect([...ratios]).toEqual([1, 1 / 1.1, 1].map((v) => expect.closeTo(v, 12)));
    expect([...traded]).toEqual([1, 24 / 11 + 1, 0].map((v) => expect.closeTo(v, 12)));
    expect([...profit]).toEqual([0.1 - 0.01, -0.5 - 0.2 / 1.1 - 0.01 * (24 / 11 + 1), 0.2 - 0.1].map((v) => expect.closeTo(v, 12)));
  });

  it('takes the ratio from the window that ends at the rebalance, and from nothing later', () => {
    const [m, e] = [noise(0, 60), noise(1, 60)];
    const r = m.map((v, t) => 0.7 * v + e[t]);
    const expected = linearRegression(design({ m: m.slice(11, 41) }), r.slice(11, 41)).coefficients[1];
    expect(hedge(r, m, { ratio: { window: 30 }, rebalance: [40] }).ratios[0]).toBeCloseTo(expected, 12);
    const all = linearRegression(design({ m: m.slice(0, 41) }), r.slice(0, 41)).coefficients[1];
    expect(hedge(r, m, { ratio: { window: Infinity }, rebalance: [40] }).ratios[0]).toBeCloseTo(all, 12);
    const later = hedge(
      r.map((v, t) => (t > 40 ? -v : v)),
      m,
      { ratio: { window: 30 }, rebalance: [40] },
    );
    expect(later.ratios[0]).toBeCloseTo(expected, 12);
  });

  it('weights rows by their age, by hand', () => {
    // weights 1/4, 1/2, 1 on (0, 0), (1, 1), (2, 4): x̄ = (0 + 1/2 + 2)/1.75 = 10/7, slope = Σw(x − x̄)y / Σw(x − x̄)²
    const { ratios } = hedge([0, 1, 4, 0], [0, 1, 2, 0], { ratio: { halfLife: 1 }, rebalance: [2] });
    const c = [0, 1, 2].map((x) => x - 10 / 7);
    expect(ratios[0]).toBeCloseTo((0.5 * c[1] + 4 * c[2]) / (0.25 * c[0] ** 2 + 0.5 * c[1] ** 2 + c[2] ** 2), 12);
  });

  it('names what is wrong', () => {
    expect(() => hedge([1], [1, 2], { ratio: 1, rebalance: [0] })).toThrow('hedge: asset has 1 returns and futures 2');
    expect(() => hedge([1, 2], [1, 2], { ratio: 1, rebalance: [1] })).toThrow('no row follows the first rebalance');
    expect(() => hedge([1, 2, 3], [0, 0, 1], { ratio: { window: 2 }, rebalance: [1] })).toThrow('do not move in rows 0 to 1');
  });
});
