import { column, fromColumns, type Matrix } from '../../../src/linalg/index.js';
import { isDirected, mirrored, type Tape, TICK } from './tape.js';

/** Events that a model with a memory looks back over, and of which a column is also crossed with what is known now. */
export const LOOKBACK = 32;
const CROSSED = 10;
const NOW = ['age', 'wait', 'size', 'trades'];
const THEN = ['wait', 'size', 'trades'];

const lagged = (x: Float64Array, lag: number): Float64Array => {
  const out = new Float64Array(x.length);
  out.set(x.subarray(0, x.length - lag), lag);
  return out;
};
const times = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, i) => v * y[i]);
const named = (columns: readonly Float64Array[]): Matrix =>
  fromColumns(
    columns,
    Array.from(columns, (_, j) => `x${j}`),
  );

/** Sides and price changes of the last events, the latter in ticks, in their order. */
function past({ features, events }: Tape): { of: (name: string) => Float64Array; moves: Float64Array } {
  return {
    of: (name) => column(features, features.names!.indexOf(name)),
    moves: Float64Array.from(events.prices, (price, e) => (e === 0 ? 0 : (price - events.prices[e - 1]) / TICK)),
  };
}

/** For a linear form: the mirrored columns, and the sides and price changes of the last events: alone, crossed with what is known now, and with what was known then. */
export function ordered(tape: Tape, lookback: number): Matrix {
  const { of, moves } = past(tape);
  const own = mirrored(tape);
  const sign = of('sign');
  const [now, then] = [NOW.map(of), THEN.map(of)];
  const columns = Array.from({ length: own.cols }, (_, j) => column(own, j));
  for (let lag = 0; lag < lookback; lag++) {
    const both = [...(lag > 0 ? [lagged(sign, lag)] : []), lagged(moves, lag)];
    columns.push(...both);
    if (lag <= CROSSED) for (const one of both) columns.push(...now.map((other) => times(one, other)));
    if (lag > 0) columns.push(...then.map((other) => times(both[0], lagged(other, lag))));
  }
  return named(columns);
}

/** For trees, which cross by themselves: what is known now, side and price change of each event before, of the nearer ones wait, size and trades too; and which columns change their sign in a mirror. */
export function orderedPlain(tape: Tape, lookback: number): { x: Matrix; odd: boolean[] } {
  const { of, moves } = past(tape);
  const { names = [], cols } = tape.features;
  const columns = Array.from({ length: cols }, (_, j) => column(tape.features, j));
  const odd = names.map(isDirected);
  const add = (one: Float64Array, directed: boolean) => {
    columns.push(one);
    odd.push(directed);
  };
  const [sign, then] = [of('sign'), THEN.map(of)];
  for (let lag = 0; lag < lookback; lag++) {
    if (lag > 0) add(lagged(sign, lag), true);
    add(lagged(moves, lag), true);
    if (lag > 0 && lag <= CROSSED) for (const other of then) add(lagged(other, lag), false);
  }
  return { x: named(columns), odd };
}
