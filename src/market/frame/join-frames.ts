import { checkOneOf, checkOptions } from '../../base/internal.js';
import { align, sideBySide } from '../panel/align.js';
import { type Panel, select } from '../panel/panel.js';
import { ACTION_FIELDS, type Frame, fieldOf, frameOf, type Series } from './frame.js';
import { fillListing, listedByValues } from './listing.js';

/** What of frames is joined, and on which dates. */
export interface FrameJoin {
  /** those that all have unless told */
  readonly fields?: readonly string[];
  /** the dates that all have, or every date, NaN where one has no row; `inner` unless told, which then may not cut much of the longest */
  readonly join?: 'inner' | 'outer';
}

/**
 * Frames of other assets side by side, on the same dates, as `align` has it. Series of all are kept.
 *
 * An asset is listed as its frame tells, or from its first value to its last; it is not before the first row of its frame, nor after the last. What its
 * frame lacks between is a gap, no delisting, and so is an end less than a week, five rows, before the others': it stays listed, without splits and
 * dividends.
 *
 * @param frames  each of [T_i, N_i]
 * @returns       [T, N_1 + N_2 + …]
 * @throws        when there is none, they have no field in common or lack one that is asked for, a field is adjusted for other things in one than in
 *                another, an asset or a series comes twice, and as `align`; when no join is told and the dates that all have leave out more than
 *                a tenth of the longest frame at its start or its end, since a stock that ended would end all
 */
export function joinFrames(frames: readonly Frame[], options: FrameJoin = {}): Frame {
  checkOptions('joinFrames', options, ['fields', 'join']);
  const { fields: asked, join: told } = options;
  const join = told ?? 'inner';
  checkOneOf('joinFrames', 'join', join, ['inner', 'outer']);
  if (frames.length === 0) throw new Error('joinFrames needs a frame or more: got none');
  const fields = asked ?? Object.keys(frames[0].fields).filter((field) => frames.every((frame) => field in frame.fields));
  if (fields.length === 0) {
    const told = frames.map(({ source, fields: has }) => `${source} has ${Object.keys(has).join(', ')}`).join('; ');
    throw new Error(`joinFrames: they have no field in common: ${told}; keep them apart, or take one as a series`);
  }
  for (const field of fields) refuseMixed(field, frames);
  // All fields of a dataset have its dates, so they meet as one panel.
  const aligned = align(
    frames.map((frame) => wide([...fields.map((field) => fieldOf(frame, field)), listing(frame)])),
    join,
  );
  if (!told) refuseCut(frames, aligned[0].dates);
  // The columns of entry f of each, side by side.
  const part = (f: number, field: string): Panel =>
    sideBySide(
      aligned.map((panel, i) => {
        const { assets, source } = frames[i];
        const adjusted = frames[i].adjusted?.[field];
        const columns = select(panel, { assets: assets.map((asset) => columnName(f, asset)) });
        return { ...columns, assets, field, source, ...(adjusted && { adjusted }) };
      }),
      field,
    );
  const { values: has, assets: all } = part(fields.length, 'listed');
  const listed = fillListing(has, all.length);
  const joined = fields.map((field, f) => {
    const panel = part(f, field);
    if (!ACTION_FIELDS.includes(field)) return panel;
    const none = field === 'split' ? 1 : 0;
    return { ...panel, values: panel.values.map((value, i) => (Number.isNaN(has[i]) ? none : value)) };
  });
  const isTold = frames.some((frame) => frame.listed) || listed.includes(0);
  return frameOf(joined, { series: seriesOfAll(frames), ...(isTold && { listed }) });
}

/** Who is listed, as a panel of ones and zeros. */
function listing(frame: Frame): Panel {
  const { dates, assets, source } = frame;
  const listed = listedByValues(frame);
  const values = listed ? Float64Array.from(listed) : new Float64Array(dates.length * assets.length).fill(1);
  return { dates, assets, values, field: 'listed', source };
}

function seriesOfAll(frames: readonly Frame[]): Record<string, Series> {
  const all: Record<string, Series> = {};
  for (const { series, source } of frames)
    for (const [name, one] of Object.entries(series)) {
      if (name in all && all[name] !== one)
        throw new Error(`joinFrames: two series are called ${name}, one of them in ${source}; rename it, or leave it out of one`);
      all[name] = one;
    }
  return all;
}

const columnName = (f: number, asset: string): string => `${f} ${asset}`;

function wide(panels: readonly Panel[]): Panel {
  return sideBySide(
    panels.map((panel, f) => ({ ...panel, assets: panel.assets.map((asset) => columnName(f, asset)) })),
    'fields',
  );
}

function refuseMixed(field: string, frames: readonly Frame[]): void {
  const known = frames.flatMap((frame) => fieldOf(frame, field).adjusted ?? []);
  if (new Set(known).size <= 1) return;
  const told = frames.map((frame) => `${frame.source} ${fieldOf(frame, field).adjusted ?? 'not stated'}`).join(', ');
  throw new Error(
    `joinFrames: ${field} is adjusted for other things in each (${told}), so their returns do not compare; choose another of the fields, or adjust the raw one`,
  );
}

function refuseCut(frames: readonly Frame[], common: readonly string[]): void {
  const longest = frames.toSorted((a, b) => b.dates.length - a.dates.length)[0];
  const T = longest.dates.length;
  const before = longest.dates.filter((date) => date < common[0]).length;
  const after = longest.dates.filter((date) => date > common.at(-1)!).length;
  if (Math.max(before, after) <= T / 10) return;
  const isEnd = after > T / 10;
  const at = ({ dates }: Frame) => (isEnd ? dates.at(-1)! : dates[0]);
  const [short] = frames.toSorted((a, b) => (at(a) < at(b) === isEnd ? -1 : 1));
  throw new Error(
    `joinFrames: ${short.source} (${short.assets.slice(0, 3).join(', ')}) ${isEnd ? 'ends' : 'begins'} on ${at(short)}, so the dates that all have leave ` +
      `out ${isEnd ? after : before} of the ${T} rows of ${longest.source}; keep them by join: 'outer', which lists each from its first row to its last, or choose ` +
      `${isEnd ? 'to' : 'from'}: '${at(short)}', or join: 'inner' if the common dates are meant`,
  );
}
