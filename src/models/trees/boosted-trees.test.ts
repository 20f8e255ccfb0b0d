import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import reference from '../trees.reference.json' with { type: 'json' };
import { boostedTrees, predictTrees } from './boosted-trees.js';
import { lightGbm } from './lightgbm.js';

const matrix = (cols: number, data: readonly number[]): Matrix => ({ rows: data.length / cols, cols, data: Float64Array.from(data) });
const part = (name: 'train' | 'validation' | 'test', loss: 'squared' | 'logistic') => ({
  x: matrix(reference.cols, reference[name].x),
  y: reference[name][loss],
});
const SMALL = { rate: 0.1, leaves: 8, rounds: 300, patience: 20 };

afterEach(() => vi.unstubAllEnvs());

/** Why the library does not load here: set-up brings it, and a system without OpenMP has no use for it. */
function missing(): string {
  try {
    lightGbm();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
const why = process.env.CI ? '' : missing();

describe.skipIf(why)(`boostedTrees${why && `, skipped: ${why}`}`, () => {
  it.each(['squared', 'logistic'] as const)('grows the trees of the Python front end, and loses as scikit-learn does: %s', (loss) => {
    const { rounds, validation, forecasts, scikitLearn } = reference.cases[loss];
    const fit = boostedTrees(part('train', loss), { loss, validation: part('validation', loss), ...SMALL });
    expect(fit.rounds).toBe(rounds);
    expect(fit.validation).toBeCloseTo(validation, 12);
    const said = predictTrees(JSON.parse(JSON.stringify(fit)), part('test', loss).x); // a fit is plain data
    for (const [i, value] of said.entries()) expect(value).toBeCloseTo(forecasts[i], 12);
    expect(Math.abs(fit.validation / scikitLearn - 1)).toBeLessThan(0.05);
  });

  it('is at one stump what the formulas give', () => {
    const x = matrix(1, [1, 1, 1, 1, 2, 2, 2, 2]);
    const one = { rate: 0.5, leaves: 2, leastRows: 4, rounds: 1 };
    const y = [0, 1, 2, 1, 5, 5, 6, 8]; // means 1 and 6, of all 3.5
    const mean = boostedTrees({ x, y }, { loss: 'squared', validation: { x, y }, ...one });
    for (const [i, value] of predictTrees(mean, matrix(1, [1, 2])).entries()) expect(value).toBeCloseTo([2.25, 4.75][i], 6);
    const labels = [0, 0, 0, 1, 1, 1, 1, 1]; // of 5/8; Newton's steps ∓1.5 over 4 · 15/64
    const chance = boostedTrees({ x, y: labels }, { loss: 'logistic', validation: { x, y: labels }, ...one });
    const want = [-1.6, 1.6].map((step) => 1 / (1 + Math.exp(-(Math.log(5 / 3) + 0.5 * step))));
    for (const [i, value] of predictTrees(chance, matrix(1, [1, 2])).entries()) expect(value).toBeCloseTo(want[i], 6);
  });

  it('ends where validation does, and sends a missing value to a side', () => {
    const train = part('train', 'squared');
    const noise = { x: train.x, y: train.y.toReversed() }; // nothing to learn for it
    expect(boostedTrees(train, { loss: 'squared', validation: noise, ...SMALL }).rounds).toBeLessThan(5);
    const fit = boostedTrees(train, { loss: 'squared', validation: part('validation', 'squared'), ...SMALL });
    expect(Number.isFinite(predictTrees(fit, matrix(4, [Number.NaN, 0, 0, 0]))[0])).toBe(true);
  });

  it('says what is wrong with rows, labels and columns', () => {
    const [train, validation] = [part('train', 'squared'), part('validation', 'squared')];
    expect(() => boostedTrees(train, { loss: 'logistic', validation })).toThrow(
      /a label of rows must be 0 or 1, got .* use the loss 'squared'/,
    );
    expect(() => boostedTrees({ x: train.x, y: [1] }, { loss: 'squared', validation })).toThrow('got 600 rows and 1 labels');
    expect(() => boostedTrees(train, { loss: 'squared', validation: { x: matrix(2, train.y), y: train.y.slice(0, 300) } })).toThrow(
      'boostedTrees: validation must have the 4 columns that the trees were fitted to, got 2',
    );
    expect(() => boostedTrees(train, { loss: 'squared', validation, rate: 0 })).toThrow('rate must be a finite number above 0');
    const fit = boostedTrees(train, { loss: 'squared', validation, ...SMALL, rounds: 2 });
    expect(() => predictTrees(fit, matrix(2, [0, 0]))).toThrow(
      'predictTrees: x must have the 4 columns that the trees were fitted to, got 2',
    );
    expect(() => predictTrees({ text: 'forest' }, train.x)).toThrow("begins with the line 'tree', got 'forest'; give a fit");
    expect(() => predictTrees(fit.text as never, train.x)).toThrow("begins with the line 'tree', got 'undefined'; give a fit");
    expect(() => predictTrees({ text: fit.text.slice(0, 40) }, train.x)).toThrow('the text of the model is damaged: it has no trees');
  });

  it('refuses matrices that hold other than they declare', () => {
    const [train, validation] = [part('train', 'squared'), part('validation', 'squared')];
    const fit = boostedTrees(train, { loss: 'squared', validation, ...SMALL, rounds: 2 });
    const cut = { ...train.x, data: train.x.data.slice(4) };
    const single = { ...train.x, data: Float32Array.from(train.x.data) as never };
    const call = (x: Matrix) => () => boostedTrees({ x, y: train.y }, { loss: 'squared', validation, ...SMALL });
    expect(call(cut)).toThrow('boostedTrees: x of rows is declared [600,4] but holds 2396 values');
    expect(call(single)).toThrow(
      'boostedTrees: x of rows must be a matrix { rows, cols, data } of a Float64Array, got rows 600, cols 4 and data Float32Array',
    );
    expect(() => predictTrees(fit, { data: train.x.data, shape: [600, 4] } as never)).toThrow(
      'got rows undefined, cols undefined and data Float64Array',
    );
    expect(() => predictTrees(fit, cut)).toThrow('predictTrees: x is declared [600,4] but holds 2396 values');
    expect(() => predictTrees(fit, single)).toThrow('predictTrees: x must be a matrix { rows, cols, data } of a Float64Array');
  });

  it('refuses a text that was cut or changed, which LightGBM would end the process over', () => {
    const [train, validation] = [part('train', 'squared'), part('validation', 'squared')];
    const { text, sha256 } = boostedTrees(train, { loss: 'squared', validation, ...SMALL, rounds: 6 });
    const said = (damaged: string) => () => predictTrees({ text: damaged }, validation.x);
    const trees = text.indexOf('end of trees'); // behind it is only how they were made
    for (const share of [0.25, 0.5, 0.75, 1]) expect(said(text.slice(0, share * trees))).toThrow('the text of the model is damaged');
    expect(said(text.replace('Tree=3', 'Xree=3'))).toThrow("'Xree=3' stands where Tree=3 begins");
    expect(said(text.replace('Tree=3', 'Tree\0=3'))).toThrow('not those of tree_sizes');
    for (const name of ['threshold', 'left_child', 'right_child', 'split_feature', 'leaf_value'])
      expect(said(text.replace(new RegExp(`\n${name}=.`), `\n${name}=x`))).toThrow(
        new RegExp(`damaged: tree 0: number 0 of ${name} is none`),
      );
    expect(said(text.replace(/\nsplit_feature=./, '\nsplit_feature=9'))).toThrow('tree 0: split_feature names a column beyond the 4');
    expect(said(text.replace(/\nright_child=(-?)\d/, '\nright_child=$10'))).toThrow('tree 0: left_child and right_child lead to no leaf');
    expect(said(text.replace('num_class=1', 'num_class=3'))).toThrow('num_class is 3');
    const changed = text.replace(/(\nleaf_value=-?\d\.)(\d)/, (_, before, digit) => before + ((Number(digit) + 1) % 10));
    expect(changed).not.toBe(text);
    expect(() => predictTrees({ text: changed, sha256 }, validation.x)).toThrow('its sha256 is another');
    expect(predictTrees({ text }, validation.x)).toEqual(predictTrees({ text, sha256 }, validation.x));
  });

  it('says where the library is looked for, and what it needs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-trees-'));
    vi.stubEnv('LEMMATA_LIGHTGBM', folder);
    const fit = () => predictTrees({ text: 'tree\n' }, matrix(1, [1]));
    try {
      expect(fit).toThrow(`${folder} has no lib_lightgbm; run node scripts/bootstrap.mjs lightgbm`);
      for (const kind of ['so', 'dylib', 'dll']) writeFileSync(join(folder, `lib_lightgbm.${kind}`), 'garbage');
      expect(fit).toThrow(/cannot be used: .*; LightGBM needs OpenMP: sudo apt install libgomp1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
