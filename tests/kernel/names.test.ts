import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const text = async (code: string) => {
  const { text, traceback } = await kernel.run(code);
  return text ?? traceback;
};

/** One namespace for the whole notebook, as in Python's kernel: whoever calls sees what a name means at that moment. */
describe('a name that a cell gives a new meaning', () => {
  it.each([
    ['a function', 'function rate() { return 1; }', 'function rate() { return 10; }', 'rate()'],
    ['an arrow function', 'const bid = () => 1;', 'const bid = () => 10;', 'bid()'],
    ['a constant', 'const fee = 1;', 'const fee = 10;', 'fee'],
    ['a variable, assigned', 'let lots = 1;', 'lots = 10;', 'lots'],
    ['a variable, declared again', 'let cash = 1;', 'let cash = 10;', 'cash'],
    ['var', 'var tax = 1;', 'var tax = 10;', 'tax'],
    ['var in a loop', 'for (var day = 0; day < 1; day++) {}', 'for (var day = 0; day < 10; day++) {}', 'day'],
    ['a pattern', 'let { p, q: [r = 1] } = { p: 0, q: [] as number[] };', 'let [p, r] = [1, 10];', 'r'],
    ['an assignment by pattern', 'let left = 1, right = 0;', '[left, right] = [10, 5];', 'left'],
    ['a class', 'class Size { n = 1; }', 'class Size { n = 10; }', 'new Size().n'],
    ['an enum', 'enum Side { Buy = 1 }', 'enum Side { Buy = 10 }', 'Side.Buy as number'],
    ['a namespace', 'namespace Desk { export const n: number = 1; }', 'namespace Desk { export const n: number = 10; }', 'Desk.n'],
    [
      'an import',
      "import { sep as mark } from 'node:path'; ",
      "import { delimiter as mark } from 'node:path';",
      "String(mark) === '/' ? 1 : 10",
    ],
    ['an import of what was a variable', 'const eol = 1;', "import * as eol from 'node:os';", "typeof eol === 'object' ? 10 : 1"],
    [
      'a variable of what was an import',
      "import { posix } from 'node:path';",
      'const posix = 10;',
      "typeof posix === 'object' ? 1 : posix",
    ],
  ])('has it at once for functions of older cells and of its own: %s', async (_, older, newer, use) => {
    await kernel.run(`${older}\nconst inside = () => ${use};`);
    await kernel.run(`const beside = () => ${use};`);
    expect(await text(`[${use}, inside(), beside()]`)).toBe('[ 1, 1, 1 ]');
    expect(await text(`${newer}\n[${use}, inside(), beside()]`)).toBe('[ 10, 10, 10 ]');
    expect(await text('[inside(), beside()]')).toBe('[ 10, 10 ]');
  });

  it('has it before its statement where a function stands after its call', async () => {
    await kernel.run('function late() { return 1; }\nconst callLate = () => late();');
    expect(await text('const called = callLate(); function late() { return 10; }\ncalled')).toBe('10');
  });

  it('has it from the statement on that gives it, and in what goes on behind an await', async () => {
    await kernel.run('let level = 1; const seen: number[] = []; const see = () => { seen.push(level); };');
    await kernel.run('see(); let level = 2, mid = (see(), 0); see(); await null; level += mid + 1; see();');
    expect(await text('seen')).toBe('[ 1, 2, 2, 3 ]');
    await kernel.run('let go = () => {}; const later = new Promise<void>((resolve) => { go = resolve; }).then(() => level);');
    expect(await text('let level = 7; go(); await later')).toBe('7');
  });

  it('has it in a pattern for the defaults behind', async () => {
    expect(await text('const { width, height = width * 2 } = { width: 4 } as { width: number; height?: number }; height')).toBe('8');
  });

  it('keeps what the cell assigned before it failed, and no more', async () => {
    await kernel.run('let first = 1; let second = 1; const both = () => [first, second];');
    await kernel.run("first = 5; let fresh = 6; if (first) throw new Error('stop'); second = 7; let unborn = 8;");
    expect(await text('[...both(), fresh]')).toBe('[ 5, 1, 6 ]');
    expect((await kernel.run('unborn')).reply.ename).toBe('TS2304');
  });
});

describe('a cell', () => {
  it('is told like any program that a name has no value yet', async () => {
    expect((await kernel.run('const peek = () => ahead; peek(); const ahead = 1;')).reply).toMatchObject({
      ename: 'ReferenceError',
      evalue: "Cannot access 'ahead' before initialization",
    });
  });

  it('names its functions and hands them no receiver', async () => {
    await kernel.run('const f = () => 1, g = function () {}, C = class {}; function me(this: unknown) { return this; }');
    expect(await text('[f.name, g.name, C.name]')).toBe("[ 'f', 'g', 'C' ]");
    expect(await text('[me(), (me)(), me!(), (me as () => unknown)()].every((x) => x === undefined)')).toBe('true');
  });

  it('makes instances of a class in the class itself', async () => {
    expect(
      await text('class Node1 { static root = new Node1(); copy() { return new Node1(); } }\nNode1.root.copy() instanceof Node1'),
    ).toBe('true');
  });

  it('gives a type to what is global, and names in any letters an older meaning', async () => {
    await kernel.run('Object.assign(globalThis, { tick: 7 });');
    expect(await text('declare const tick: number; tick + 1')).toBe('8');
    expect(await text('tick + 2')).toBe('9');
    await kernel.run('const 𝒳 = 1;');
    expect(await text('const 𝒳 = 𝒳 + 1; 𝒳')).toBe('2');
    expect(await text("'\ud835'.length")).toBe('1'); // half a letter: the compiler reads UTF-8, and goes on
  });

  it('shares a variable called like the variables of the kernel', async () => {
    await kernel.run('let a = 1; const a$0 = 5;');
    expect(await text('a++; [a, a$0]')).toBe('[ 2, 5 ]');
  });
});
