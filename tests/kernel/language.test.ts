import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.run(
    [
      "import * as tf from '@tensorflow/tfjs';",
      '/**',
      ' * Annualises a daily return.',
      ' * @param daily as a fraction: `0.00015` is 0.015 %',
      ' */',
      'function annualise(daily: number, days = 252): number { return daily * days; }',
      'const drawdown = { depth: 0.3, length: 12 };',
    ].join('\n'),
  );
});
afterAll(() => kernel.stop());

const complete = (code: string, cursor_pos = code.length) => kernel.request('complete_request', { code, cursor_pos });
const inspect = (code: string, cursor_pos = code.length) => kernel.request('inspect_request', { code, cursor_pos, detail_level: 0 });

describe('completion', () => {
  it('offers names of earlier cells, and members with their kind', async () => {
    expect((await complete('annu')).matches).toEqual(['annualise']);
    const { matches, metadata } = await complete('drawdown.');
    expect(matches).toEqual(['depth', 'length']);
    expect(metadata._jupyter_types_experimental[0]).toMatchObject({ text: 'depth', type: 'property', start: 9, end: 9 });
  });

  it('completes modules, paths inside strings, and in the middle of a line', async () => {
    expect((await complete('tf.truncatedN')).matches).toContain('truncatedNormal');
    expect((await complete("import { exi } from 'node:fs';", 12)).matches).toContain('existsSync');
    expect(await complete('const n = drawdown.de + 1;', 21)).toMatchObject({ matches: ['depth'], cursor_start: 19, cursor_end: 21 });
  });

  it('completes after a dot for the first name of the notebook, inside a body that is not closed, and from the middle of a word', async () => {
    expect((await complete('tf.')).matches).toContain('tensor');
    expect((await complete('tf.layers.')).matches).toContain('dense');
    expect((await complete('function f() {\n  if (x) { drawdown.')).matches).toEqual(['depth', 'length']);
    expect(await complete('tf.tensor2', 8)).toMatchObject({ cursor_start: 3, cursor_end: 8 });
  });

  it('completes names of the cell, of the notebook, of the language and of the world', async () => {
    const { matches } = await complete('function f(annual: number) { const annul = 1; ann');
    expect(matches).toEqual(['annual', 'annualise', 'annul']);
    expect((await complete('cons')).matches).toEqual(['console', 'const', 'constructor']);
    expect((await complete('let x: ReturnT')).matches).toEqual(['ReturnType']);
    expect((await complete('function g(x: Consol')).matches).toEqual(['Console', 'console']); // also a namespace
    expect((await complete('docum')).matches).toEqual([]);
  });

  it('completes modules: packages of the checkout, rooms of the library, files beside the notebook', async () => {
    const from = async (start: string, quote = "'") => (await complete(`import { x } from ${quote}${start}`)).matches;
    expect(await from('@tensorf')).toContain('@tensorflow/tfjs');
    expect(await from('lemmata/t')).toEqual(['lemmata/tensor', 'lemmata/text', 'lemmata/trade', 'lemmata/train']);
    expect(await from('node:fs')).toEqual(['node:fs', 'node:fs/promises']);
    expect(await from('./week01')).toEqual([]); // notebooks are no modules
    expect(await from('../src/n', '"')).toEqual(['nn/']);
    expect(await from('../src/kernel/gl')).toEqual(['globals.ts']);
    expect((await complete("const fs = require('node:f")).matches).toContain('node:fs');
    expect((await complete("await import('../scr")).matches).toEqual(['scripts/']);
    expect((await complete("readFileSync('../README")).matches).toEqual(['README.md']);
    expect(await complete("import { x } from '../src/n'", 27)).toMatchObject({ matches: ['nn/'], cursor_start: 26, cursor_end: 27 });
  });

  it('completes keys of objects, texts that a type lists, and names to import', async () => {
    const f = "function f(o: { unique: boolean; mode: 'aa' | 'ab' | 'b' }) {}\n";
    expect((await complete(`${f}f({ un`)).matches).toEqual(['unique']);
    expect((await complete(`${f}f({ unique: true, mode: 'a`)).matches).toEqual(['aa', 'ab']);
    expect((await complete(`${f}f({ unique: true, mode: 'a' })`, f.length + 26)).matches).toEqual(['aa', 'ab']);
    expect((await complete("import { trainingS } from 'lemmata/optim';", 18)).matches).toEqual(['trainingStep']);
  });

  it('answers in time that grows with the cell, whatever it holds', async () => {
    const seconds = async (letters: number) => {
      const start = performance.now();
      await complete(`const png = '${'m'.repeat(letters)}'; Math.ab`);
      return (performance.now() - start) / 1000;
    };
    await seconds(1000);
    expect(await seconds(200_000)).toBeLessThan(2); // 60 s when words were looked for from every letter
    expect((await complete('x'.repeat(100_000))).matches).toEqual([]);
  });

  it('counts code points, as Jupyter does', async () => {
    expect(await complete("'📈📉'; drawdown.le")).toMatchObject({ matches: ['length'], cursor_start: 15, cursor_end: 17 });
  });
});

describe('inspection', () => {
  it('shows the signature and the documentation', async () => {
    const { found, data } = await inspect('annualise', 4);
    expect(found).toBe(true);
    expect(data['text/plain']).toBe(
      'function annualise(daily: number, days?: number): number\n\nAnnualises a daily return.\n\n*@param* `daily` as a fraction: `0.00015` is 0.015 %',
    );
    expect(data['text/markdown']).toMatch(/^```typescript\nfunction annualise/);
  });

  it('explains the called function when the cursor is among its arguments', async () => {
    expect((await inspect('annualise(')).data['text/plain']).toMatch(/^function annualise\(daily: number/);
    expect((await inspect('tf.matMul(1, ')).data['text/plain']).toContain('Computes the dot product of two matrices');
  });

  it('finds nothing where there is nothing', async () => {
    expect(await inspect('   ', 1)).toMatchObject({ status: 'ok', found: false, data: {} });
  });
});

describe('is_complete', () => {
  it.each([
    ['const a = 1;', 'complete'],
    ['await f()', 'complete'],
    ["import * as tf from '@tensorflow/tfjs'", 'complete'],
    ['function f() {', 'incomplete'],
    ['[1,\n2,', 'incomplete'],
    ['/* open', 'incomplete'],
    ['`open', 'incomplete'],
    ['if (x) {\n  f();', 'incomplete'],
    ['const = 3;', 'invalid'],
    ['f())', 'invalid'],
  ])('%j is %s', async (code, status) => {
    expect((await kernel.request('is_complete_request', { code })).status).toBe(status);
  });

  it('indents after an open bracket', async () => {
    expect((await kernel.request('is_complete_request', { code: '  for (;;) {' })).indent).toBe('    ');
  });
});

describe('other requests', () => {
  it('say what the kernel is', async () => {
    const info = await kernel.request('kernel_info_request', {});
    expect(info).toMatchObject({ status: 'ok', implementation: 'lemmata', language_info: { name: 'typescript', file_extension: '.ts' } });
    expect(info.protocol_version).toMatch(/^5\./);
  });

  it('remember the cells', async () => {
    await kernel.run('40 + 2');
    const { history } = await kernel.request('history_request', { hist_access_type: 'tail', n: 1, output: true, raw: true });
    expect(history).toEqual([[1, expect.any(Number), ['40 + 2', '42']]]);
    const search = await kernel.request('history_request', { hist_access_type: 'search', pattern: '*annualise*', n: 5, output: false });
    expect(search.history).toHaveLength(1);
  });

  it('know no comm targets until a cell names one', async () => {
    expect(await kernel.request('comm_info_request', {})).toEqual({ status: 'ok', comms: {} });
    const { id } = kernel.send('comm_open', { comm_id: 'c1', target_name: 'jupyter.widget', data: {} });
    const { content } = await kernel.waitFor(({ header, parent }) => header.msg_type === 'comm_close' && parent.msg_id === id);
    expect(content).toEqual({ comm_id: 'c1', data: {} });
  });
});
