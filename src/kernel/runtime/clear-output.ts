import { currentCell } from './cell-context.js';
import { send } from './link.js';

/** Empties the output of the cell that runs; with `wait`, only when the next output comes, so that nothing flickers. */
export function clearOutput({ wait = false } = {}): void {
  const cell = currentCell();
  if (cell) send({ type: 'clear', cell: cell.id, wait: Boolean(wait) });
}
