import { ACTION_FIELDS, type Frame } from './frame.js';

/** So many rows without a value, a week, are a gap; more, to the end, are an end. */
export const GAP = 5;

/** [N] the first and the last row on which an asset has a value, T and −1 where it has none. */
export function spansOf({ dates, assets, fields }: Frame): { readonly first: Int32Array; readonly last: Int32Array } {
  const [T, N] = [dates.length, assets.length];
  const measured = Object.keys(fields).filter((name) => !ACTION_FIELDS.includes(name));
  const has = (t: number, n: number) => measured.some((name) => !Number.isNaN(fields[name][t * N + n]));
  const [first, last] = [new Int32Array(N).fill(T), new Int32Array(N).fill(-1)];
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < T && first[n] === T; t++) if (has(t, n)) first[n] = t;
    for (let t = T - 1; t >= 0 && last[n] < 0; t--) if (has(t, n)) last[n] = t;
  }
  return { first, last };
}

/**
 * Who is listed when, by the values alone where the frame does not tell: from an asset's first value to its last, or to the end where it goes missing
 * less than a week before the others. Gaps between are no delisting.
 *
 * @returns [T, N], or nothing where all are listed on all dates
 */
export function listedByValues(frame: Frame): Uint8Array | undefined {
  if (frame.listed) return frame.listed;
  const [T, N] = [frame.dates.length, frame.assets.length];
  const { first, last } = spansOf(frame);
  const [start, end] = [Math.min(...first), Math.max(...last)];
  if (first.every((row) => row === start) && last.every((row) => end - row <= GAP)) return undefined;
  const listed = new Uint8Array(T * N);
  for (let n = 0; n < N; n++) {
    const until = end - last[n] <= GAP ? T - 1 : last[n];
    for (let t = first[n] === start ? 0 : first[n]; t <= until; t++) listed[t * N + n] = 1;
  }
  return listed;
}

/**
 * Who is listed on dates that some frames lack: as before in a gap, and to the end where a frame ends less than a week before it; not before its
 * first row, nor after its last.
 *
 * @param told  [T, N] 1, 0, and NaN where the frame has no row
 * @returns     [T, N]
 */
export function fillListing(told: Float64Array, N: number): Uint8Array {
  const T = told.length / N;
  const listed = new Uint8Array(T * N);
  for (let n = 0; n < N; n++) {
    let last = T - 1;
    while (last >= 0 && Number.isNaN(told[last * N + n])) last--;
    for (let t = 0, now = 0; t < T; t++) {
      if (t === last + 1 && T - t > GAP) now = 0;
      const one = told[t * N + n];
      if (!Number.isNaN(one)) now = one;
      listed[t * N + n] = now;
    }
  }
  return listed;
}
