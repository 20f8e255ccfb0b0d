import type { Finding, Row } from '../../../src/report/index.js';
import { type Intervals, meanByInterval, saved, summed } from './judge.js';
import type { Tape } from './tape.js';

/** Milliseconds that a decision may take. */
const DELAYS = [0, 1, 10, 100, 1000, 5000];

/** What a signal saves at a moment of the session, each event counting by the time until the next: acted on an event later, and by the time that a decision takes. */
export function byClock(
  tape: Tape,
  intervals: Intervals,
  { model, forecasts }: { model: string; forecasts: Float64Array },
): { facts: Record<string, Finding>; delays: Row[] } {
  const { events, labels, test } = tape;
  const waits = Float64Array.from(
    forecasts,
    (_, i) => events.times[labels.starts[test.start + i] + 1] - events.times[labels.starts[test.start + i]],
  );
  const weighted = (values: Float64Array) =>
    meanByInterval(
      summed(
        intervals,
        values.map((value, i) => value * waits[i]),
      ),
      summed(intervals, waits),
    );
  const { value, error } = weighted(saved(tape, forecasts, 1));
  const delays = DELAYS.map((delay) => {
    const open = saved(tape, forecasts, 0).map((v, i) => {
      const row = test.start + i;
      return events.times[labels.ends[row]] < events.times[labels.starts[row]] + delay ? 0 : v;
    });
    const { value, error } = weighted(open);
    return { delay, saved: value, low: value - 1.96 * error, high: value + 1.96 * error };
  });
  const later: Finding = {
    value,
    uncertainty: error,
    unit: 'ticks',
    description: `${model}: what waiting saves at a moment of the session, acted on an event later`,
    tolerance: 3 * error,
  };
  return { facts: { 'later.clock': later }, delays };
}
