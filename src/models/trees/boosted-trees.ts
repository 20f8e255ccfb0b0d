import { checkNumber, checkOneOf, checkOptions, checkWhole, sha256 } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { checkMatrix } from '../../linalg/internal.js';
import { FLOAT32, FLOAT64, type LightGbm, lightGbm } from './lightgbm.js';
import { checkTreeText } from './tree-text.js';

/** Rows to learn from or to stop by. */
export interface TreeRows {
  /** [n, p]; NaN is a value that is missing, which goes to the better side of each split. */
  readonly x: Matrix;
  /** [n]; 0 and 1 with `logistic`. LightGBM holds them as float32: their seventh digit is lost. */
  readonly y: ArrayLike<number>;
}

/** What is boosted, and when that ends. */
export interface BoostedTreesOptions {
  /** `squared` for a mean, `logistic` for the chance of a 1. */
  readonly loss: 'squared' | 'logistic';
  /** Rows that say how many trees to keep: later ones than those to fit on, and none to judge on. */
  readonly validation: TreeRows;
  /** Share of each tree that is added, 0.05. */
  readonly rate?: number;
  /** The most leaves of a tree, 31. */
  readonly leaves?: number;
  /** The fewest rows of a leaf, 20. */
  readonly leastRows?: number;
  /** The most trees, 500. */
  readonly rounds?: number;
  /** After so many trees without a smaller validation loss it ends, 30. */
  readonly patience?: number;
}

/** A sum of trees: plain data, to be kept as JSON. */
export interface BoostedTrees {
  /** The model as LightGBM writes it, which its other front ends read. */
  readonly text: string;
  /** Of the text, in hexadecimal, by which `predictTrees` sees that nothing was changed. */
  readonly sha256: string;
  /** Trees that were kept. */
  readonly rounds: number;
  /** The validation loss with them: mean squared error, or log loss in nats. */
  readonly validation: number;
}

const METRIC = { squared: 'l2', logistic: 'binary_logloss' } as const;
const OBJECTIVE = { squared: 'regression', logistic: 'binary' } as const;
/** Equal bits in every run on a machine, whatever its cores. */
const STEADY = 'num_threads=1 deterministic=true force_row_wise=true verbosity=-1 feature_pre_filter=false';

/**
 * Gradient-boosted regression trees, grown leaf by leaf on histograms, by LightGBM's C library.
 *
 *     F₀ = the best constant        Fₘ = Fₘ₋₁ + rate · tree fitted to −∂L/∂F by Newton's step        m = 1 … rounds
 *
 * It keeps the m ≥ 1 of the smallest validation loss.
 *
 *     const fit = boostedTrees({ x, y }, { loss: 'logistic', validation, leaves: 8 });
 *     const chances = predictTrees(fit, later);
 *
 * @throws when x is no Float64Array of n p numbers, rows do not fit each other, a label is no number or, with `logistic`, not 0 or 1, and when the library is not there
 *
 * Friedman 2001; Ke et al. 2017. Here one thread, and nothing drawn: the same rows give the same trees.
 */
export function boostedTrees(rows: TreeRows, options: BoostedTreesOptions): BoostedTrees {
  checkOptions('boostedTrees', options, ['loss', 'validation', 'rate', 'leaves', 'leastRows', 'rounds', 'patience']);
  const { loss, validation, rate = 0.05, leaves = 31, leastRows = 20, rounds = 500, patience = 30 } = options;
  checkOneOf('boostedTrees', 'loss', loss, ['squared', 'logistic']);
  checkNumber('boostedTrees', 'rate', rate, { above: 0, to: 1 });
  checkWhole('boostedTrees', 'leaves', leaves, { from: 2, to: 131_072 });
  checkWhole('boostedTrees', 'leastRows', leastRows);
  checkWhole('boostedTrees', 'rounds', rounds);
  checkWhole('boostedTrees', 'patience', patience);
  checkRows('rows', rows, loss);
  checkRows('validation', validation, loss);
  checkColumns('boostedTrees: validation', validation.x, rows.x.cols);
  const api = lightGbm();
  const call = checked(api);
  const toFree: (() => void)[] = [];
  const dataset = ({ x, y }: TreeRows, like: unknown) => {
    const set = made((out) => api.createDataset(x.data, FLOAT64, x.rows, x.cols, 1, STEADY, like, out), call);
    toFree.push(() => api.freeDataset(set));
    call(api.setField(set, 'label', Float32Array.from(y), x.rows, FLOAT32));
    return set;
  };
  try {
    const train = dataset(rows, null);
    const held = dataset(validation, train);
    const parameters = `${STEADY} objective=${OBJECTIVE[loss]} metric=${METRIC[loss]} learning_rate=${rate} num_leaves=${leaves} min_data_in_leaf=${leastRows}`;
    const booster = made((out) => api.createBooster(train, parameters, out), call);
    toFree.unshift(() => api.freeBooster(booster));
    call(api.addValidation(booster, held));
    let best = { rounds: 0, validation: Number.POSITIVE_INFINITY };
    const [finished, value] = [[null] as [number | null], new Float64Array(1)];
    for (let round = 1; !finished[0] && round <= rounds && round - best.rounds <= patience; round++) {
      call(api.updateOnce(booster, finished));
      if (finished[0] && round > 1) break; // no leaf can be split; of the first tree it is the constant that is left
      call(api.evaluate(booster, 1, [null], value));
      if (value[0] < best.validation) best = { rounds: round, validation: value[0] };
    }
    const text = textOf(api, booster, best.rounds);
    return { text, sha256: sha256(text), ...best };
  } finally {
    for (const free of toFree) free();
  }
}

/**
 * What the trees say of rows: a mean, or with `logistic` the chance of a 1.
 *
 * @param fit  of `boostedTrees`, or its text alone, which is checked for its form but not for its digits
 * @param x    [n, p], columns in the order of those that were learnt from
 * @returns    [n]
 * @throws     when the text is no model, is damaged or was changed, x is no Float64Array of n p numbers or has other columns than it was fitted to, and when the library is not there
 */
export function predictTrees(fit: Pick<BoostedTrees, 'text'> & Partial<BoostedTrees>, x: Matrix): Float64Array {
  const api = lightGbm();
  const text = fit?.text;
  checkTreeText('predictTrees', text);
  if (fit.sha256 !== undefined && sha256(text) !== fit.sha256)
    throw new Error(
      'predictTrees: the text of the model is not the one that was fitted: its sha256 is another; keep a fit as it was returned',
    );
  checkMatrix('predictTrees', 'x', x);
  const call = checked(api);
  const booster = made((out) => api.loadFromText(text, [null], out), call);
  try {
    const count: [number | null] = [null];
    call(api.features(booster, count));
    checkColumns('predictTrees: x', x, count[0]!);
    const out = new Float64Array(x.rows);
    if (x.rows > 0) call(api.predict(booster, x.data, FLOAT64, x.rows, x.cols, 1, 0, 0, -1, 'num_threads=1', [null], out));
    return out;
  } finally {
    api.freeBooster(booster);
  }
}

const checked = (api: LightGbm) => (status: number) => {
  if (status !== 0) throw new Error(`boosted trees: LightGBM says: ${api.lastError()}`);
};

/** What the library makes and hands back by its last argument. */
function made(make: (out: [unknown]) => number, call: (status: number) => void): unknown {
  const out: [unknown] = [null];
  call(make(out));
  return out[0];
}

/** The first trees of a booster. */
function textOf(api: LightGbm, booster: unknown, rounds: number): string {
  const call = checked(api);
  const needed: [number | null] = [0];
  call(api.saveToText(booster, 0, rounds, 0, 0, needed, new Uint8Array(1)));
  const text = new Uint8Array(needed[0]!);
  call(api.saveToText(booster, 0, rounds, 0, text.length, needed, text));
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}

function checkRows(name: string, { x, y }: TreeRows, loss: string): void {
  checkMatrix('boostedTrees', `x of ${name}`, x);
  if (x.rows === 0 || y.length !== x.rows)
    throw new Error(
      `boostedTrees: ${name} must have a label for each row of x, and one row or more; got ${x.rows} rows and ${y.length} labels`,
    );
  const wrong = Array.from(y).findIndex((value) => (loss === 'logistic' ? value !== 0 && value !== 1 : !Number.isFinite(value)));
  if (wrong >= 0)
    throw new Error(
      `boostedTrees: a label of ${name} must be ${loss === 'logistic' ? '0 or 1' : 'a finite number'}, got ${y[wrong]} in row ${wrong}${
        loss === 'logistic' ? "; for other numbers use the loss 'squared'" : ''
      }`,
    );
}

function checkColumns(what: string, x: Matrix, cols: number): void {
  if (x.cols !== cols) throw new Error(`${what} must have the ${cols} columns that the trees were fitted to, got ${x.cols}`);
}
