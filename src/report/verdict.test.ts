import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../base/index.js';
import { dieboldMariano } from '../stats/index.js';
import { type Rivals, verdict } from './verdict.js';

const T = 400;
const dates = Array.from({ length: T }, (_, t) => new Date(Date.UTC(2000, 0, 1 + t)).toISOString().slice(0, 10));
const noise = (seed: number, k: number) => normal(fold(key(seed), k), [T], 'float64').data;

/** Losses with a common shock of each date: closed forms around 1, nets around 1 − gain, with seeds that differ by `spread`. */
function simulated(seed: number, { gain = 0, spread = 0.02, seeds = 5 } = {}): Rivals {
  const common = noise(seed, 0);
  const around = (k: number, level: number) => Float64Array.from(noise(seed, k), (z, t) => level + common[t] + 0.1 * z);
  const luck = normal(fold(key(seed), 99), [seeds], 'float64').data;
  return {
    dates,
    closedForms: { mean: around(1, 1.3), har: around(2, 1) },
    nets: { mlp: Array.from({ length: seeds }, (_, s) => around(10 + s, 1 - gain + spread * luck[s])) },
  };
}
const options = { key: key(1), loss: 'QLIKE', trials: 60 };

describe('verdict', () => {
  it('says by how much depth pays, and in what uncertainty', () => {
    const { sentence, pays, benchmark, net, rows, numbers, table } = verdict(simulated(1, { gain: 0.1 }), options);
    expect([pays, benchmark, net]).toEqual([true, 'har', 'mlp']);
    expect(sentence).toMatch(
      /^Depth pays here by 0\.\d{4} ± 0\.\d{4} QLIKE: mlp against har \(p < 0\.001, corrected; 60 configurations were tried\)\.$/,
    );
    expect(Math.abs(numbers.gain.value - 0.1)).toBeLessThan(3 * (numbers.gain.uncertainty as number));
    expect(rows.map(({ model }) => model)).toEqual(['mlp', 'har', 'mean']);
    expect(rows.map(({ inSet }) => inSet)).toEqual([true, false, false]);
    expect(rows[0].p).toBeLessThan(0.0005); // three decimals of it would be 0.000
    expect(String(table['text/plain'])).toMatch(/^mlp .* < 0\.001 +✓$/m);
  });

  it('says that it does not, with the gain that would have been found', () => {
    const { sentence, pays, rows } = verdict(simulated(2), options);
    expect(pays).toBe(false);
    expect(sentence).toMatch(
      /^Depth does not pay here: the net, mlp, gains −?0\.\d{4} ± 0\.\d{4} QLIKE on har \(p = \d\.\d{3}, .*\. A gain of 0\.\d{4} would have been found in 80 % of samples\.$/,
    );
    const { error, detectable } = rows.find(({ model }) => model === 'mlp')!;
    // 5 % two-sided over two rivals, 80 %: 2.2414 + 0.8416 errors of a normal law, and more of Student's
    expect(detectable! / error!).toBeGreaterThan(3.083);
    expect(detectable! / error!).toBeLessThan(4.5);
  });

  it('has errors over dates and seeds: those of the gains by date, and of the seeds beside them', () => {
    const rivals = simulated(3, { spread: 0.2 });
    const { rows } = verdict(rivals, options);
    const { gain, error } = rows.find(({ model }) => model === 'mlp')!;
    const average = dates.map((_, t) => rivals.nets.mlp.reduce((sum, one) => sum + one[t], 0) / 5);
    const { mean, standardError } = dieboldMariano({ model: average, benchmark: rivals.closedForms.har });
    const seeds = rivals.nets.mlp.map((one) => Array.from(one).reduce((a, b) => a + b, 0) / T);
    const centre = seeds.reduce((a, b) => a + b, 0) / 5;
    const variance = seeds.reduce((sum, one) => sum + (one - centre) ** 2, 0) / 4;
    expect(gain).toBeCloseTo(mean, 12);
    expect(error! ** 2).toBeCloseTo(standardError ** 2 + variance / 5, 12);
  });

  it('finds a net that is no better in 5 % of samples at most, though its seeds differ', () => {
    // 100 histories: a share of .05 has a standard error of .022, and .115 is three of them away.
    const found = Array.from({ length: 100 }, (_, i) => {
      const { dates, closedForms, nets } = simulated(1000 + i, { spread: 0.1 });
      const cut = (values: ArrayLike<number>) => Float64Array.from({ length: 80 }, (_, t) => values[t]);
      const short = { mean: cut(closedForms.mean), har: cut(closedForms.har) };
      return verdict({ dates: dates.slice(0, 80), closedForms: short, nets: { mlp: nets.mlp.map(cut) } }, { ...options, key: key(i) }).pays;
    });
    expect(found.filter(Boolean).length / 100).toBeLessThan(0.115);
  });

  it('names what is missing', () => {
    const rivals = simulated(4);
    expect(() => verdict({ ...rivals, nets: {} }, options)).toThrow('needs a closed form and a net, got 2 and 0');
    expect(() => verdict({ ...rivals, nets: { mlp: rivals.nets.mlp.slice(0, 1) } }, options)).toThrow(
      "verdict: 'mlp' was trained from 1 seed, so what a seed does is not known; train 2 or more, better 5",
    );
    expect(() => verdict(rivals, { ...options, trials: 0 })).toThrow('each net is one, and so is every configuration that was dropped');
    expect(() => verdict(rivals, { ...options, benchmark: 'ewma' })).toThrow("must be a closed form, mean, har; got 'ewma'");
  });
});
