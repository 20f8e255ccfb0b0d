import type { Cell, Row } from '../base/index.js';

/** Rows that a chart of curves draws, and what to say of those that it leaves out. */
export interface Thinned {
  readonly rows: readonly Row[];
  /** Empty where all are drawn. */
  readonly note: string;
}

/** What of the rows is drawn: columns by name. */
export interface Drawn {
  /** The column along which a curve runs. */
  readonly x: string;
  /** Its height, and the ends of its band. */
  readonly heights: readonly string[];
  readonly series?: string;
}

/** Spans of a curve, at most: two pixels each of a chart's 560. */
const SPANS = 280;
/** Rows of all curves together, at most: with 25 bytes each in the specification and 14 in the picture a quarter of a megabyte. */
const ROWS = 6000;

/**
 * The rows of curves that a screen can show: each curve is cut into spans of as many rows, and of a span those are kept where a height is
 * lowest and highest, beside the first and the last of all and the first of a gap. So each extreme is drawn, no further than a span from
 * where it lies. Curves that are short enough, or do not run along x, stay as they are.
 */
export function thin(rows: readonly Row[], { x, heights, series }: Drawn): Thinned {
  const curves = new Map<Cell, Row[]>();
  for (const row of rows) {
    const name = series === undefined ? null : row[series];
    const curve = curves.get(name);
    if (curve) curve.push(row);
    else curves.set(name, [row]);
  }
  const spans = Math.max(1, Math.min(SPANS, Math.floor(ROWS / (2 * heights.length * curves.size))));
  let longest = 1;
  const kept = [...curves.values()].flatMap((curve) => {
    const span = Math.ceil(curve.length / spans);
    if (span <= 2 * heights.length || !ascending(curve, x)) return curve;
    longest = Math.max(longest, span);
    return extremes(curve, span, heights);
  });
  const note = longest > 1 ? `drawn: the lowest and the highest of every ${longest} points` : '';
  return { rows: longest > 1 ? kept : rows, note };
}

function extremes(curve: readonly Row[], span: number, heights: readonly string[]): Row[] {
  const kept = new Set([0, curve.length - 1]);
  for (let start = 0; start < curve.length; start += span) {
    const end = Math.min(start + span, curve.length);
    for (const height of heights) {
      let [low, high] = [-1, -1];
      for (let i = start; i < end; i++) {
        const value = curve[i][height];
        if (typeof value !== 'number' || !Number.isFinite(value)) {
          if (i === 0 || isNumber(curve[i - 1][height])) kept.add(i);
          continue;
        }
        if (low < 0 || value < Number(curve[low][height])) low = i;
        if (high < 0 || value > Number(curve[high][height])) high = i;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  return [...kept].sort((a, b) => a - b).map((i) => curve[i]);
}

const isNumber = (cell: Cell): boolean => typeof cell === 'number' && Number.isFinite(cell);

function ascending(curve: readonly Row[], x: string): boolean {
  return curve.every((row, i) => i === 0 || (row[x] ?? '') >= (curve[i - 1][x] ?? ''));
}
