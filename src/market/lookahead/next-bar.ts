import { fold, key, uniform } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Frame } from '../frame/frame.js';
import { fieldOf } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { stretchOf } from './changes.js';
import { type Dated, firstRow } from './compare.js';
import { asFrame, type Pipeline, runner } from './run.js';

/** How `assertNextBar` looks; `seed` makes its random moves. */
export interface NextBarOptions {
  /** how many rows are moved, spread over the history; 48 unless told */
  readonly rows?: number;
  readonly seed?: number;
}

/** Part by which the last prices are moved up and down. */
const MOVE = 0.3;
/** Part of the profit that may bend with the move: costs do by a hundredth, logarithms by 0.15. */
const BEND = 0.2;
/** Bends that are small beside the profits of other rows are costs of rows without a position. */
const SMALL = 0.05;

/**
 * Demands that what a strategy earns on a row is earned by positions that were decided before it: that signal and fill are not of the same
 * close. No change of the future shows that, since such profit is made of past rows alone.
 *
 * Profit of positions that are held over a row is affine in the row's returns, and stays so whatever they are; where the position follows the
 * row's own move it bends, as |r| does for a position of the sign of r. So the last prices of a history that ends on a row are moved by ±30 %,
 * each asset its own way, and profit must not bend:
 *
 *     | P(+) + P(−) − 2 P(0) | ≤ 0.2 ( |P(+) − P(0)| + |P(−) − P(0)| )
 *
 * Profit may be a return, money or the equity, of one strategy a column, net of costs. Stops and limits that fill within the bar bend it
 * rightly: test such a strategy without them. Positions themselves are tested exactly by `assertNoLookahead` with horizon −1.
 *
 * @param pipeline from prices to profit, a row a date; pure and deterministic
 * @throws         naming the date whose profit bends most; when no profit moves with prices, since nothing would be checked
 */
export async function assertNextBar<D extends Frame | Panel>(pipeline: Pipeline<D>, data: D, options: NextBarOptions = {}): Promise<void> {
  checkOptions('assertNextBar', options, ['rows', 'seed']);
  const { rows = 48, seed = 0 } = options;
  checkWhole('assertNextBar', 'rows', rows);
  const run = runner(pipeline, data);
  const frame = asFrame(data);
  const base = await run(frame);
  const first = Math.min(...base.map((output) => (firstRow(output) < 0 ? Infinity : frame.dates.indexOf(output.dates[firstRow(output)]))));
  const T = frame.dates.length;
  const from = Math.max(1, first);
  const tried = [...new Set(Array.from({ length: rows }, (_, i) => from + Math.floor(((i + 0.5) / rows) * (T - from))))].filter(
    (t) => t < T,
  );

  const bends: Bend[] = [];
  for (const t of tried) {
    const past = stretchOf(frame, 0, t + 1);
    const signs = uniform(fold(key(seed), t), [frame.assets.length], 'float64').data.map((u) => (u < 0.5 ? -1 : 1));
    const [still, up, down] = [await run(past), await run(moved(past, signs, MOVE)), await run(moved(past, signs, -MOVE))];
    for (const [i, output] of still.entries()) bends.push(...bendsOf(output, up[i], down[i], frame.dates[t]));
  }
  const largest = new Map<number, number>();
  for (const { column, slope } of bends) largest.set(column, Math.max(largest.get(column) ?? 0, slope));
  if (![...largest.values()].some((slope) => slope > 0))
    throw new Error(
      `assertNextBar: no profit of ${tried.length} rows from ${frame.dates[from]} on moves with the prices, so nothing would be checked; ` +
        'does the pipeline give profit by date, and does it ever hold a position?',
    );
  const worst = bends
    .filter(({ column, slope, bend }) => bend > BEND * slope && bend > SMALL * largest.get(column)!)
    .toSorted((a, b) => b.bend / b.slope - a.bend / a.slope)[0];
  if (worst)
    throw new Error(
      `assertNextBar: the profit of ${worst.date} is earned by a position that follows the move of that row: it is ${worst.still} as it was, ` +
        `${worst.up} and ${worst.down} when prices move by 30 % one way and the other, and of a position that was held it would lie midway; ` +
        'decide at one close and hold from the next bar on (weights of t earn the return of t + 1)',
    );
}

interface Bend {
  readonly date: string;
  readonly column: number;
  readonly still: number;
  readonly up: number;
  readonly down: number;
  readonly slope: number;
  readonly bend: number;
}

function bendsOf(still: Dated, up: Dated | undefined, down: Dated | undefined, date: string): Bend[] {
  const outputs = [still, up, down];
  if (!outputs.every((output) => output?.dates.at(-1) === date)) return []; // no profit on this row
  const width = still.values.length / still.dates.length;
  return Array.from({ length: width }, (_, column) => {
    const [s, u, d] = outputs.map((output) => output!.values[output!.values.length - width + column]);
    return { date, column, still: s, up: u, down: d, slope: Math.abs(u - s) + Math.abs(d - s), bend: Math.abs(u + d - 2 * s) };
  }).filter(({ bend }) => Number.isFinite(bend));
}

const PRICES = new Set(['open', 'high', 'low', 'close', 'adjClose']);

/** The prices of the last row by 1 ± `by`; a panel's values, whatever it calls them. */
function moved(frame: Frame, signs: ArrayLike<number>, by: number): Frame {
  const N = frame.assets.length;
  const names = Object.keys(frame.fields);
  const priced = names.some((name) => PRICES.has(name)) ? names.filter((name) => PRICES.has(name)) : names;
  const fields = { ...frame.fields };
  for (const name of priced) {
    fields[name] = fieldOf(frame, name).values.slice();
    for (let n = 0; n < N; n++) fields[name][fields[name].length - N + n] *= 1 + signs[n] * by;
  }
  return { ...frame, fields };
}
