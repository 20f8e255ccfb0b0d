import type { SweepTrial } from './study.js';

/** Rungs of asynchronous successive halving: at steps `first` · `keep`ᵏ the best of each `keep` trials go on. */
export interface Halving {
  /** the first step at which trials are compared, counted from 1 */
  readonly first: number;
  /** η: 3 keeps a third at each rung */
  readonly keep: number;
}

/**
 * Whether a trial ends at a step that it has just reported: at a rung it goes on when it is among the best 1/η of those that have come so far, and
 * the best always does.
 *
 * Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht & Talwalkar 2020, where trials that ended are taken up again; here, as in their stopping
 * variant, they are not.
 */
export function endsAt(
  trials: readonly SweepTrial[],
  { number, step, maximise }: { number: number; step: number; maximise: boolean },
  { first, keep }: Halving,
): boolean {
  let rung = first;
  while (rung < step) rung *= keep;
  if (rung !== step) return false;
  const own = trials.find((trial) => trial.number === number)!.reported.get(step)!;
  const better = trials.filter(({ reported }) => {
    const value = reported.get(step);
    return value !== undefined && (maximise ? value > own : value < own);
  }).length;
  const here = trials.filter(({ reported }) => reported.has(step)).length;
  return better >= Math.max(1, Math.floor(here / keep));
}
