import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Notebook } from '../../src/kernel/language/notebook.js';
import { type Kernel, ROOT, startKernel } from './client.js';

describe("tslab's interface", () => {
  it('is offered whole, by name and by type', () => {
    const notebook = new Notebook(ROOT);
    const errorsOf = (code: string) => notebook.compile('In[1]', code).diagnostics?.map(({ message }) => message) ?? [];
    const stockTypes = "import type * as stock from './node_modules/tslab/dist/public.js';\nimport * as tslab from 'tslab';\n";
    expect(errorsOf(`${stockTypes}const offered: typeof stock = tslab;`)).toEqual([]);
    const without = `${stockTypes}const { display, ...rest } = tslab; const offered: typeof stock = rest;`;
    expect(errorsOf(without)[0]).toContain("Property 'display' is missing");
    notebook.close();
  });
});

const BOX = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';

/** Notebooks in the loose style of tslab's examples: cells, and what each shows. */
const NOTEBOOKS: Record<string, [code: string, shows: unknown][]> = {
  'says hello, with types where one likes': [
    ["let message = 'Hello'\nfunction greet(who) { return message + ', ' + who }\nconsole.log(greet('notebook'))", 'Hello, notebook\n'],
    ["message = 'Goodbye'; greet(null)", "'Goodbye, null'"],
    ['let count: number = null; count', 'null'],
    ["let anything = JSON.parse('[1, 2]'); anything.map(x => x + 1)", '[ 2, 3 ]'],
    ['class Point { x: number; y: number }\nlet p = new Point(); p.x = 1; p', 'Point { x: 1, y: undefined }'],
  ],
  'waits for promises': [
    ['const later = (value, ms) => new Promise((resolve) => setTimeout(resolve, ms, value));', undefined],
    ["await later('first', 10)", "'first'"],
    ['async function* countTo(n) { for (let i = 1; i <= n; i++) { await later(i, 1); yield i } }\nlet sum = 0;', undefined],
    ['for await (const i of countTo(4)) sum += i\nsum', '10'],
    ["(await Promise.all([later('a', 5), later('b', 1)])).join('')", "'ab'"],
    ["try { await Promise.reject(new Error('no')) } catch (e) { e.message }\n", undefined],
    ['let caught; try { await Promise.reject(new Error("no")) } catch (e) { caught = e.message }\ncaught', "'no'"],
  ],
  'displays HTML, SVG, Markdown, maths and pictures': [
    ["import * as tslab from 'tslab'; import { display } from 'tslab'", undefined],
    ["tslab.display.html('<b>bold</b>')", { 'text/html': '<b>bold</b>' }],
    [`display.svg(${JSON.stringify(BOX)})`, { 'image/svg+xml': BOX }],
    ["display.markdown('# Title')", { 'text/markdown': '# Title' }],
    ["display.latex('$e^{i\\\\pi}$')", { 'text/latex': '$e^{i\\pi}$' }],
    ['display.png(Uint8Array.from([137, 80, 78, 71]))', { 'image/png': 'iVBORw==' }],
    ["display.text('plain')", { 'text/plain': 'plain' }],
    ["display.raw('text/csv', 'a,b')", { 'text/csv': 'a,b' }],
    ["const one = tslab.newDisplay(); one.text('0 %'); one.text('100 %')", { 'text/plain': '100 %' }],
    ["typeof tslab.versions.typescript + tslab.versions.tslab + tslab.versions.node.startsWith('v')", "'string1.0.22true'"],
  ],
  'imports modules, its own and others': [
    ["import * as fs from 'fs'; import path, { join } from 'path'; import os = require('os');", undefined],
    [
      "[typeof fs.readFileSync, path.join === join, typeof os.cpus, typeof require('util').inspect]",
      "[ 'function', true, 'function', 'function' ]",
    ],
    ["import { area, Shape } from './shapes'; import scale from './scale.js'; import settings from './settings.json'", undefined],
    ['[area(Shape.Square, settings.side), scale(3)]', '[ 4, 30 ]'],
    ["const { basename } = await import('path'); basename('a/b')", "'b'"],
  ],
  'declares enums, namespaces, generics and decorated classes, again and again': [
    [
      'enum Colour { Red, Green = 5 }\nnamespace Maths { export const tau = 2 * Math.PI; export function half(x) { return x / 2 } }',
      undefined,
    ],
    ['[Colour[5], Colour.Red, Maths.half(3)]', "[ 'Green', 0, 1.5 ]"],
    [
      'const log = [];\nfunction logged(target, key, descriptor) { const f = descriptor.value; descriptor.value = function (...a) { log.push(key); return f.apply(this, a) } }',
      undefined,
    ],
    [
      'class Stack<T> { private items: T[] = []; constructor(readonly name: string) {} @logged push(x: T) { return this.items.push(x) } }',
      undefined,
    ],
    ["new Stack<number>('s').push(1); log", "[ 'push' ]"],
    ["const Colour = 'redeclared'; Colour", "'redeclared'"],
    [
      'abstract class Animal { abstract sound(): string; speak() { return this.sound() + "!" } }\nclass Dog extends Animal { sound() { return "Woof" } }\nnew Dog().speak()',
      "'Woof!'",
    ],
  ],
};

describe.each([
  ['by a line of its own', '%ts strict off\n', undefined],
  ["by its folder's tsconfig.json", '', '{ "compilerOptions": { "strict": false } }'],
])('a notebook written for tslab, loose %s', (_, line, config) => {
  let kernel: Kernel;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lemmata-tslab-'));
    if (config) writeFileSync(join(folder, 'tsconfig.json'), config);
    writeFileSync(
      join(folder, 'shapes.ts'),
      'export enum Shape { Square }\nexport function area(shape: Shape, side: number) { return shape == Shape.Square ? side ** 2 : null }',
    );
    writeFileSync(join(folder, 'scale.js'), 'module.exports = (x) => x * 10;');
    writeFileSync(join(folder, 'settings.json'), '{ "side": 2 }');
    kernel = await startKernel({ directory: folder });
    await kernel.run(`${line}0`);
  });
  afterAll(async () => {
    await kernel.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(NOTEBOOKS))('%s', async (_, cells) => {
    for (const [code, shows] of cells) {
      const { text, stdout, traceback, outputs } = await kernel.run(code);
      expect(traceback, code).toBe('');
      if (typeof shows !== 'object') expect(stdout || text, code).toBe(shows);
      else expect(outputs.findLast(({ type }) => type.endsWith('display_data'))?.content.data, code).toEqual(shows);
    }
  });
});

describe('a switch', () => {
  it('holds from its cell on, until another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-switch-'));
    const kernel = await startKernel({ directory: folder });
    const code = 'function first(xs) { return xs[0]; }';
    expect((await kernel.run(code)).reply.ename).toBe('TS7006');
    expect((await kernel.run(`%ts strict off\n${code}`)).reply.status).toBe('ok');
    expect((await kernel.run(code)).reply.status).toBe('ok');
    expect((await kernel.run(`%ts noImplicitAny on\n${code}`)).reply.ename).toBe('TS7006');
    const { traceback } = await kernel.run('%ts strikt off\n1');
    expect(traceback).toContain(
      ":1:1 - error TS5023: got '%ts strikt off'; write %ts strict off, with on or off after one of strict, noImpl",
    );
    expect((await kernel.run('%ts strict on\n%ts noImplicitAny on\n\nlet n: number = null;')).traceback).toContain(':4:5 - error TS2322');
    expect((await kernel.request('complete_request', { code: '%ts strict off\nMath.ab', cursor_pos: 22 })).matches).toEqual(['abs']);
    await kernel.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
