import { join } from 'node:path';
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { simulatedBars } from '../../../tests/support/bars.js';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { type Frame, frameOf, selectFrame } from '../frame/frame.js';
import { CHANGES } from '../lookahead/changes.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { computeFeatures, resumeFeatures, streamFeatures } from './compute.js';
import type { FeatureFrame } from './feature-frame.js';
import { explainFeature, features } from './registry.js';

// What holds of every feature there is: each test takes all of them, and names those for which it fails.

const T = 1500;
const frame = simulatedBars(T);
const all = features();
const whole = computeFeatures(
  frame,
  all.map(({ name }) => name),
);
const N = frame.assets.length;

/** Features for which two computations differ on a row of `second`, which is row `offset` of `first`. */
function different(
  first: FeatureFrame,
  second: FeatureFrame,
  offset: number,
  same: (a: number, b: number, i: number) => boolean,
): string[] {
  return second.names.filter((name) => {
    const [a, b] = [first.column(name).subarray(offset * N), second.column(name)];
    return !b.every((value, i) => same(a[i], value, i));
  });
}

/** The largest value of each feature: what its rounding is measured by. */
const sizes = new Map(
  whole.names.map((name) => [name, whole.column(name).reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0)]),
);

describe('every feature', () => {
  it('is one of at least 150, by a name of its own', () => {
    const closeOnly = features({
      data: frameOf({ dates: frame.dates, assets: frame.assets, values: frame.fields.close, field: 'close', source: 'test' }),
    });
    expect(closeOnly.length).toBeGreaterThanOrEqual(LEAST_OF_CLOSES);
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const keys = all.map(({ expression }) => expression.key);
    expect(all.filter((_, i) => keys.indexOf(keys[i]) !== i).map(({ name }) => name)).toEqual([]); // two names of one thing
  });

  it('has a first value on the row that it says, and values from there on', () => {
    const wrong = all.filter(({ name, expression: { first, warmUp } }) => {
      const column = whole.column(name);
      const before = column.subarray(0, first * N).every(Number.isNaN);
      const known = column.subarray(first * N).reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0);
      // What never forgets may begin when something first happens: with the first month that begins, or the first new high.
      const late = warmUp < Infinity && column.subarray(first * N, (first + 3) * N).every(Number.isNaN);
      return !before || late || known < 0.95 * (column.length - first * N);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('has the same bits row by row, in parts, and after a save and a resume', () => {
    const folder = temporaryStore();
    const names = all.map(({ name }) => name);
    const rows = (start: number, end: number) => selectFrame(frame, { from: frame.dates[start], to: frame.dates[end - 1] });
    let stream = streamFeatures(rows(0, 800), names);
    const found = new Set<string>();
    for (let start = 800, step = 0; start < T; step++) {
      const end = Math.min(T, start + [1, 1, 7, 1, 300][step % 5]);
      if (step === 3 || step === 8) {
        stream.save(join(folder, 'features.safetensors'));
        stream = resumeFeatures(join(folder, 'features.safetensors'));
      }
      for (const name of different(whole, stream.push(rows(start, end)), start, Object.is)) found.add(name);
      start = end;
    }
    expect([...found]).toEqual([]);
  });

  it('scales with prices and volumes as it says', () => {
    const [c, d] = [8, 4];
    const prices = ['open', 'high', 'low', 'close', 'adjClose'];
    const fields = Object.fromEntries(
      Object.entries(frame.fields).map(([name, values]) => [name, values.map((x) => x * (prices.includes(name) ? c : d))]),
    );
    const scaled = computeFeatures(
      { ...frame, fields },
      all.map(({ name }) => name),
    );
    const wrong = all.filter(({ name, scaling }) => {
      const factor = c ** scaling.price * d ** scaling.volume;
      const tolerance = 1e-9 * factor * sizes.get(name)!;
      const [was, is] = [whole.column(name), scaled.column(name)];
      return !is.every((value, i) => Math.abs(value - factor * was[i]) <= tolerance || (Number.isNaN(value) && Number.isNaN(was[i])));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('has forgotten where the data begin when its warm-up is over', () => {
    const start = 300;
    const later = computeFeatures(
      selectFrame(frame, { from: frame.dates[start] }),
      all.filter(({ expression }) => expression.warmUp < T - start - 50).map(({ name }) => name),
    );
    expect(later.names.length).toBeGreaterThan(0.9 * all.length);
    const warmUps = new Map(all.map(({ name, expression }) => [name, expression.warmUp]));
    const wrong = later.names.filter((name) => {
      const from = warmUps.get(name)! * N;
      const tolerance = 1e-8 * sizes.get(name)!;
      const [a, b] = [whole.column(name).subarray(start * N + from), later.column(name).subarray(from)];
      return !b.every((value, i) => Object.is(a[i], value) || Math.abs(a[i] - value) <= tolerance);
    });
    expect(wrong).toEqual([]);
  });

  it('is the same in any order of assets, and is not moved by one that is not listed', () => {
    const names = all.map(({ name }) => name);
    const turned = computeFeatures(selectFrame(frame, { assets: ['C', 'A', 'D', 'B'] }), names);
    const place = [2, 0, 3, 1];
    const wrong = names.filter((name) => {
      const [a, b] = [whole.column(name), turned.column(name)];
      const tolerance = 1e-9 * sizes.get(name)!;
      return !b.every((value, i) => {
        const was = a[Math.floor(i / N) * N + place[i % N]];
        return Object.is(was, value) || Math.abs(was - value) <= tolerance;
      });
    });
    expect(wrong).toEqual([]);

    const listed = Uint8Array.from({ length: T * N }, (_, i) => (i % N === 3 && (i < 200 * N || i > 900 * N) ? 0 : 1));
    const three = computeFeatures(selectFrame(frame, { assets: ['A', 'B', 'C'], to: frame.dates[199] }), shortOnes(199));
    const four = computeFeatures({ ...frame, listed }, names);
    const moved = three.names.filter((name) => {
      const [a, b] = [three.column(name), four.column(name)];
      return !a.every((value, i) => Object.is(value, b[Math.floor(i / 3) * N + (i % 3)]));
    });
    expect(moved).toEqual([]);
    const present = names.filter((name) => four.column(name).some((value, i) => listed[i] === 0 && !Number.isNaN(value)));
    expect(present).toEqual([]);
  });

  it('does not look ahead', async () => {
    const short = selectFrame(frame, { to: frame.dates[599] });
    const listed = Uint8Array.from({ length: short.fields.close.length }, (_, i) => (i % N === 3 && i < 100 * N ? 0 : 1));
    const splits = Object.fromEntries(['open', 'high', 'low', 'close'].map((field) => [field, 'splits' as const]));
    const data: Frame = { ...short, listed, adjusted: { ...splits, adjClose: 'splits and dividends' } };
    const of = (names: readonly string[]) => (given: Frame) => {
      const computed = computeFeatures(given, names);
      return names.map(computed.panel);
    };
    const at = [data.dates[530]];
    // The level of an adjusted price or volume is known only when all splits are: what scales with it is for the chart, not for a model.
    const levels = all.filter(({ scaling }) => scaling.price !== scaling.volume);
    const names = shortOnes(500).filter((name) => !levels.some((one) => one.name === name));
    await assertNoLookahead(of(names), data, { at });
    const levelNames = levels.map(({ name }) => name);
    await assertNoLookahead(of(levelNames), data, { at, changes: CHANGES.filter((change) => change !== 'rescale history') });
    await expect(assertNoLookahead(of(levelNames), data, { at, changes: ['rescale history'] })).rejects.toThrow(
      'the whole history of an asset is rescaled',
    );
  });

  it('is explained, in a formula that KaTeX can set', () => {
    for (const { name, formula, unit, source } of all) {
      expect(() => katex.renderToString(formula, { throwOnError: true, strict: 'error' }), name).not.toThrow();
      expect(unit.length * source.length, name).toBeGreaterThan(0);
      expect(explainFeature(name)).toContain(`**${name}**`);
    }
  });
});

const LEAST_OF_CLOSES = 150;

/** Features that have a value after so many rows. */
const shortOnes = (rows: number) => all.filter(({ expression }) => expression.first < rows).map(({ name }) => name);
