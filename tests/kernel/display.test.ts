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
    const shown = await outputs(
      "for (const step of [1, 2, 3]) { show({ 'text/plain': 'step ' + step }, { update: 'bar' }); await new Promise((next) => setTimeout(next, 100)); }",
    );
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

  it('takes a JSON type as an object or as text, and says when the text is no JSON', async () => {
    const spec = { mark: 'bar' };
    const mime = 'application/vnd.vegalite.v5+json';
    for (const content of [JSON.stringify(spec), `JSON.stringify(${JSON.stringify(spec)})`])
      expect((await outputs(`tslab.display.raw('${mime}', ${content})`))[0].content.data).toEqual({ [mime]: spec });
    const { reply } = await kernel.run("tslab.display.raw('application/json', '{')");
    expect(reply.evalue).toMatch(
      /^display: application\/json carries text that is no JSON \(.*\); give an object or JSON\.stringify\(object\)$/,
    );
  });

  it("shows a formula of KaTeX once: its MathML, unless the output brings KaTeX's style sheet", async () => {
    const html = async (code: string) =>
      (await outputs(`import katex from 'katex'; tslab.display.html(${code})`))[0].content.data['text/html'];
    const shown = await html("'<p>' + katex.renderToString('x^2') + ' and ' + katex.renderToString('y', { displayMode: true }) + '</p>'");
    expect(shown).not.toContain('katex-html');
    expect(shown.match(/<math /g)).toHaveLength(2);
    expect(shown.match(/<span/g)!.length).toBe(shown.match(/<\/span>/g)!.length);
    expect(shown).toMatch(/^<p><span class="katex">.* and .*<\/p>$/s);
    expect(await html('\'<link rel="stylesheet" href="katex.min.css">\' + katex.renderToString(\'x^2\')')).toContain('katex-html');
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
    expect(frame['text/plain']).toMatch(/^ +n +s\n/);
  });

  it('shows danfojs frames and series as pandas does: labels, both ends of a long one, the size, and an empty one by its columns', async () => {
    const made = 'const df = new DataFrame({ A: [1, 2, 3], C: [1.5, 2, 3.25] });';
    const lines = async (code: string) => {
      const forms = await data(code);
      expect(forms['text/html']).toMatch(/^<table>.*<\/table><p>.*<\/p>$/s);
      return forms['text/plain'].split('\n').map((line: string) => line.trim().split(/\s+/).join(' '));
    };
    expect(await lines(`${made} df.describe()`)).toEqual([
      'A C',
      expect.anything(),
      'count 3 3',
      'mean 2 2.250',
      'std 1 0.9014', // of 1.5, 2, 3.25: √(((0.75)² + (0.25)² + 1²) / 2) = √0.8125
      'min 1 1.500',
      'median 2 2',
      'max 3 3.250',
      'variance 1 0.8125',
      '7 rows × 2 columns',
    ]);
    expect(await lines("df['A']")).toEqual(['A', expect.anything(), '0 1', '1 2', '2 3', 'Series, 3 rows, int32']);
    expect(await lines("df.setIndex({ column: 'A' })")).toContain('3 3 3.250');
    expect(await lines("df.query(df.column('A').gt(100))")).toEqual(['A C', expect.anything(), '0 rows × 2 columns']);
    const long = await lines('new DataFrame({ n: Array.from({ length: 1000 }, (_, i) => i) })');
    expect(long.slice(2)).toEqual([
      '0 0',
      '1 1',
      '2 2',
      '3 3',
      '4 4',
      '… …',
      ...[995, 996, 997, 998, 999].map((i) => `${i} ${i}`),
      '1,000 rows × 1 column',
    ]);
  });

  it("draws danfojs' plots with Vega-Lite, and a bare specification as its chart", async () => {
    const chart = async (code: string) => (await outputs(code))[0].content.data['application/vnd.vegalite.v5+json'];
    const line = await chart(
      "df.plot('any').line({ config: { columns: ['C'] }, layout: { title: 'Prices', yaxis: { title: 'C ($)' } } });",
    );
    expect(line).toMatchObject({ title: 'Prices', mark: { type: 'line' }, encoding: { y: { title: 'C ($)' }, x: { title: 'index' } } });
    expect(line.data.values.map(({ x, y }: { x: number; y: number }) => [x, y])).toEqual([
      [0, 1.5],
      [1, 2],
      [2, 3.25],
    ]);
    for (const kind of ['bar', 'scatter', 'hist', 'box', 'violin'])
      expect(await chart(`df.plot('any').${kind}({ config: { columns: ['A', 'C'] } });`), kind).toHaveProperty('mark');
    expect(await chart("df.plot('any').pie({ config: { labels: 'A', values: 'C' } });")).toHaveProperty('mark.type', 'arc');
    expect((await kernel.run("df.plot('any').line({ config: { columns: ['Z'] } })")).reply.evalue).toBe(
      "plot: there is no column 'Z'; the columns are A, C",
    );
    const spec = { data: { values: [{ a: 1 }] }, mark: 'bar', encoding: { x: { field: 'a' } } };
    const bare = await data(`(${JSON.stringify({ ...spec, $schema: 'https://vega.github.io/schema/vega-lite/v6.json' })})`);
    expect(bare).toEqual({
      'application/vnd.vegalite.v5+json': { ...spec, $schema: 'https://vega.github.io/schema/vega-lite/v5.json' },
      'text/plain': '[chart]',
    });
    expect(await data(`(${JSON.stringify(spec)})`)).toEqual(bare);
    expect(await data("({ data: 1, mark: 'x' })")).toEqual({ 'text/plain': "{ data: 1, mark: 'x' }" });
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
