import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from './client.js';

let kernel: Kernel;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-notebook-'));
  kernel = await startKernel({ directory: folder });
});
afterAll(async () => {
  await kernel.stop();
  rmSync(folder, { recursive: true, force: true });
});

const text = async (code: string) => {
  const { text, traceback } = await kernel.run(code);
  return text ?? traceback;
};

const NOTE = "'./helper.js' has no types, so what comes from it is any.";

describe('names across cells', () => {
  it('lets a later cell read and assign a variable, and earlier functions see the assignment', async () => {
    await kernel.run('let price = 10; const double = () => price * 2;');
    expect(await text('price += 1; double()')).toBe('22');
  });

  it('declares a name again, with another type', async () => {
    await kernel.run('const asset = 1;');
    await kernel.run("const asset = 'SPY';");
    expect(await text('asset.length')).toBe('3');
  });

  it('carries types, classes, enums, generics and overloads', async () => {
    await kernel.run(
      'interface Bar { close: number }\nenum Side { Buy = 1, Sell = -1 }\nclass Book<T> { constructor(readonly top: T) {} }',
    );
    expect(await text('const bar: Bar = { close: Side.Sell }; new Book(bar).top.close')).toBe('-1');
  });

  it('keeps names that a failed cell reached, and the older meaning of those it did not', async () => {
    await kernel.run("const kept = 'old';");
    await kernel.run("const reached = 1;\nif (reached) throw new Error('stop');\nconst kept = 2;");
    expect(await text('[reached, kept.length]')).toBe('[ 1, 3 ]');
  });

  it('extends a class, instantiates a generic and reads a constant enum of another cell', async () => {
    await kernel.run('class Base { name() { return "base"; } }\nfunction wrap<T>(x: T) { return [x]; }\nconst enum Level { Low = 3 }');
    expect(
      await text('class Derived extends Base {}\nconst numbers = wrap<number>;\n[new Derived().name(), numbers(1)[0], Level.Low]'),
    ).toBe("[ 'base', 1, 3 ]");
  });

  it('keeps what a cell adds to the global types', async () => {
    await kernel.run(
      'declare global { interface Array<T> { firstOf(): T | undefined } }\nArray.prototype.firstOf = function () { return this[0]; };',
    );
    expect(await text("['a'].firstOf()")).toBe("'a'");
  });

  it('binds by pattern and assigns by pattern', async () => {
    await kernel.run('let { a, b: [c = 5, ...rest] } = { a: 1, b: [undefined, 3, 4] as (number | undefined)[] };');
    expect(await text('({ a, x: c } = { a: 7, x: 8 }); [a, c, rest.length]')).toBe('[ 7, 8, 2 ]');
  });

  it('hands a function no receiver when its name is imported or from another cell', async () => {
    await kernel.run('function receiver(this: unknown) { return this; }');
    expect(await text('receiver() === undefined')).toBe('true');
  });
});

describe('the type checker', () => {
  it('is strict, across cells, and points at the line as tsc does', async () => {
    await kernel.run('const found = [1, 2].find((x) => x > 1);');
    const { reply, traceback } = await kernel.run('// strict null checks\nfound.toFixed();');
    expect(reply).toMatchObject({ status: 'error', ename: 'TS18048', evalue: "'found' is possibly 'undefined'." });
    expect(traceback).toContain(":2:1 - error TS18048: 'found' is possibly 'undefined'.\n> 2 │ found.toFixed();\n    │ ~~~~~");
  });

  it('reports a cell that ends too early at its end, and every wrong line otherwise', async () => {
    expect((await kernel.run('const f = (x: number) => {\n  return x;\n')).traceback).toMatch(/:2:12 - error TS1005: '}' expected/);
    const { traceback } = await kernel.run("const n: number = 'a';\nconst s: string = 1;");
    expect(traceback.match(/error TS2322/g)).toHaveLength(2);
  });

  it('names the first of very many errors', async () => {
    const { traceback } = await kernel.run('nowhere;\n'.repeat(5000));
    expect(traceback.match(/ - error TS/g)).toHaveLength(20);
    expect(traceback).toContain('… and 4,980 more errors');
  });

  it('refuses to assign a constant of another cell', async () => {
    await kernel.run('const fixed = 1;');
    expect((await kernel.run('fixed = 2;')).reply.evalue).toBe("Cannot assign to 'fixed' because it is a constant.");
  });

  it('says of what only browsers have what to use instead', async () => {
    const { traceback } = await kernel.run("document.title;\nalert('a');\nconst e: HTMLDivElement = 1;");
    expect(traceback).toContain("Cannot find name 'document'. Browsers have it, a notebook runs in Node: show HTML with display.html(");
    expect(traceback).toContain("Cannot find name 'alert'. Browsers have it, a notebook runs in Node: print with console.log(");
    expect(traceback).toContain('/// <reference lib="dom" /> at the top of the cell');
    expect(await text('new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof WebAssembly.Module')).toBe('true');
  });

  it('takes up declarations of the world that a cell refers to or makes', async () => {
    await kernel.run('/// <reference lib="dom" />\nlet page: HTMLDivElement | undefined;');
    expect(await text('const again: HTMLDivElement | undefined = undefined; typeof again')).toBe("'undefined'");
  });

  it("takes decorators of the standard and TypeScript's older ones", async () => {
    await kernel.run(
      'const seen: string[] = [];\nconst unique = (by: string) => (target: object, key: string) => { seen.push(by + key); };',
    );
    await kernel.run("class Vehicle { @unique('the ') id?: string; }");
    expect(await text('seen')).toBe("[ 'the id' ]");
    await kernel.run('function twice(f: (x: number) => number, _: ClassMethodDecoratorContext) { return (x: number) => 2 * f(x); }');
    expect(await text('class Counter { @twice next(x: number) { return x + 1; } }\nnew Counter().next(1)')).toBe('4');
  });

  it('runs no line of a cell that does not type-check', async () => {
    expect((await kernel.run("console.log('ran');\nconst n: number = 'a';")).stdout).toBe('');
  });
});

describe('imports', () => {
  it("find the library and its dependencies from a folder outside the package, with their modern package 'exports'", async () => {
    expect(await text("import * as kernel from 'lemmata/kernel'; Object.keys(kernel).includes('reload')")).toBe('true');
    expect(await text("import { z } from 'zod'; z.object({ a: z.number() }).safeParse({ a: 'x' }).success")).toBe('false');
  });

  it('accept default, named, namespace, type-only and CommonJS imports', async () => {
    await kernel.run(
      "import fs, { existsSync as exists, type Stats } from 'node:fs';\nimport * as tf from '@tensorflow/tfjs';\nlet stats: Stats | undefined;",
    );
    expect(await text("[exists === fs.existsSync, tf.tensor1d([1, 2]).sum().dataSync()[0], require('node:fs') === fs]")).toBe(
      '[ true, 3, true ]',
    );
    writeFileSync(join(folder, 'table.json'), '{ "rows": 2 }');
    expect(await text("import table from './table.json'; table.rows")).toBe('2');
    expect(await text("import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); typeof require")).toBe(
      "'function'",
    );
  });

  it('await a module whose top level awaits, by import() and by import', async () => {
    writeFileSync(join(folder, 'slow.mjs'), 'await new Promise((r) => setTimeout(r, 20)); export const answer = 42;');
    writeFileSync(join(folder, 'slow.d.mts'), 'export declare const answer: number;');
    expect(await text("(await import('./slow.mjs')).answer")).toBe('42');
    expect(await text("import { answer } from './slow.mjs'; answer")).toBe('42');
  });

  it('take what has no types as any, and say so once', async () => {
    writeFileSync(join(folder, 'helper.js'), 'export const double = (x) => x * 2;');
    const first = await kernel.run("import { double } from './helper.js'; double(21)");
    expect(first.text).toBe('42');
    expect(first.outputs[0]).toMatchObject({ type: 'display_data', content: { data: { 'text/plain': NOTE } } });
    const again = await kernel.run("import { double } from './helper.js'; double('1').whatever");
    expect([again.outputs.length, again.text]).toEqual([0, undefined]);
    writeFileSync(join(folder, 'old.cjs'), 'exports.half = (x) => x / 2;');
    expect(await text("import { half } from './old.cjs'; half(3)")).toBe('1.5');
    writeFileSync(join(folder, 'old.cjs'), 'exports.half = (x) => x / 4;');
    expect(await text("import { half } from './old.cjs'; half(3)")).toBe('0.75');
  });

  it('read declarations beside the notebook: of a module beside it, and of the world', async () => {
    writeFileSync(join(folder, 'helper.d.ts'), 'export declare const double: (x: number) => number;');
    expect(await text("import { double } from './helper.js'; double('1')")).toContain('TS2345');
    writeFileSync(join(folder, 'world.d.ts'), 'interface Tick { at: Date; price: number }');
    expect(await text("const tick: Tick = { at: new Date(0), price: 'high' };")).toContain('TS2322');
  });

  it('run local TypeScript that is more than JavaScript with types, anew after an edit', async () => {
    writeFileSync(
      join(folder, 'side.ts'),
      [
        'function unique(target: object, key: string) { Reflect.set(target, key + "IsUnique", true); }',
        'export enum Side { Buy = 1, Sell = -1 }',
        'export class Book { @unique id?: string; constructor(readonly top: number) {} }',
        'export namespace Tick { export const size = 0.01; }',
        "import path = require('node:path');",
        "export const name = path.basename('a/b');",
      ].join('\n'),
    );
    const code =
      "import { Side, Book, Tick, name } from './side.ts'; [Side.Sell, new Book(3).top, Tick.size, name, 'idIsUnique' in Book.prototype]";
    expect(await text(code)).toBe("[ -1, 3, 0.01, 'b', true ]");
    writeFileSync(join(folder, 'side.ts'), 'export enum Side { Buy = 5 }');
    expect(await text("import { Side } from './side'; Side.Buy")).toBe('5');
  });

  it('serve a local TypeScript file as it is now, through the files it imports, with its types', async () => {
    expect((await kernel.run("import { predict } from './model';")).reply.ename).toBe('TS2307');
    writeFileSync(join(folder, 'leaf.ts'), 'export const leaf = 1;');
    writeFileSync(join(folder, 'model.ts'), "import { leaf } from './leaf.ts';\nexport const predict = () => leaf * 10;");
    expect(await text("import { predict } from './model'; const twice = () => predict() * 2; twice()")).toBe('20');
    writeFileSync(join(folder, 'leaf.ts'), 'export const leaf = 2;');
    expect(await text("import { predict } from './model'; predict()")).toBe('20');
    writeFileSync(join(folder, 'leaf.ts'), 'export const leaf = 3;');
    expect(await text("import { reload } from 'lemmata/kernel'; await reload(); [predict(), twice()]")).toBe('[ 30, 60 ]');
    writeFileSync(join(folder, 'model.ts'), "export const predict = () => 'text';");
    expect(await text("import { predict } from './model'; predict().toUpperCase()")).toBe("'TEXT'");
  });
});

describe("what a script of Node has, a cell has too, for the notebook's folder", () => {
  it('__dirname, __filename, module, exports, require', async () => {
    expect(await text("import { join, relative } from 'node:path'; [__dirname, relative(__dirname, __filename)]")).toBe(
      `[ '${folder}', 'notebook.ipynb' ]`,
    );
    expect(
      await text(
        '[(module.require as NodeJS.Require).main === module, typeof exports, module.path === __dirname, module.exports === exports]',
      ),
    ).toBe("[ true, 'object', true, true ]");
    writeFileSync(join(folder, 'beside.cjs'), 'module.exports = 5;');
    expect(
      await text(
        "[require('./beside.cjs'), require(join(__dirname, 'beside.cjs')), require.resolve('./beside.cjs') === join(__dirname, 'beside.cjs')]",
      ),
    ).toBe('[ 5, 5, true ]');
  });

  it('import.meta', async () => {
    expect(
      await text(
        "import { fileURLToPath } from 'node:url'; [import.meta.dirname === __dirname, import.meta.filename === __filename, fileURLToPath(import.meta.url) === __filename]",
      ),
    ).toBe('[ true, true, true ]');
    expect(await text("fileURLToPath(new URL('./table.json', import.meta.url)) === join(__dirname, 'table.json')")).toBe('true');
    expect(
      await text(
        "[import.meta.resolve('./beside.cjs') === new URL('beside.cjs', import.meta.url).href, import.meta.resolve('zod').endsWith('/zod/index.js')]",
      ),
    ).toBe('[ true, true ]');
  });
});

describe('top-level await', () => {
  it('works, and a promise that is only shown is not awaited', async () => {
    expect(await text('await new Promise<number>((resolve) => setTimeout(resolve, 10, 5))')).toBe('5');
    expect(await text('new Promise(() => {})')).toBe('Promise { <pending> }');
  });
});

describe('a cell that is changed and run again', () => {
  it('names the cells that rest on what it was before, in one line', async () => {
    const as = (cellId: string) => ({ metadata: { cellId } });
    const counts: number[] = [];
    for (const [cellId, code] of [
      ['a', 'const level = 1;'],
      ['b', 'const doubled = 2 * level;'],
      ['c', 'doubled'],
      ['d', '({ level: 1 }).level'],
    ])
      counts.push((await kernel.run(code, as(cellId))).reply.execution_count);
    expect((await kernel.run('const level = 1;', as('a'))).outputs).toEqual([]);
    const { outputs } = await kernel.run('const level = 10;', as('a'));
    expect(outputs.map(({ content }) => content.data['text/plain'])).toEqual([
      `In[${counts[1]}] and In[${counts[2]}] rest on what this cell was before; run again what should follow.`,
    ]);
  });
});

describe('execution counts', () => {
  it('count stored cells only, in execute_input, result and reply', async () => {
    const first = await kernel.run('1');
    const silent = await kernel.run('2', { silent: true });
    const unstored = await kernel.run('3', { store_history: false });
    const next = kernel.start('4');
    const { reply, outputs } = await next.result;
    const n = first.reply.execution_count;
    expect([silent.reply.execution_count, unstored.reply.execution_count, reply.execution_count]).toEqual([n, n, n + 1]);
    expect(silent.outputs).toEqual([]);
    expect(outputs[0].content.execution_count).toBe(n + 1);
    const input = kernel.published.find((m) => m.header.msg_type === 'execute_input' && m.parent.msg_id === next.id);
    expect(input!.content).toEqual({ code: '4', execution_count: n + 1 });
  });

  it('evaluate user expressions', async () => {
    const { reply } = await kernel.run('const u = 20;', { user_expressions: { good: 'u + 1', bad: 'nowhere' } });
    expect(reply.user_expressions.good.data['text/plain']).toBe('21');
    expect(reply.user_expressions.bad).toMatchObject({ status: 'error', ename: 'TS2304' });
  });
});
