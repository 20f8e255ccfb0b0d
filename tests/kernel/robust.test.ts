import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, type Result, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.run("const kept = 'still here'; const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));");
});
afterAll(() => kernel.stop());

/** Whatever the cell did, the process and its variables live on. */
async function run(code: string): Promise<Result> {
  const result = await kernel.run(code);
  expect((await kernel.run('kept')).text).toBe("'still here'");
  return result;
}

describe('an output whose forms are no JSON', () => {
  const bundle = (form: string) => `({ toMime: () => ({ 'application/json': ${form}, 'text/plain': 'p' }) })`;

  it('carries whole numbers of any size, typed arrays, dates and bytes', async () => {
    const { outputs } = await run(
      "({ 'application/json': { n: 3n, huge: 2n ** 70n, x: new Float32Array([1, 2.5]), at: new Date(0), none: undefined }, 'image/png': new Uint8Array([1, 2, 3]), 'text/plain': 'p' })",
    );
    expect(outputs[0].content.data).toEqual({
      'application/json': { n: 3, huge: '1180591620717411303424', x: [1, 2.5], at: '1970-01-01T00:00:00.000Z' },
      'image/png': 'AQID',
      'text/plain': 'p',
    });
  });

  it.each([
    ['a function', bundle('{ f: [() => 1] }'), 'application/json.f[0] is a function, which is no data'],
    ['a symbol', bundle("{ s: Symbol('s') }"), 'application/json.s is a symbol, which is no data'],
    ['a cycle', `const loop: any = { a: [] }; loop.a.push(loop);\n${bundle('loop')}`, 'application/json.a[0] holds itself'],
    ['a map', bundle('new Map()'), 'application/json is a Map, which JSON does not know'],
    ['a getter that throws', bundle("{ get x() { throw new Error('no x'); } }"), 'no x'],
    ['a revoked proxy', `const { proxy, revoke } = Proxy.revocable({}, {}); revoke();\n${bundle('proxy')}`, 'proxy that has been revoked'],
    ['too deep a tree', `let deep: any = 1; for (let i = 0; i < 1e5; i++) deep = { deep };\n${bundle('deep')}`, 'nested too deeply'],
    ['a text that is none', "({ toMime: () => ({ 'text/html': {} }) })", 'the form text/html of an output is text, but this is {}'],
    ['no form', '({ toMime: () => null })', "an object of forms by MIME type, such as { 'text/plain': '…' }, but this is null"],
    ['a form without type', '({ toMime: () => ({ a: 1 }) })', "one is called 'a'"],
  ])('is an error of the cell that names the place: %s', async (_, code, message) => {
    const { reply } = await run(code);
    expect(reply.status).toBe('error');
    expect(reply.evalue).toContain(message);
    const display = code.replace(/\(\{ toMime: \(\) => (.*) \}\)$/s, "(globalThis as any)[Symbol.for('lemmata.display')]($1)");
    expect((await run(display.replace(/^const /, 'var '))).reply.evalue).toContain(message);
  });
});

describe('what is thrown', () => {
  it.each([
    ['an error whose name is a number', "throw Object.assign(new Error('w'), { name: 5 })", '5', 'w'],
    ['an error whose message is a symbol', "throw Object.assign(new Error(), { message: Symbol('s') })", 'Error', 'Symbol(s)'],
    ['null', 'throw null', 'Thrown', 'null'],
    ['a frozen error', "throw Object.freeze(new Error('cold'))", 'Error', 'cold'],
    ['an error that causes itself', "const self: any = new Error('self'); self.cause = self; throw self", 'Error', 'self'],
    ['a proxy whose traps throw', "throw new Proxy(new Error('p'), { get() { throw new Error('trap'); } })", 'Error', 'trap'],
    ['a proxy that is revoked', 'var gone = Proxy.revocable({}, {}); gone.revoke(); throw gone.proxy', 'TypeError', 'revoked'],
    [
      'an object that cannot be shown',
      "throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('mute'); } }",
      'Thrown',
      'mute',
    ],
    ['a stack overflow', 'const down = (): number => down() + 1; down()', 'RangeError', 'Maximum call stack size exceeded'],
    ['an array too long', 'new Array(-1)', 'RangeError', 'Invalid array length'],
  ])('is a readable error: %s', async (_, code, ename, evalue) => {
    const { reply } = await run(code);
    expect(reply).toMatchObject({ status: 'error', ename });
    expect(reply.evalue).toContain(evalue);
  });

  it.each([
    ['in a timer', "setTimeout(() => { throw new Error('late'); }, 5); await pause(50);"],
    ['in an event', "import { EventEmitter } from 'node:events'; new EventEmitter().emit('error', new Error('late'));"],
    [
      'in a worker',
      "import { Worker } from 'node:worker_threads'; new Worker(\"throw new Error('late')\", { eval: true }); await pause(500);",
    ],
    ['in a promise', "Promise.reject(new Error('late')); await pause(50);"],
    [
      'when the kernel no longer listens',
      "process.removeAllListeners(); setTimeout(() => { throw new Error('late'); }, 5); await pause(50);",
    ],
  ])('%s is an error of its cell', async (_, code) => {
    expect((await run(code)).reply).toMatchObject({ status: 'error', evalue: 'late' });
  });

  it('again and again is shown twenty times', async () => {
    const { outputs, stderr } = await run(
      "const again = setInterval(() => { throw new Error('again'); }, 1); await pause(400); clearInterval(again);",
    );
    expect(outputs.filter(({ type }) => type === 'error')).toHaveLength(20);
    expect(stderr).toBe('lemmata: further errors that nothing in this cell catches are not shown\n');
  });
});

describe('a cell that attacks its process', () => {
  it.each(['process.exit(1)', 'process.abort()', 'process.kill(process.pid)', "process.kill(0, 'SIGKILL')"])(
    'is refused %s',
    async (code) => {
      expect((await run(code)).reply.evalue).toMatch(/would end the kernel and lose every variable; use Restart Kernel/);
    },
  );

  it('by breaking what JavaScript has by itself finds it mended', async () => {
    const { stderr } = await run(
      [
        'const world = globalThis as any;',
        'world.Promise = undefined; world.process = 3; delete world.setTimeout; world.JSON.stringify = null;',
        'world.Array.prototype.map = null; world.Array.prototype[Symbol.iterator] = 1; delete world.Map.prototype.get;',
        'Object.assign(Object.prototype, { get: 1, then: (f: any) => f });',
      ].join('\n'),
    );
    expect(stderr).toMatch(
      /^lemmata: the cell broke Object\.prototype\.get, .*Promise, .*Map\.prototype\.get, which the kernel needs and has put back\n$/,
    );
    expect((await run('[typeof Promise, typeof setTimeout, [1].map((x) => x + 1)[0], JSON.stringify({})]')).text).toBe(
      "[ 'function', 'function', 2, '{}' ]",
    );
  });

  it('by freezing the world keeps it usable', async () => {
    await run('Object.freeze(Object.prototype); Object.freeze(globalThis); Object.freeze(Function.prototype);');
    expect((await run('let after = 1; after += 1; after')).text).toBe('2');
  });

  it('by closing its output still prints', async () => {
    expect((await run("process.stdout.destroy(); process.stderr.end(); console.log('on')")).stdout).toBe('on\n');
  });
});

describe('a flood', () => {
  it('of text is shown up to a megabyte, and all of it kept in a file', async () => {
    const { stdout } = await run("for (let i = 0; i < 300_000; i++) console.log('line', i);");
    expect(stdout.length).toBeLessThan(1_001_000);
    const path = /All of it, until the kernel ends: (\S+)\n$/.exec(stdout)![1];
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([300_000, 'line 0', 'line 299999']);
  });

  it('of hundreds of megabytes is read as it comes', async () => {
    const { stdout } = await run("const part = 'y'.repeat(2 ** 26) + '\\n'; for (let i = 0; i < 4; i++) process.stdout.write(part);");
    expect(statSync(/ends: (\S+)\n$/.exec(stdout)![1]).size).toBe(4 * (2 ** 26 + 1));
  }, 120_000);

  it('of outputs ends with an error, of updates and clearings with the last', async () => {
    const shown = await run("import * as tslab from 'tslab'; for (let i = 0; i < 2000; i++) tslab.display.text('n');");
    expect(shown.outputs.filter(({ type }) => type === 'display_data')).toHaveLength(1000);
    expect(shown.reply.evalue).toMatch(/^a cell shows at most 1000 outputs/);
    const live = await run('const live = tslab.newDisplay(); for (let i = 0; i < 20_000; i++) live.text(String(i));');
    expect(live.outputs.length).toBeLessThan(2000);
    expect(live.outputs.at(-1)!.content.data['text/plain']).toBe('19999');
    const cleared = await run(
      "import { clearOutput } from 'lemmata/kernel'; for (let i = 0; i < 20_000; i++) { clearOutput(); console.log(i); }",
    );
    expect(cleared.outputs.length).toBeLessThan(4000);
    expect(cleared.stdout).toMatch(/\b19999\n$/);
  });

  it('of large outputs is shown up to 50 MB, and what is beyond is kept in files', async () => {
    const { outputs, reply } = await run('for (let i = 0; i < 8; i++) tslab.display.html(String(i).padEnd(10_000_000));');
    expect(reply.status).toBe('ok');
    const texts = outputs.map(({ content }) => content.data['text/plain'] as string | undefined);
    expect(outputs.filter(({ content }) => content.data['text/html'])).toHaveLength(5);
    expect(texts.slice(5)).toEqual(Array(3).fill(expect.stringMatching(/^… this output of 10\.0 MB would make over 50 MB in this cell/)));
    const path = /in (\S+-output-3\.html)$/.exec(texts[7]!)![1];
    expect(readFileSync(path, 'utf8').trimEnd()).toBe('7');
  });

  it('of keys, items or letters in a value shows a page', async () => {
    const { text } = await run("({ big: Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => ['k' + i, i])), after: 1 })");
    expect(text).toMatch(/^\{\n {2}big: \{\n {4}k0: 0,/);
    expect(text).toMatch(/k99: 99,\n\s+\.\.\. 299900 more keys\n\s*\},\n {2}after: 1\n\}$/);
    const { text: nested } = await run('Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => [1, 2, 3, 4, 5].join()))');
    expect(nested!.length).toBeLessThan(21_000);
  });

  it('in an error shows both its ends, and of a long line the part with the error', async () => {
    const thrown = await run("throw new Error('m'.repeat(1_000_000));");
    expect(thrown.traceback.length).toBeLessThan(12_000);
    expect(thrown.traceback).toMatch(/^Error: m+ … \d+ characters left out … (m|\n)[\s\S]*at In\[\d+\]:1:7/);
    const typed = await run(`const long: number = '${'x'.repeat(100_000)}'; const wrong: string = 5;`);
    expect(typed.traceback.length).toBeLessThan(3000);
    expect(typed.traceback).toMatch(/…x+'; const wrong: string = 5;\n/);
  });
});

describe('a program that a cell starts', () => {
  it.each([
    ['execSync', "import { execSync } from 'node:child_process'; execSync('echo out; echo err >&2', { stdio: 'inherit' });"],
    [
      'spawnSync',
      "import * as cp from 'node:child_process'; cp.spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: [0, 1, 'inherit'] });",
    ],
    [
      'spawn',
      "import { spawn } from 'node:child_process'; await new Promise((done) => spawn('echo out; echo err >&2', { shell: true, stdio: 'inherit' }).on('close', done));",
    ],
  ])('prints into the notebook: %s', async (_, code) => {
    const { stdout, stderr } = await run(`${code} void 0;`);
    expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
  });

  it('prints while it runs, also when the cell waits for it', async () => {
    const cell = kernel.start("execSync('echo early; sleep 1.5; echo late', { stdio: 'inherit' }); void 0;");
    const early = await kernel.waitFor(({ header, content }) => header.msg_type === 'stream' && content.text === 'early\n');
    const at = Date.parse(early.header.date);
    const { stdout } = await cell.result;
    expect(stdout).toBe('early\nlate\n');
    expect(Date.now() - at).toBeGreaterThan(500);
  });
});

describe('a cell that fills the memory', () => {
  it.each([
    ['in a loop', 'while (true) hog.push(new Array(20_000).fill(hog));'],
    ['over awaits', 'while (true) { hog.push(new Array(20_000).fill(hog)); await null; }'],
  ])(
    'is stopped before the process ends: %s',
    async (_, code) => {
      const small = await startKernel({ env: { NODE_OPTIONS: '--max-old-space-size=512' } });
      await small.run('const hog: unknown[] = [];');
      const { reply } = await small.run(code);
      expect(reply).toMatchObject({ status: 'error', ename: 'OutOfMemory' });
      expect(reply.evalue).toMatch(/^the cell was stopped with \d+ MB of objects in memory, of at most \d+ MB/);
      expect((await small.run('const parts = hog.length; hog.length = 0; parts > 100')).text).toBe('true');
      await small.stop();
    },
    60_000,
  );
});

describe('a cell that ends the process', () => {
  it('is told so, those behind it are aborted, and a fresh process goes on', async () => {
    const other = await startKernel();
    await other.run('const lost = 1;');
    const cell = other.start("'x'.repeat(2 ** 28).split('')");
    const behind = other.start('2');
    const { reply, traceback } = await cell.result;
    expect(reply).toMatchObject({ status: 'error', ename: 'KernelDied', execution_count: 2 });
    expect(reply.evalue).toMatch(
      /^the kernel's process was ended by SIG\w+ \(invalid size error 268435456\): an array of plain JavaScript holds at most 2²⁷ items; use typed arrays, or work in parts\. It was started anew: every name is gone, so run the cells above again\.$/,
    );
    expect(traceback).toContain(reply.evalue);
    expect((await behind.result).reply.status).toBe('aborted');
    other.said = ''; // V8's last words
    const { text, reply: next } = await other.run('typeof lost');
    expect([text, next.execution_count]).toEqual([undefined, 3]);
    expect(next.ename).toBe('TS2304');
    await other.stop();
  }, 60_000);

  it('or that ended before, is not silent either', async () => {
    const other = await startKernel();
    await other.run('const lost = 1;');
    const before = other.runner();
    process.kill(before, 'SIGKILL');
    await expect.poll(() => other.runner(), { timeout: 10_000 }).not.toBe(before);
    const { stderr, text } = await other.run('1 + 1');
    expect(text).toBe('2');
    expect(stderr).toMatch(/^lemmata: the kernel's process was ended by SIGKILL, as the operating system does when memory runs out/);
    await other.stop();
  }, 60_000);
});

it('goes on where a cell listens to errors and throws, or puts a clock of its own in the place of Node’s', async () => {
  await run(
    "process.on('uncaughtException', (error) => { throw error; }); setTimeout(() => { throw new Error('late'); }, 5); await pause(50);",
  );
  await run("import { mock } from 'node:test'; mock.timers.enable(); 1");
  await run('mock.timers.reset();');
});

it('takes its files with it', async () => {
  const other = await startKernel();
  const { stdout } = await other.run("process.stdout.write('y'.repeat(2e6));void 0;");
  const path = /ends: (\S+)\n$/.exec(stdout)![1];
  expect(existsSync(path)).toBe(true);
  await other.stop();
  expect(existsSync(path)).toBe(false);
});
