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

  it('refuses to assign a constant of another cell', async () => {
    await kernel.run('const fixed = 1;');
    expect((await kernel.run('fixed = 2;')).reply.evalue).toBe("Cannot assign to 'fixed' because it is a constant.");
  });

  it('runs no line of a cell that does not type-check', async () => {
    expect((await kernel.run("console.log('ran');\nconst n: number = 'a';")).stdout).toBe('');
  });
});

describe('imports', () => {
  it("find the library and its dependencies from a folder outside the package, with their modern package 'exports'", async () => {
    expect(await text("import * as kernel from 'lemmata/kernel'; Object.keys(kernel).sort().join()")).toBe(
      "'clearOutput,input,installKernel,password,reload'",
    );
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

describe('top-level await', () => {
  it('works, and a promise that is only shown is not awaited', async () => {
    expect(await text('await new Promise<number>((resolve) => setTimeout(resolve, 10, 5))')).toBe('5');
    expect(await text('new Promise(() => {})')).toBe('Promise { <pending> }');
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
