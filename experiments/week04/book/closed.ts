import { type Matrix, matVec } from '../../../src/linalg/index.js';
import { columnMeans } from '../../../src/linalg/internal.js';
import { type BookRows, fitMicroPrice, midPrice } from '../../../src/market/index.js';
import { boostedTrees, predictTrees } from '../../../src/models/index.js';
import { design, linearRegression, logisticRegression, predict, predictProbability, ridgePath, scaler } from '../../../src/stats/index.js';
import type { Key } from '../../../src/tensor/index.js';
import { AHEAD, COLUMNS, HORIZONS, type Samples, session, sessionKey } from './sessions.js';

const TICK = 100;
/** Keeps coefficients finite where few rows are divided by their labels; of 70,000 rows it moves nothing. */
const PENALTY = 1;
const BOOK = COLUMNS.slice(0, 8);

/** What a rival reads of each row. */
export type Columns = Record<string, ArrayLike<number>>;
const columnOf = ({ x, up: { length: n } }: Samples, name: string) => {
  const j = COLUMNS.indexOf(name);
  return Float64Array.from({ length: n }, (_, i) => x[i * COLUMNS.length + j]);
};
export const all = (samples: Samples): Columns => Object.fromEntries(COLUMNS.map((name) => [name, columnOf(samples, name)]));
const only =
  (...names: string[]) =>
  (samples: Samples): Columns =>
    Object.fromEntries(names.map((name) => [name, columnOf(samples, name)]));
/** All columns, and squares and products of the book's. */
function products(samples: Samples): Columns {
  const columns = all(samples);
  for (const [i, a] of BOOK.entries())
    for (const b of BOOK.slice(i))
      if (a !== 'wide' || b !== 'wide') columns[`${a} × ${b}`] = (columns[a] as Float64Array).map((value, row) => value * columns[b][row]);
  return columns;
}
function known(samples: Samples): Columns {
  const lambda = [0, 1, 2, 3].map(
    (kind) => [`log λ${kind}`, samples.up.map((_, i) => Math.log(samples.intensities[4 * i + kind]))] as const,
  );
  return { ...products(samples), ...Object.fromEntries(lambda) };
}

/** Micro-price less mid in ticks, of a micro-price that was fitted to all events of some sessions. */
function microPrice(k: Key, { from, to, seconds }: { from: number; to: number; seconds: number }) {
  const books = Array.from({ length: to - from }, (_, s) => session(sessionKey(k, from + s), seconds).books);
  const cut = new Float64Array(8).fill(Number.NaN); // between two sessions
  const data = Float64Array.from(books.flatMap((book) => [...book.data, ...cut]));
  const { price } = fitMicroPrice({ data, shape: [data.length / 8, 8] }, { tick: TICK, spreads: 3 });
  return ({ books }: { books: BookRows }): Columns => {
    const [prices, mids] = [price(books), midPrice(books)];
    return { 'micro-price': prices.map((value, i) => (Number.isNaN(value) ? 0 : (value - mids[i]) / TICK)) };
  };
}

/** Leaves of a tree, of which one is chosen on the validation rows; all else was fixed beforehand. */
const LEAVES = [8, 32, 128];
/** Rows of a leaf at least: some of one interval have one label. */
const LEAST_ROWS = 200;

/** Boosted trees on all columns, which find products by themselves: forecasts of the test rows. */
function trees(train: Samples, validation: Samples, test: Samples) {
  const [x, held, later] = [train, validation, test].map((samples) => design(all(samples), { intercept: false }));
  return (loss: 'squared' | 'logistic', label: (samples: Samples) => Float64Array): Float64Array => {
    const rows = { x: held, y: label(validation) };
    const fits = LEAVES.map((leaves) =>
      boostedTrees({ x, y: label(train) }, { loss, validation: rows, rate: 0.1, leaves, leastRows: LEAST_ROWS }),
    );
    return predictTrees(
      fits.reduce((a, b) => (b.validation < a.validation ? b : a)),
      later,
    );
  };
}

/** Forecasts of the test rows: P(up) [n], and mean changes of the mid for each of `HORIZONS` [n, 3]. */
export interface Forecasts {
  readonly next: Record<string, Float64Array>;
  readonly moves: Record<string, Float64Array>;
  /** Configurations that were looked at, but for the rival that knows λ. */
  readonly trials: number;
}
/** What a rival with the simulator's own intensities says: beside the rivals, and none of them. */
export const KNOWING = 'logistic that knows λ';

/** The rivals that are no nets, fitted to the training rows; the validation rows choose and stop the trees. */
export function closedForms(
  { train, validation, test }: Readonly<Record<'train' | 'validation' | 'test', Samples>>,
  fit: { k: Key; from: number; to: number; seconds: number },
): Forecasts {
  const micro = microPrice(fit.k, fit);
  const logistic = (pick: (samples: Samples) => Columns) =>
    predictProbability(logisticRegression(design(pick(train)), train.up, { lambda: PENALTY }), design(pick(test)));
  const least = (pick: (samples: Samples) => Columns) => {
    const [x, later] = [design(pick(train)), design(pick(test))];
    return eachHorizon(train, test, (y) => predict(linearRegression(x, y), later));
  };
  const ridges = (pick: (samples: Samples) => Columns) => {
    const [x, later] = scaledBy(pick(train), pick(test));
    return (y: Float64Array) => {
      const { coefficients, intercept } = ridgePath(x, y).byPress;
      return matVec(later, coefficients).map((value) => value + intercept);
    };
  };
  const imbalance = only('imbalance');
  const flows = only('OFI 1', 'OFI 5', 'OFI 20');
  const grown = trees(train, validation, test);
  const forecasts = {
    next: {
      'even odds': new Float64Array(test.up.length).fill(0.5),
      'queue imbalance': logistic(imbalance),
      'queues alone': logistic(only('log bid', 'log ask', 'imbalance')),
      'micro-price': logistic(micro),
      OFI: logistic(flows),
      ridge: ridges(all)(train.up).map((p) => Math.min(0.99, Math.max(0.01, p))),
      logistic: logistic(all),
      'logistic with products': logistic(products),
      trees: grown('logistic', ({ up }) => up),
      [KNOWING]: logistic(known),
    },
    moves: {
      'queue imbalance': least(imbalance),
      'micro-price': least(micro),
      OFI: least(flows),
      ridge: eachHorizon(train, test, ridges(all)),
      'ridge with products': eachHorizon(train, test, ridges(products)),
      trees: eachHorizon(train, test, (_y, events) => grown('squared', (samples) => movesAt(samples, events))),
    },
  };
  const [next, moves] = [forecasts.next, forecasts.moves].map((models) => Object.keys(models).length);
  return { ...forecasts, trials: next - 1 + moves + (LEAVES.length - 1) + (LEAVES.length * HORIZONS.length - 1) };
}

/** The change of the mid at a horizon in events [n]. */
export const movesAt = ({ moves, up }: Samples, events: number): Float64Array =>
  up.map((_, i) => moves[i * AHEAD.length + AHEAD.indexOf(events)]);

function eachHorizon(train: Samples, test: Samples, forecast: (y: Float64Array, events: number) => Float64Array): Float64Array {
  const all = new Float64Array(test.up.length * HORIZONS.length);
  for (const [h, events] of HORIZONS.entries())
    for (const [i, value] of forecast(movesAt(train, events), events).entries()) all[i * HORIZONS.length + h] = value;
  return all;
}

/** Columns on one scale, that of the training rows. */
export function scaledBy(train: Columns, test: Columns): [Matrix, Matrix] {
  const [x, later] = [train, test].map((columns) => design(columns, { intercept: false }));
  const scale = scaler('standard').fit(x);
  return [scale.apply(x), scale.apply(later)];
}

/** How much the mid moves with order flow, over ten seconds: slope in ticks a lot, R² and the mean best queue in lots, session by session. */
export function impact(
  k: Key,
  { from, to, seconds }: { from: number; to: number; seconds: number },
): { slope: number; r2: number; depth: number }[] {
  return Array.from({ length: to - from }, (_, s) => {
    const { time, flow, mids, books } = session(sessionKey(k, from + s), seconds);
    const windows = Math.floor(seconds / 10);
    const [flows, moves] = [new Float64Array(windows), new Float64Array(windows)];
    for (let e = 1; e < time.length; e++) {
      const w = Math.floor((time[e] - 60) / 10);
      if (time[e] < 60 || w >= windows) continue;
      flows[w] += flow[e];
      moves[w] += (mids[e] - mids[e - 1]) / 2;
    }
    const { coefficients, rSquared } = linearRegression(design({ flows }), moves);
    const means = columnMeans({ rows: books.shape[0], cols: 8, data: books.data });
    return { slope: coefficients[1], r2: rSquared, depth: (means[1] + means[3]) / 200 };
  });
}
