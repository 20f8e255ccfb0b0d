import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandMagics } from '../../src/kernel/magics/magics.js';
import { isOf, type Kernel, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

describe('a magic', () => {
  it('runs a command beside TypeScript, streams what it prints, and leaves a ! of TypeScript alone', async () => {
    const { stdout, stderr, text } = await kernel.run('const one = 1;\n!echo "it\'s $((1 + one))" `echo two`; echo bad >&2\none + 1');
    expect([stdout, stderr, text]).toEqual(["it's 1 two\n", 'bad\n', '2']);
    expect((await kernel.run('const ready = false;\n!ready && 7')).text).toBe('7');
    expect((await kernel.run('!ready && 8')).text).toBe('8');
    expect((await kernel.run('const text = `\n!echo no\n%time\n`; text')).text).toBe("'\\n!echo no\\n%time\\n'");
    expect((await kernel.run('const rest = 7\n  % 4; rest')).text).toBe('3');
  });

  it('leaves to TypeScript every ! and % that is its own', async () => {
    for (const [code, text] of [
      ['!Number.isFinite(1)', 'false'],
      ['!process.env.NO_SUCH_KEY && 4', '4'],
      ["const s = 'abc';\n!/^a/.test(s) || 5", '5'],
      ['const a = 1, done = false;\n!done && a', '1'],
      ["import {\n  existsSync,\n} from 'node:fs';\n!existsSync('/no/such') && 6", '6'],
      ['enum Side { Buy }\n!Side && 7', 'false'],
      ['const total = 9;\nconst count = 4;\nconst left = total\n  %count;\nleft', '1'],
    ])
      expect((await kernel.run(code)).text, code).toBe(text);
    expect((await kernel.run('const text = `a\nexport {};\nb`; text.length')).text).toBe('14');
    expect((await kernel.run('\n\n%%time\nconst n: number = 1;\nnull!.x')).traceback).toMatch(/:5:/);
  });

  it('is found among thousands of lines in a moment', () => {
    const lines = Array.from({ length: 2000 }, (_, i) => `const line${i} = ${i};\n!echo ${i}\n!line${i} && 1`);
    const from = performance.now();
    const typescript = expandMagics(lines.join('\n'), () => false).split('\n');
    expect(performance.now() - from).toBeLessThan(8000); // parsing all lines above each would take minutes
    expect(typescript.slice(-2)).toEqual(['await (await import(\'lemmata/kernel\')).shell("echo 1999");', '!line1999 && 1']);
  });

  it('stands below an await at the top, whose name is no word of its own', () => {
    expect(expandMagics('const wait = null;\nawait wait\n!ls', () => false)).toMatch(/shell\("ls"\);$/);
  });

  it('asks what a name is: the answer is a page, which front ends show', async () => {
    const { reply, outputs } = await kernel.run('Math.max?');
    expect(reply).toMatchObject({ status: 'ok', payload: [{ source: 'page', start: 0 }] });
    expect(reply.payload[0].data['text/plain']).toMatch(/^\(method\) max\(\.\.\.values: number\[\]\): number\n\nReturns the larger/);
    expect(outputs).toEqual([]);
    expect((await kernel.run('?nobody')).reply).toMatchObject({ status: 'error', evalue: expect.stringContaining('there is no nobody') });
    expect(await kernel.request('is_complete_request', { code: 'Math.max?' })).toMatchObject({ status: 'complete' });
  });

  it('fails the cell when the command fails, with its status', async () => {
    const { reply } = await kernel.run('!exit 3');
    expect(reply).toMatchObject({ status: 'error', evalue: 'the command ended with status 3: exit 3' });
  });

  it('ends a command and what it started when the cell is interrupted', async () => {
    const cell = kernel.start('%%bash\nsleep 600 & echo $!\nwait');
    const printed = await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'stream');
    await kernel.interrupt();
    expect((await cell.result).reply.status).toBe('error');
    const started = Number(printed.content.text);
    const isThere = () => {
      try {
        return process.kill(started, 0);
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && isThere(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isThere()).toBe(false);
  });

  it('gives the whole cell to bash or to the page', async () => {
    expect((await kernel.run('%%bash\nfor i in 1 2; do\n  echo "$i"\ndone')).stdout).toBe('1\n2\n');
    const { outputs } = await kernel.run('%%html\n<b>`$` \\ "bold"</b>');
    expect(outputs[0].content.data).toEqual({ 'text/html': '<b>`$` \\ "bold"</b>' });
  });

  it('measures an expression, whose value it shows, and a whole cell, whose names stay', async () => {
    const one = await kernel.run('%time [1, 2].map((x) => 2 * x)');
    expect([one.text, one.stdout]).toEqual([
      '[ 2, 4 ]',
      expect.stringMatching(/^[\d.]+ m?s on the clock, [\d.]+ m?s of processor time\n$/),
    ]);
    const all = await kernel.run('%%time\nconst kept = 5;\nkept');
    expect([all.text, all.stdout]).toEqual(['5', expect.stringMatching(/on the clock/)]);
    expect((await kernel.run('kept')).text).toBe('5');
  });

  it('takes parameters as statements of TypeScript, and keeps its lines', async () => {
    const code = '%%parameters\nlabel = `\n  seed = 1;\n`;\nseed = 2;\nseed = 3;';
    await kernel.run(code);
    expect((await kernel.run('[label, seed]')).text).toBe("[ '\\n  seed = 1;\\n', 3 ]");
    await kernel.run('const parameters = { seed: 1 };');
    await kernel.run('%%parameters\nseed = 5;');
    expect((await kernel.run('parameters.seed')).text).toBe('5');
    expect((await kernel.run('%%parameters\n// twice\nsead = 5;')).traceback).toMatch(/:3:/);
  });

  it('that is unknown is an error that lists those there are', async () => {
    const { reply } = await kernel.run('%%sql\nselect 1');
    expect(reply.evalue).toMatch(/^there is no %%sql; there are\n {2}!command: .*\n {2}%time .*%%bash.*%%html/s);
    expect((await kernel.run('%timeit 1')).reply.evalue).toMatch(/^there is no %timeit/);
    expect((await kernel.run('%time')).reply.evalue).toMatch(/^%time takes an expression/);
  });

  it('hides nothing of the TypeScript beside it from completion', async () => {
    const code = '!ls\nconst list = [1];\nlist.fla';
    const content = await kernel.request('complete_request', { code, cursor_pos: code.length });
    expect(content.matches).toContain('flatMap');
  });
});
