import { nameOfChapter } from '../latex/book.mjs';
import { escapeHtml } from './highlight.mjs';

const WIDTH = 46;
const HEIGHT = 30;

/**
 * The graph of theorems as a picture: one band a week and one for the path, each theorem right of all that its proof uses in its week. A node is a link; an edge leads from what is
 * used to what uses it.
 *
 * @param {readonly import('./theorems.mjs').TheoremPage[]} theorems
 */
export function graphOf(theorems) {
  const placed = places(theorems);
  const columns = Math.max(...[...placed.values()].map(({ column }) => column)) + 1;
  const bottom = Math.max(...[...placed.values()].map(({ y }) => y)) + HEIGHT;
  const width = 70 + columns * (WIDTH + 34) + 10;
  const at = (/** @type {string} */ label) => {
    const { column, y } = /** @type {{ column: number, y: number }} */ (placed.get(label));
    return { x: 70 + column * (WIDTH + 34), y };
  };
  const edges = theorems.flatMap(({ label, uses }) =>
    uses
      .filter((used) => placed.has(used))
      .map((used) => {
        const [from, to] = [at(used), at(label)];
        const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2 - 4, to.x, to.y + HEIGHT / 2 - 4];
        const bend = Math.max(18, Math.abs(x2 - x1) / 2);
        const over = y1 === y2 && x2 - x1 > 2 * WIDTH ? 18 : 0; // round what lies between
        return `<path d="M${x1} ${y1}C${x1 + bend} ${y1 - over} ${x2 - bend} ${y2 - over} ${x2} ${y2}" data-from="${used.slice(4)}" data-to="${label.slice(4)}"/>`;
      }),
  );
  const nodes = theorems.map(({ label, url, number, plainTitle, kind, status }) => {
    const { x, y } = at(label);
    return `<a href="${url}" data-node="${label.slice(4)}" class="${status}"><title>${escapeHtml(`${kind} ${number}: ${plainTitle}`)}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="22" rx="5"/><text x="${x + WIDTH / 2}" y="${y + 15.5}">${number}</text></a>`;
  });
  const weeks = [...new Set(theorems.map(({ week }) => week))];
  const bands = weeks.map((week) => {
    const ys = theorems.filter((theorem) => theorem.week === week).map(({ label }) => at(label).y);
    const [top, end] = [Math.min(...ys), Math.max(...ys)];
    return `<g class="band"><line x1="0" x2="${width}" y1="${top - 8}" y2="${top - 8}"/><text x="4" y="${(top + end) / 2 + 15.5}">${nameOfChapter(week)}</text></g>`;
  });
  return `<svg class="graph" viewBox="0 0 ${width} ${bottom}" width="${width}" height="${bottom}" role="group" aria-label="Which theorem stands on which">${bands.join('')}<g class="edges">${edges.join('')}</g>${nodes.join('')}</svg>`;
}

/** Column and height of each theorem: the column by the longest way to it within its week. @param {readonly import('./theorems.mjs').TheoremPage[]} theorems */
function places(theorems) {
  const byLabel = new Map(theorems.map((theorem) => [theorem.label, theorem]));
  /** @type {Map<string, number>} */
  const depth = new Map();
  const depthOf = (/** @type {string} */ label, /** @type {readonly string[]} */ path = []) => {
    const known = depth.get(label);
    if (known !== undefined) return known;
    const theorem = byLabel.get(label);
    const inside = (theorem?.uses ?? []).filter((used) => byLabel.get(used)?.week === theorem?.week && !path.includes(used));
    /** @type {number} */
    const found = Math.max(-1, ...inside.map((used) => depthOf(used, [...path, label]))) + 1;
    depth.set(label, found);
    return found;
  };
  /** @type {Map<string, { column: number, y: number }>} */
  const placed = new Map();
  let top = 10;
  for (const week of new Set(theorems.map((theorem) => theorem.week))) {
    /** @type {Map<number, number>} */
    const filled = new Map();
    let rows = 0;
    for (const { label } of theorems.filter((theorem) => theorem.week === week)) {
      const column = depthOf(label);
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      rows = Math.max(rows, row + 1);
      placed.set(label, { column, y: top + row * HEIGHT });
    }
    top += rows * HEIGHT + 16;
  }
  return placed;
}
