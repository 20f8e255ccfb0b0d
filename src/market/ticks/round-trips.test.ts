import { describe, expect, it } from 'vitest';
import { type RoundTrips, roundTrips } from './round-trips.js';

describe('roundTrips', () => {
  const mids = [10.5, 11.5, 11.5, 9.5, Number.NaN];

  it('earn the move less the spread, whatever the side, and nothing where there is none', () => {
    const found = roundTrips(mids, { starts: [0, 0, 1, 1, 2], ends: [1, 1, 3, 3, 3], sides: [1, -1, -1, 0, 1], spread: 1 });
    expect([...found]).toEqual([0, -2, 1, 0, -3]);
    expect([...roundTrips(mids, { starts: [0], ends: [3], sides: [-1], spread: 0 })]).toEqual([1]);
  });

  const good = { starts: [0, 1], ends: [1, 3], sides: [1, 1], spread: 1 };
  it.each<[what: string, trips: Partial<RoundTrips>, error: string]>([
    ['too few sides', { sides: [1] }, 'roundTrips: 2 starts, 2 ends and 1 sides; each trip has one of each'],
    ['too many ends', { ends: [1, 3, 3] }, 'roundTrips: 2 starts, 3 ends and 2 sides; each trip has one of each'],
    [
      'an end before its start',
      { starts: [0, 3], ends: [1, 2] },
      'roundTrips: trip 2 is closed after event 2, before it is opened after 3',
    ],
    ['an event that is none', { ends: [1, 5] }, 'roundTrips: trip 2 needs the mids after events 1 and 5, and of 5 one is not known'],
    ['a mid that is not known', { ends: [1, 4] }, 'roundTrips: trip 2 needs the mids after events 1 and 4, and of 5 one is not known'],
    ['a spread below zero', { spread: -1 }, 'roundTrips: spread must be a finite number from 0 up, got -1'],
    ['an option that is none', { side: 1 } as object, "roundTrips: there is no option 'side'"],
  ])('refuse %s', (_, wrong, error) => {
    expect(() => roundTrips(mids, { ...good, ...wrong })).toThrow(error);
  });
});
