import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOf, type Kernel, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.run("import * as tslab from 'tslab'; const show = (globalThis as any)[Symbol.for('lemmata.display')];");
});
afterAll(() => kernel.stop());

const outputs = async (code: string) => (await kernel.run(code)).outputs;

describe('a display', () => {
  it('carries every form in one output', async () => {
    const bundle = { 'application/vnd.vegalite.v5+json': { mark: 'line' }, 'image/svg+xml': '<svg/>', 'text/plain': 'a line' };
    expect(await outputs(`show(${JSON.stringify(bundle)})`)).toEqual([
      { type: 'display_data', content: { data: bundle, metadata: {}, transient: {} } },
    ]);
  });

  it('is updated in place under its id', async () => {
    const shown = await outputs("for (const step of [1, 2, 3]) show({ 'text/plain': 'step ' + step }, { update: 'bar' });");
    expect(shown.map(({ type }) => type)).toEqual(['display_data', 'update_display_data', 'update_display_data']);
    expect(shown.map(({ content }) => content.transient.display_id)).toEqual(['bar', 'bar', 'bar']);
    expect(shown[2].content.data).toEqual({ 'text/plain': 'step 3' });
  });

  it('arrives while the cell still runs', async () => {
    const cell = kernel.start("show({ 'text/plain': 'first' }); await new Promise((resolve) => setTimeout(resolve, 300));");
    const display = await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'display_data');
    const isIdle = () => kernel.published.some((m) => isOf(m, cell.id) && m.content.execution_state === 'idle');
    expect(display.content.data['text/plain']).toBe('first');
    expect(isIdle()).toBe(false);
    await cell.result;
    expect(isIdle()).toBe(true);
  });

  it("works through tslab's functions, also those that overwrite themselves in a later cell", async () => {
    const shown = await outputs(
      "tslab.display.html('<b>x</b>'); tslab.display.png(new Uint8Array([1, 2, 3])); const live = tslab.newDisplay(); live.markdown('*a*');",
    );
    expect(shown.map(({ content }) => content.data)).toEqual([
      { 'text/html': '<b>x</b>' },
      { 'image/png': 'AQID' },
      { 'text/markdown': '*a*' },
    ]);
    const [update] = await outputs("live.markdown('*b*');");
    expect(update).toMatchObject({ type: 'update_display_data', content: { data: { 'text/markdown': '*b*' } } });
    expect(update.content.transient).toEqual(shown[2].content.transient);
  });

  it('is cleared on request', async () => {
    const shown = await outputs("import { clearOutput } from 'lemmata/kernel'; clearOutput({ wait: true });");
    expect(shown).toEqual([{ type: 'clear_output', content: { wait: true } }]);
  });
});

describe('the value of the last expression', () => {
  const data = async (code: string) => (await outputs(code)).find(({ type }) => type === 'execute_result')?.content.data;

  it('shows rows and data frames as a table in HTML and text', async () => {
    const rows = await data("[{ asset: 'SPY', beta: 1 }, { asset: 'KO', beta: 0.55 }]");
    expect(rows['text/plain'].split('\n').map((line: string) => line.split(/\s+/))).toEqual([
      ['asset', 'beta'],
      expect.anything(),
      ['SPY', '1'],
      ['KO', expect.stringMatching(/^0\.55/)],
    ]);
    expect(rows['text/html']).toMatch(/<table>.*SPY.*<\/table>/s);
    const frame = await data("import { DataFrame } from 'danfojs-node'; new DataFrame([[1, 'a'], [2, 'b']], { columns: ['n', 's'] })");
    expect(frame['text/html']).toMatch(/<th[^>]*>n<\/th>.*<td[^>]*>b<\/td>/s);
    expect(frame['text/plain']).toMatch(/^n +s\n/);
  });

  it("is what a value's own toMime or Jupyter.display says, also asynchronously", async () => {
    expect(await data("({ toMime: () => ({ 'text/plain': 'p', 'text/latex': '$x$' }) })")).toEqual({
      'text/plain': 'p',
      'text/latex': '$x$',
    });
    expect(await data("({ [Symbol.for('Jupyter.display')]: async () => ({ 'text/plain': 'q' }) })")).toEqual({ 'text/plain': 'q' });
  });

  it('is inspected otherwise; a tensor shows its values; undefined and statements show nothing', async () => {
    expect(await data("new Map([['a', { b: [1, 2] }]])")).toEqual({ 'text/plain': "Map(1) { 'a' => { b: [ 1, 2 ] } }" });
    expect(await data("import * as tf from '@tensorflow/tfjs'; tf.tensor([1, 2])")).toEqual({ 'text/plain': 'Tensor\n    [1, 2]' });
    expect(await outputs('undefined')).toEqual([]);
    expect(await outputs('const x = 1;')).toEqual([]);
  });

  it('reports a value that cannot show itself as an error of the cell', async () => {
    const { reply } = await kernel.run("({ toMime() { throw new Error('no form'); } })");
    expect(reply).toMatchObject({ status: 'error', evalue: 'no form' });
  });
});

describe('input', () => {
  it('asks the front end and waits for the answer', async () => {
    const asked: unknown[] = [];
    kernel.onInput = (prompt, password) => {
      asked.push([prompt, password]);
      return password ? 'secret' : 'Ada';
    };
    expect((await kernel.run("const who = await input('name? '); const key = await password('key? '); who + ' ' + key")).text).toBe(
      "'Ada secret'",
    );
    expect(asked).toEqual([
      ['name? ', false],
      ['key? ', true],
    ]);
  });

  it('is an error where nobody can answer', async () => {
    const { reply } = await kernel.run('await input()', { allow_stdin: false });
    expect(reply.evalue).toBe(
      'input: nobody is there to answer; run this cell in a notebook, or set the value in the code instead of asking for it',
    );
  });
});
