import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Notebook } from './notebook.js';

const notebook = new Notebook(tmpdir());
let count = 0;

/** The JavaScript of a cell, without the statements that look up and report its names. */
function compiled(code: string): string {
  const id = `In[${++count}]`;
  const { cell, diagnostics } = notebook.compile(id, code);
  if (diagnostics) throw new Error(diagnostics[0].message);
  notebook.publish(id, cell.names);
  return cell.javascript
    .split('\n')
    .filter((line) => !/^(\$kernel\.(declare|reached)\(|const \w+(\$\w+)*\$0+ = )/.test(line))
    .join('\n')
    .trim();
}

describe('a compiled cell', () => {
  it('returns its last expression, in an object so that a promise is not awaited', () => {
    expect(compiled('1 + 1;')).toBe('return { __proto__: null, value: 1 + 1 };');
    expect(compiled('const local = 1;')).toBe('local$0.value = 1;');
  });

  it("reaches its own names and those of other cells through the names' records", () => {
    expect(compiled('let total = 1; function add(x: number) { total += x; }')).toBe(
      'add$0.value = add;\ntotal$0.value = 1;\nfunction add(x) { total$0.value += x; }',
    );
    expect(compiled('add(total)')).toBe('return { __proto__: null, value: (0, add$0.value)(total$0.value) };');
    expect(compiled('total // with a comment\n\n')).toMatch(/^return \{ __proto__: null, value: total\$0\.value \};/);
    expect(compiled('const o = { total, add: 1 }; o.total')).toContain('{ total: total$0.value, add: 1 }');
    expect(compiled('((total: string) => total)("shadowed")')).toContain('(total) => total');
    expect(compiled('const total$0 = total;')).toBe('total$0$00.value = total$00.value;');
  });

  it('takes the older meaning of a name that it declares anew, with its type', () => {
    compiled("const words = ['b', 'a'];");
    expect(compiled('const words = words.toSorted().map((words) => words.length);')).toContain('words$0.value.toSorted()');
    expect(compiled('const words = words[0].toFixed();')).toContain('words$0.value[0]');
    expect(() => compiled('const words = words.toFixed();')).toThrow("Property 'toFixed' does not exist on type 'string'");
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

describe('a long notebook', () => {
  it('keeps types and older meanings over more cells than there are files for them at first', () => {
    const cells = Array.from(
      { length: 60 },
      (_, i) => `const link = ${i ? '[link] as const' : "'start' as const"}; const name${i} = ${i};`,
    );
    for (const cell of cells) compiled(cell);
    expect(compiled('name0 + name59;')).toContain('name0$0.value + name59$0.value');
    expect(() => compiled('const wrong: number = link;')).toThrow(/^Type 'readonly \[readonly \[/);
  });
});

describe('a cell that the compiler took up while it ran', () => {
  it('gives later cells the names that it reached, and no others', () => {
    const own = new Notebook(tmpdir());
    own.compile('In[1]', "import { join } from 'node:path'; const reached = 1; const unreached = 2;");
    own.anticipate('In[1]');
    own.publish('In[1]', ['join', 'reached']);
    expect(own.compile('In[2]', "join('a', reached.toFixed())").diagnostics).toBeUndefined();
    expect(own.compile('In[3]', 'unreached').diagnostics?.[0].code).toBe(2304);
    own.close();
  });
});
