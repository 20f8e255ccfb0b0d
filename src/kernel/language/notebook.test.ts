import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Notebook } from './notebook.js';

const notebook = new Notebook(tmpdir());
let count = 0;

/** The JavaScript of a cell, without its first statement, which publishes the names. */
function compiled(code: string): string {
  const id = `In[${++count}]`;
  const { cell, diagnostics } = notebook.compile(id, code);
  if (diagnostics) throw new Error(diagnostics[0].message);
  notebook.publish(id, cell.names);
  return cell.javascript.slice(cell.javascript.indexOf('});\n') + 4).trim();
}

describe('a compiled cell', () => {
  it('returns its last expression, in an object so that a promise is not awaited', () => {
    expect(compiled('1 + 1;')).toBe('return { value: 1 + 1 };');
    expect(compiled('const local = 1;')).toBe('const local = 1;');
  });

  it('keeps its own names as local variables and reaches those of other cells through the scope', () => {
    compiled('let total = 1; function add(x: number) { total += x; }');
    expect(compiled('add(total)')).toBe('return { value: (0, $kernel.scope.add)($kernel.scope.total) };');
    expect(compiled('total // with a comment\n\n')).toMatch(/^return \{ value: \$kernel\.scope\.total \};/);
    expect(compiled('const o = { total, add: 1 }; o.total')).toContain('{ total: $kernel.scope.total, add: 1 }');
    expect(compiled('((total: string) => total)("shadowed")')).toContain('(total) => total');
  });

  it('loads modules by await, and not at all for types', () => {
    expect(compiled("import { readFileSync as read, type Stats } from 'node:fs'; read;")).toContain('$m0.module["readFileSync"]');
    expect(compiled("import type { Stats } from 'node:fs'; import { PathLike } from 'node:fs';")).not.toContain('load');
  });

  it('asks at every await and in every turn of a loop that may last, but not in a loop that only computes', () => {
    expect(compiled('await Promise.resolve(1);')).toContain('await ($kernel.checkpoint(), Promise.resolve(1))');
    const asks = (code: string) => compiled(code).includes('$interrupted[0]');
    expect(asks('while (true) {}')).toBe(true);
    expect(asks('for (;;) {}')).toBe(true);
    expect(asks('for (const x of [1]) Math.sqrt(x);')).toBe(true);
    expect(asks('let sum = 0; for (let i = 0; i < 9; i++) sum += i;')).toBe(false);
  });
});
