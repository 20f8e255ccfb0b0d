import { checkNumber, checkOptions } from '../../base/internal.js';

/** Positions that are opened and closed by market orders, [K] each. */
export interface RoundTrips {
  /** number of the event after which each is opened */
  readonly starts: ArrayLike<number>;
  /** number of the event after which each is closed, not before it is opened */
  readonly ends: ArrayLike<number>;
  /** 1 bought first, −1 sold first, 0 left alone */
  readonly sides: ArrayLike<number>;
  /** from the bid to the ask, in the unit of the mids: 0.25 index points of the E-mini; the same at both ends */
  readonly spread: number;
}

/**
 * What round trips earn a unit, after the spread: half of it is paid at each end.
 *
 *     side × (mid at the end − mid at the start) − spread
 *
 * A mid that moves by one tick, foreseen without error, earns exactly nothing where the spread is one tick.
 *
 * @param mids  [E] after each event
 * @returns     [K] in the unit of the mids; 0 where the side is 0
 * @throws      when starts, ends and sides differ in number, an end comes before its start or either is no event, a mid is unknown there, or the spread is negative
 *
 * Theorem: thm:one-tick-foresight.
 */
export function roundTrips(mids: ArrayLike<number>, trips: RoundTrips): Float64Array {
  checkOptions('roundTrips', trips, ['starts', 'ends', 'sides', 'spread']);
  const { starts, ends, sides, spread } = trips;
  checkNumber('roundTrips', 'spread', spread, { from: 0 });
  if (ends.length !== starts.length || sides.length !== starts.length)
    throw new Error(`roundTrips: ${starts.length} starts, ${ends.length} ends and ${sides.length} sides; each trip has one of each`);
  return Float64Array.from({ length: starts.length }, (_, k) => {
    const [from, to] = [starts[k], ends[k]];
    if (!(from <= to)) throw new Error(`roundTrips: trip ${k + 1} is closed after event ${to}, before it is opened after ${from}`);
    const move = mids[to] - mids[from];
    if (Number.isNaN(move))
      throw new Error(`roundTrips: trip ${k + 1} needs the mids after events ${from} and ${to}, and of ${mids.length} one is not known`);
    return sides[k] === 0 ? 0 : sides[k] * move - spread;
  });
}
