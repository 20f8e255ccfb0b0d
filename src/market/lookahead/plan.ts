import type { Frame } from '../frame/frame.js';
import { monthOf } from '../panel/dates.js';
import type { ChangeName } from './changes.js';

/** A row after which the future is changed, and how. */
export interface Cut {
  readonly row: number;
  readonly change: ChangeName;
}

/** Ways to change the future of a stretch, the first two at the edges of gaps. */
const IN_TURN: readonly ChangeName[] = [
  'shock',
  'fill gaps',
  'delist',
  'flip signs',
  'permute the tail',
  'crash',
  'set to zero',
  'list late',
];

/** `count` of the values, evenly spread over them; all if there are fewer. */
const spread = <V>(values: readonly V[], count: number): V[] =>
  values.length <= count ? [...values] : Array.from({ length: count }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)]);

/**
 * Cuts of the whole data: `count` rows in as many parts of equal length, each with one of the changes in turn and with rows dropped, and the
 * last row but one. Rows are dropped from splits and dividends on, too, since no other change takes them away.
 *
 * @param first  the first row that may be cut at
 */
export function wholeCuts(frame: Frame, changes: readonly ChangeName[], first: number, count: number): Cut[] {
  const last = frame.dates.length - 2;
  const rows = spread(span(first, last), count);
  if (last >= first && rows.at(-1) !== last) rows.push(last);
  const others = IN_TURN.filter((name) => changes.includes(name));
  const drops = changes.includes('truncate') ? ([...new Set([...rows, ...gapEnds(frame), ...beforeActions(frame)])] as const) : [];
  return [
    ...drops.filter((row) => row >= first && row <= last).map((row) => ({ row, change: 'truncate' as const })),
    ...(others.length > 0 ? rows.map((row, i) => ({ row, change: others[i % others.length] })) : []),
  ];
}

/**
 * Cuts that are tried on stretches of the data: every month's end, the rows where a gap begins and ends, and 21 consecutive rows, among which
 * is every weekday. Where there are more than `count`, these of each kind are as many, evenly spread.
 */
export function localCuts(frame: Frame, changes: readonly ChangeName[], first: number, count: number): Cut[] {
  const last = frame.dates.length - 2;
  const kept = (rows: readonly number[]) => rows.filter((row) => row >= first && row <= last);
  const others = IN_TURN.filter((name) => changes.includes(name));
  if (others.length === 0 && !changes.includes('truncate')) return [];
  const turn = (row: number, i: number): Cut => ({ row, change: others[i % others.length] ?? 'truncate' });
  const edges = kept(gapEdges(frame));
  const ends = kept(monthEndRows(frame.dates));
  const share = Math.max(1, Math.floor(count / (edges.length > 0 ? 2 : 1)));
  const start = Math.max(first, Math.floor(0.6 * (last + 1)));
  const week = spread(kept(span(start, start + 20)), Math.max(1, Math.floor(count / 10)));
  const at = (row: number, change: ChangeName): Cut[] => (changes.includes(change) ? [{ row, change }] : []);
  return [
    ...week.flatMap((row, i) => [turn(row, i), ...at(row, 'truncate')]),
    ...spread(edges, share).flatMap((row) => [...at(row, 'shock'), ...at(row, 'fill gaps')]),
    ...spread(ends, share).map(turn),
  ].toSorted((a, b) => a.row - b.row);
}

const span = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

const monthEndRows = (dates: readonly string[]): number[] =>
  [...dates.keys()].filter((t) => t + 1 < dates.length && monthOf(dates[t]) !== monthOf(dates[t + 1]));

/** Whether the value of an asset is there on one of a row and its next, in some field, and missing on the other. */
function isEdge({ assets, fields, listed }: Frame, t: number, n: number): boolean {
  const [i, j] = [t * assets.length + n, (t + 1) * assets.length + n];
  if (listed && listed[i] !== listed[j]) return true;
  for (const name in fields) if (Number.isNaN(fields[name][i]) !== Number.isNaN(fields[name][j])) return true;
  return false;
}

/** The rows before a gap of any asset, and the last rows of gaps. */
function gapEdges(frame: Frame): number[] {
  const rows: number[] = [];
  for (let t = 0; t + 1 < frame.dates.length; t++) if (frame.assets.some((_, n) => isEdge(frame, t, n))) rows.push(t);
  return rows;
}

/** The rows before up to four splits and four dividends, spread over all. */
function beforeActions({ assets, fields: { split, dividend } }: Frame): number[] {
  const rows = (values: Float64Array | undefined, none: number) => [
    ...new Set([...(values ?? [])].flatMap((value, i) => (value > 0 && value !== none ? [Math.floor(i / assets.length) - 1] : []))),
  ];
  return [...spread(rows(split, 1), 4), ...spread(rows(dividend, 0), 4)];
}

/** Of up to six assets that have gaps, spread over all, the first edge and the last: where coverage changes most. */
function gapEnds(frame: Frame): number[] {
  const found = frame.assets.flatMap((_, n) => {
    const edges = span(0, frame.dates.length - 2).filter((t) => isEdge(frame, t, n));
    return edges.length > 0 ? [[edges[0], edges.at(-1)!]] : [];
  });
  return spread(found, 6).flat();
}
