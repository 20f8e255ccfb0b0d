import { type Frame, fieldOf, PRICE_FIELDS } from '../frame/frame.js';

/** A way to change the last row of a history: by a part `by`, an asset the other way where its sign is −1. */
export interface Move {
  /** what moves, in words: `the close alone` */
  readonly what: string;
  readonly make: (frame: Frame, by: number, signs: ArrayLike<number>) => Frame;
}

const CLOSES = ['close', 'adjClose'];

/** The prices of a frame; of a panel its values, whatever it calls them. */
function pricesOf({ fields }: Frame): string[] {
  const names = Object.keys(fields);
  const priced = names.filter((name) => PRICE_FIELDS.includes(name));
  return priced.length > 0 ? priced : names;
}

/** These fields of the last row by 1 ± `by`, and high and low just so far that they still hold the bar. */
function scaled(frame: Frame, names: readonly string[], by: number, signs: ArrayLike<number>): Frame {
  const N = frame.assets.length;
  const fields = { ...frame.fields };
  for (const name of names) {
    fields[name] = fieldOf(frame, name).values.slice();
    for (let n = 0; n < N; n++) fields[name][fields[name].length - N + n] *= 1 + signs[n] * by;
  }
  const { open, high, low, close } = fields;
  if (!(open && high && low && close) || names.includes('high') || names.includes('low')) return { ...frame, fields };
  const [highs, lows] = [high.slice(), low.slice()];
  for (let i = highs.length - N; i < highs.length; i++) {
    highs[i] = Math.max(high[i], open[i], close[i]);
    lows[i] = Math.min(low[i], open[i], close[i]);
  }
  return { ...frame, fields: { ...fields, high: highs, low: lows } };
}

/** The moves of prices that profit of a held position follows in proportion: all of them, the close alone, the open alone. */
export function priceMoves(frame: Frame): Move[] {
  const priced = pricesOf(frame);
  const closes = priced.filter((name) => CLOSES.includes(name));
  const some = (what: string, names: readonly string[]): Move => ({ what, make: (past, by, signs) => scaled(past, names, by, signs) });
  return [
    some('prices', priced),
    ...(closes.length > 0 && closes.length < priced.length ? [some('the close alone', closes)] : []),
    ...(priced.includes('open') && priced.length > 1 ? [some('the open alone', ['open'])] : []),
  ];
}

/** The moves that no position which was held follows: the open, high and low, volume and other fields, and what series tell on that row. */
export function otherMoves(frame: Frame): Move[] {
  const priced = pricesOf(frame);
  const others = Object.keys(frame.fields).filter((name) => !priced.includes(name));
  const has = (name: string) => priced.includes(name) && priced.length > 1;
  const moves: Move[] = [];
  if (has('open')) moves.push({ what: 'the open alone', make: (past, by, signs) => scaled(past, ['open'], by, signs) });
  if (has('high') && has('low')) moves.push({ what: 'high and low', make: (past, by) => widened(past, Math.abs(by)) });
  if (others.length > 0)
    moves.push({ what: others.join(', '), make: (past, by) => scaled(past, others, by, new Float64Array(past.assets.length).fill(1)) });
  for (const name of Object.keys(frame.series)) moves.push({ what: `series ${name}`, make: (past, by) => told(past, name, by) });
  return moves;
}

/** The high of the last row up, the low down. */
const widened = (frame: Frame, by: number): Frame => {
  const up = new Float64Array(frame.assets.length).fill(1);
  const down = up.map((sign) => -sign);
  return scaled(scaled(frame, ['high'], by, up), ['low'], by, down);
};

/** What a series told after the row before the last one. */
function told(frame: Frame, name: string, by: number): Frame {
  const { values, knownAt } = frame.series[name];
  const before = frame.dates.at(-2) ?? '';
  const moved = values.map((value, k) => (knownAt[k] > before ? value * (1 + by) : value));
  return { ...frame, series: { ...frame.series, [name]: { knownAt, values: moved } } };
}
