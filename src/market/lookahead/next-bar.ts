import { fold, key, uniform } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Frame } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { stretchOf } from './changes.js';
import { type Dated, firstRow } from './compare.js';
import { type Move, otherMoves, priceMoves } from './last-row.js';
import { asFrame, type Pipeline, runner } from './run.js';

/** How `assertNextBar` looks; `seed` makes its random moves. */
export interface NextBarOptions {
  /** how many rows are moved, spread over the history; 48 unless told */
  readonly rows?: number;
  readonly seed?: number;
}

/** Part by which the last prices are moved up and down: a position that follows the row is undecided by some of these. */
const LARGE = 0.3;
const SMALL = [0.005, 0.03];
/** Parts by which what is no price of the held position moves, in turn. */
const OTHERS = [0.03, -0.3, 0.3, -0.03];
/** Part of the profit that may bend with the move: costs do by a hundredth, logarithms by 0.15. */
const BEND = 0.2;
/** As much by a move of the open, which divides: 1/1.3 + 1/0.7 − 2 is 0.3 of what the two are apart. */
const BEND_OF_OPEN = 0.35;
/** Bends that are small beside the profits of other rows are costs of rows without a position. */
const COST_SHARE = 0.05;
/** Costs of a full change of side, of 0.002 each way, as a part of what is held. */
const COSTS = 0.004;

/**
 * Demands that what a strategy earns on a row is earned by positions that were decided before it: that signal and fill are not of the same
 * bar. No change of the future shows that, since such profit is made of past rows alone.
 *
 * Profit of positions that are held over a row is affine in the row's returns, and stays so whatever they are; where the position follows the
 * row's own move it bends, as |r| does for a position of the sign of r. So the last prices of a history that ends on a row are moved by ±30 %
 * and by ±0.5 % or ±3 %, each asset its own way: all of them together, the close alone and the open alone. Profit must not bend, and small and
 * large moves must earn in proportion (0.35 for the open, by which a return may be divided):
 *
 *     | P(+) + P(−) − 2 P(0) | ≤ 0.2 ( |P(+) − P(0)| + |P(−) − P(0)| )
 *
 * Then the open, high and low, volume and other fields, and what series told on that row, move by ±3 % or ±30 %, and what ±30 % of the prices
 * earn must stay as it was, but for 0.2 of it and the size of the move, as of a currency.
 *
 * Profit may be a return, money or the equity, of one strategy a column, net of costs up to 0.2 % a trade; with higher ones test it before
 * costs. Stops and limits that fill within the bar bend it rightly: test such a strategy without them; so does a position that is decided by
 * the open it is filled at. Positions themselves are tested exactly by `assertNoLookahead` with horizon −1.
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
  for (const [i, t] of tried.entries()) {
    const past = stretchOf(frame, 0, t + 1);
    const signs = uniform(fold(key(seed), t), [frame.assets.length], 'float64').data.map((u) => (u < 0.5 ? -1 : 1));
    const profit = async (changed: Frame) => profitOf(await run(changed), base, frame.dates[t]);
    bends.push(...(await bendsOf({ past, profit, signs }, i)));
  }
  const held = new Map<number, number>();
  for (const { column, slope, size } of bends) held.set(column, Math.max(held.get(column) ?? 0, slope / (2 * size)));
  if (![...held.values()].some((most) => most > 0))
    throw new Error(
      `assertNextBar: no profit of ${tried.length} rows from ${frame.dates[from]} on moves with the prices, so nothing would be checked; ` +
        'does the pipeline give profit by date, and does it ever hold a position?',
    );
  const [worst] = bends
    .filter(
      ({ column, slope, bend, size, free }) => bend > free * slope && bend > Math.max(COST_SHARE * 2 * size, COSTS) * held.get(column)!,
    )
    .toSorted((a, b) => b.bend / b.slope - a.bend / a.slope);
  if (worst)
    throw new Error(
      `assertNextBar: the profit of ${worst.date} is earned by a position that follows the move of that row: ${worst.words}; ` +
        'decide at one close and hold from the next bar on (weights of t earn the return of t + 1)',
    );
}

/** How far the profit of one row and column is from that of a position that was held. */
interface Bend {
  readonly date: string;
  readonly column: number;
  /** of the prices' move */
  readonly size: number;
  /** what the move earns up and down, and how far this is from a straight line */
  readonly slope: number;
  readonly bend: number;
  /** the part of the slope that may bend */
  readonly free: number;
  readonly words: string;
}

/** A history that ends on a row, and the profit of that row, [K], on a changed one. */
interface Row {
  readonly past: Frame;
  readonly profit: (changed: Frame) => Promise<number[]>;
  readonly signs: ArrayLike<number>;
}

async function bendsOf({ past, profit, signs }: Row, i: number): Promise<Bend[]> {
  const date = past.dates.at(-1)!;
  const still = await profit(past);
  const both = async ({ make }: Move, size: number, on = past) =>
    [await profit(make(on, size, signs)), await profit(make(on, -size, signs))] as const;
  const found: Bend[] = [];
  const moves = priceMoves(past);
  const wide: (readonly [number[], number[]])[] = [];
  const size = SMALL[i % SMALL.length];
  for (const move of moves) {
    const [up, down] = await both(move, LARGE);
    const [rise, fall] = await both(move, size);
    wide.push([up, down]);
    for (const [column, s] of still.entries()) {
      const bend = (u: number, d: number, by: number, line = 0): Bend => ({
        ...{ date, column, size: by, free: move.what === 'the open alone' ? BEND_OF_OPEN : BEND },
        slope: Math.max(Math.abs(u - s) + Math.abs(d - s), Math.abs(line)),
        bend: Math.max(Math.abs(u + d - 2 * s), line === 0 ? 0 : Math.abs(u - d - line)),
        words: `it is ${s} as it was, ${u} and ${d} when ${move.what} moved by ${percent(by)} one way and the other, and of a position that was held it would lie midway${line === 0 ? '' : `, and these ${percent(by / LARGE)} as far apart as at ${percent(LARGE)}`}`,
      });
      found.push(bend(up[column], down[column], LARGE));
      found.push(bend(rise[column], fall[column], size, (size / LARGE) * (up[column] - down[column])));
    }
  }
  // All prices on one row, the close alone on the next.
  const which = moves[1]?.what === 'the close alone' ? i % 2 : 0;
  const by = OTHERS[(i >> 1) % OTHERS.length];
  for (const other of otherMoves(past)) {
    if (other.what === moves[which].what) continue;
    const [up, down] = await both(moves[which], LARGE, other.make(past, by, signs));
    for (const column of still.keys()) {
      const [u, d] = wide[which].map((profits) => profits[column]);
      found.push({
        ...{ date, column, size: LARGE, free: BEND + Math.abs(by) },
        slope: Math.abs(u - d),
        bend: Math.abs(up[column] - down[column] - (u - d)),
        words:
          `it is ${u} and ${d} when ${moves[which].what} moved by ${percent(LARGE)} one way and the other, but ${up[column]} and ${down[column]} ` +
          `after a move of ${other.what} by ${percent(by)}, and of a position that was held these would be as far apart`,
      });
    }
  }
  return found.filter(({ bend }) => Number.isFinite(bend));
}

const percent = (part: number) => `${Number((100 * part).toPrecision(3))} %`;

/** The profit of a date by output and column, NaN where there is none. */
const profitOf = (answer: readonly Dated[], base: readonly Dated[], date: string): number[] =>
  base.flatMap(({ values, dates }, i) => {
    const [width, one] = [values.length / dates.length, answer[i]];
    return Array.from({ length: width }, (_, column) =>
      one?.dates.at(-1) === date ? one.values[one.values.length - width + column] : Number.NaN,
    );
  });
