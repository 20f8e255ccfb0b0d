import { column, fromColumns, type Matrix, matVec } from '../../src/linalg/index.js';
import type { Finding, Row } from '../../src/report/index.js';
import { ridgePath } from '../../src/stats/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment } from '../experiment.js';
import { directions, priceChanges } from './tape/closed.js';
import { type Estimate, intervalsOf, meanByInterval, saved, summed } from './tape/judge.js';
import { AHEAD, changes, loadTape, mirrored, rowsOf, type Tape, TICK } from './tape/tape.js';

/** Events that the nets of `week04/ticks` look back over, and of which a column is also crossed with what is known now. */
const [LOOKBACK, CROSSED] = [32, 10];
const PENALTIES = [0, 1, 10, 100, 1e3, 1e4, 1e5, Infinity];
/** Milliseconds that a decision may take. */
const DELAYS = [0, 1, 10, 100, 1000, 5000];
const SIGNAL = 'ridge, crossed';
const SEEN = { from: '2013-09-01', to: '2013-09-03' };

const squares = (f: ArrayLike<number>, y: Float64Array): Float64Array => y.map((v, i) => (v - f[i]) ** 2);
const lagged = (x: Float64Array, lag: number): Float64Array => {
  const out = new Float64Array(x.length);
  out.set(x.subarray(0, x.length - lag), lag);
  return out;
};
const times = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, i) => v * y[i]);

/** The mirrored columns, and the sides and price changes of the last events, in their order: alone, crossed with what is known now, and with what was known then. */
function withOrder(tape: Tape, lookback: number): Matrix {
  const { features, events } = tape;
  const own = mirrored(tape);
  const feature = (name: string) => column(features, features.names!.indexOf(name));
  const sign = feature('sign');
  const moves = Float64Array.from(events.prices, (price, e) => (e === 0 ? 0 : (price - events.prices[e - 1]) / TICK));
  const [now, then] = [['age', 'wait', 'size', 'trades'].map(feature), ['wait', 'size', 'trades'].map(feature)];
  const columns = Array.from({ length: own.cols }, (_, j) => column(own, j));
  for (let lag = 0; lag < lookback; lag++) {
    const both = [...(lag > 0 ? [lagged(sign, lag)] : []), lagged(moves, lag)];
    columns.push(...both);
    if (lag <= CROSSED) for (const one of both) columns.push(...now.map((other) => times(one, other)));
    if (lag > 0) columns.push(...then.map((other) => times(both[0], lagged(other, lag))));
  }
  return fromColumns(
    columns,
    Array.from(columns, (_, j) => `x${j}`),
  );
}

const finding = ({ value, error }: Estimate, unit: string, description: string): Finding => ({
  value,
  uncertainty: error,
  unit,
  description,
  tolerance: 3 * error,
});

export default {
  name: 'week04/order',
  about: 'What the order of the last trades says without a net, and what a signal saves by the clock in place of by event.',
  seed: 4,
  sanity: { 'gain.1': { atLeast: 0, atMost: 0.1 } },
  async run({ quick }) {
    const tape = await loadTape(quick);
    const intervals = intervalsOf(tape);
    const numbers: Record<string, Finding> = {};
    const x = withOrder(tape, quick ? 3 : LOOKBACK);
    const [toFit, toChoose, toJudge] = [tape.train, tape.validation, tape.test].map((range) => rowsOf(x, tape.labels, range));
    const before = priceChanges(tape);
    const rows: Row[] = [];
    for (const [h, ahead] of AHEAD.entries()) {
      const { fits } = ridgePath(toFit, changes(tape, tape.train, ahead), { lambdas: PENALTIES, intercept: false });
      const y = changes(tape, tape.validation, ahead);
      const tried = fits.map(({ coefficients }, i) => {
        const losses = squares(matVec(toChoose, coefficients), y);
        return { penalty: PENALTIES[i], coefficients, validation: losses.reduce((a, b) => a + b, 0) / losses.length };
      });
      const { penalty, coefficients, validation } = tried.reduce((a, b) => (b.validation < a.validation ? b : a));
      const task = `change over ${ahead}`;
      if (!quick)
        await record(
          'week04-ticks',
          { task, model: 'ridge, in order', penalty, tried: tried.length },
          { selection: SEEN, scores: { validation } },
        );
      const judged = changes(tape, tape.test, ahead);
      const mine = squares(matVec(toJudge, coefficients), judged);
      const theirs = squares(before[h]['ridge, crossed'].forecasts, judged);
      const of = (values: Float64Array) => meanByInterval(summed(intervals, values), intervals.counts, 2);
      const [loss, gain] = [of(mine), of(theirs.map((v, i) => v - mine[i]))];
      numbers[`loss.${ahead}`] = finding(
        loss,
        'ticks²',
        `squared error of the price ${ahead} events ahead, ridge on the last ${LOOKBACK} events in order`,
      );
      numbers[`gain.${ahead}`] = finding(gain, 'ticks²', `what it gains on the crossed ridge, ${ahead} events ahead, paired by interval`);
      rows.push({ ahead, columns: x.cols, penalty, validation, loss: loss.value, gain: gain.value, error: gain.error });
    }
    const p = directions(tape)[SIGNAL].forecasts;
    const { events, labels, test } = tape;
    // A moment of the day finds the last event before it: each counts by the time until the next.
    const waits = Float64Array.from(
      p,
      (_, i) => events.times[labels.starts[test.start + i] + 1] - events.times[labels.starts[test.start + i]],
    );
    const byClock = (values: Float64Array) => meanByInterval(summed(intervals, times(values, waits)), summed(intervals, waits));
    numbers['later.clock'] = finding(
      byClock(saved(tape, p, 1)),
      'ticks',
      `${SIGNAL}: what waiting saves at a moment of the session, acted on an event later`,
    );
    const delays = DELAYS.map((delay) => {
      const open = saved(tape, p, 0).map((v, i) => {
        const row = test.start + i;
        return events.times[labels.ends[row]] < events.times[labels.starts[row]] + delay ? 0 : v;
      });
      const { value, error } = byClock(open);
      return { delay, saved: value, low: value - 1.96 * error, high: value + 1.96 * error };
    });
    const pinned = Object.fromEntries(Object.entries(numbers).map(([name, { value }]) => [name, value]));
    return { numbers, tables: { order: rows, delays }, trials: PENALTIES.length * AHEAD.length, pinned };
  },
} satisfies Experiment;
