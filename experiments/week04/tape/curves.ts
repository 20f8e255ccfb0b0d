import { roundTrips } from '../../../src/market/index.js';
import type { Finding, Row } from '../../../src/report/index.js';
import { type Intervals, meanByInterval, movesOver, reach, summed } from './judge.js';
import { rises, type Tape, TICK } from './tape.js';

/** Events ahead at which a signal is followed, changes of the mid over which it is held, events before a change at which it is looked at. */
const REACHED = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const HELD = [1, 2, 4, 8, 16, 32];
const BEFORE = [1, 2, 3, 5, 10, 20, 50, 100];

/** How far a signal reaches, when it knows, and what it earns when it is held. */
export function addCurves(curves: Record<string, Row[]>, tape: Tape, intervals: Intervals, model: string, p: ArrayLike<number>): void {
  const add = (name: string, row: Row) => {
    curves[name] = [...(curves[name] ?? []), row];
  };
  const { labels, test } = tape;
  const signal = Float64Array.from(p, (up) => up - 0.5);
  for (const ahead of REACHED) {
    const { value, error } = reach(tape, intervals, signal, ahead);
    add('decay', { model, ahead, correlation: value, low: value - 1.96 * error, high: value + 1.96 * error });
  }
  const y = rises(tape, test);
  for (const [b, before] of BEFORE.entries()) {
    const next = BEFORE[b + 1] ?? Infinity;
    const chosen = y.map((_, i) => {
      const left = labels.ends[test.start + i] - labels.starts[test.start + i];
      return Number(left >= before && left < next);
    });
    const right = y.map((up, i) => (p[i] === 0.5 ? chosen[i] / 2 : chosen[i] * Number(p[i] > 0.5 === up > 0)));
    const { value, error } = meanByInterval(summed(intervals, right), summed(intervals, chosen));
    add('before', { model, before, accuracy: value, low: value - 1.96 * error, high: value + 1.96 * error });
  }
  for (const held of HELD) {
    const moves = movesOver(tape, held);
    const known = moves.map((move) => Number(!Number.isNaN(move)));
    const gross = moves.map((move, i) => (known[i] ? Math.sign(signal[i]) * move : 0));
    const { value, error } = meanByInterval(summed(intervals, gross), summed(intervals, known), held);
    add('held', { model, held, gross: value, low: value - 1.96 * error, high: value + 1.96 * error, net: value - 1 });
  }
}

/** What perfect foresight of the mid after so many changes earns, after a spread of one tick. */
export const foresight = (tape: Tape, intervals: Intervals): Row[] =>
  HELD.map((held) => {
    const moves = movesOver(tape, held);
    const known = moves.map((move) => Number(!Number.isNaN(move)));
    const earned = moves.map((move, i) => (known[i] ? Math.max(0, Math.abs(move) - 1) : 0));
    const { value, error } = meanByInterval(summed(intervals, earned), summed(intervals, known), held);
    return { held, value, low: value - 1.96 * error, high: value + 1.96 * error };
  });

/** What the tape is made of, and what is mechanical in it. */
export function facts(tape: Tape, { counts }: Intervals): Record<string, Finding> {
  const { events, mids, labels, test } = tape;
  const count = (value: number, description: string): Finding => ({
    value,
    uncertainty: 'exact: a count',
    unit: '1',
    description,
    tolerance: 0,
  });
  const reversals = (series: ArrayLike<number>, description: string): Finding => {
    const moves = Array.from({ length: labels.ends[test.end - 1] - labels.starts[test.start] }, (_, i) => {
      const e = labels.starts[test.start] + 1 + i;
      return Math.sign(series[e] - series[e - 1]);
    }).filter((move) => move !== 0);
    const turned = Float64Array.from(moves.slice(1), (move, i) => Number(move !== moves[i]));
    const { value, error } = meanByInterval(turned, new Float64Array(turned.length).fill(1));
    return { value, uncertainty: error, unit: '1', description, tolerance: 1e-6 };
  };
  const first: number[] = [];
  for (const j of counts.keys()) first.push(j === 0 ? test.start : first[j - 1] + counts[j - 1]);
  const trips = roundTrips(mids, {
    starts: first.map((row) => labels.starts[row]),
    ends: first.map((row) => labels.ends[row]),
    sides: first.map((row) => labels.directions[row]),
    spread: TICK,
  });
  const single = first.map((row) => Math.abs(labels.moves[row]) === TICK);
  const inTicks = trips.map((earned) => earned / TICK);
  const { value, error } = meanByInterval(inTicks, new Float64Array(inTicks.length).fill(1));
  const largest = Math.max(...inTicks.map((earned, j) => (single[j] ? Math.abs(earned) : 0)));
  return {
    'count.events': count(events.times.length, 'events: trades of one time and price'),
    'count.intervals': count(labels.intervals.at(-1)! + 1, 'changes of the inferred mid in the session'),
    'count.test': count(counts.length, 'changes of the mid that judge'),
    'count.rows': count(test.end - test.start, 'events that judge'),
    'count.single': count(single.filter(Boolean).length, 'changes of the mid that judge and are of one tick'),
    'reverse.prices': reversals(events.prices, 'share of price changes that reverse the one before, test part'),
    'reverse.mids': reversals(mids, 'share of mid changes that reverse the one before, test part'),
    'foresight.oneTick': {
      value: largest,
      uncertainty: 'exact: a theorem',
      unit: 'ticks',
      description: 'most that foresight of a change of one tick earned or lost after the spread',
      tolerance: 0,
    },
    'foresight.all': {
      value,
      uncertainty: error || 'exact: every change is of one tick',
      unit: 'ticks',
      description: 'mean that foresight of the next change earned after the spread, larger changes included',
      tolerance: 1e-6,
    },
  };
}
