type Cell = string | number;

/** Prints rows under their heads; numbers to the right, with thousands separators. */
export function printTable(heads: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = heads.map((head, i) => Math.max(head.length, ...text.map((row) => row[i].length)));
  const numeric = heads.map((_, i) => typeof rows[0]?.[i] === 'number');
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  for (const cells of [heads, widths.map((width) => '─'.repeat(width)), ...text]) process.stdout.write(`${line(cells).trimEnd()}\n`);
}

/** A paragraph broken at 100 columns behind a bullet. */
export function wrap(text: string, bullet: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length > 100 - bullet.length) lines.push('');
    lines[lines.length - 1] += (lines.at(-1) === '' ? '' : ' ') + word;
  }
  return bullet + lines.join(`\n${' '.repeat(bullet.length)}`);
}
