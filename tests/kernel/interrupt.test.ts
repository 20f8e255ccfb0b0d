import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOf, type Kernel, sleep, startKernel } from './client.js';

let kernel: Kernel;
const folder = mkdtempSync(join(tmpdir(), 'lemmata-interrupt-'));
beforeAll(async () => {
  const module = [
    'const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));',
    'export let turns = 0;',
    'export async function poll(): Promise<void> {',
    '  while (true) {',
    '    await pause(20);',
    '    turns++;',
    '  }',
    '}',
    'export async function fail(): Promise<void> {',
    "  for (const x of [1]) if (await x) throw new Error('failed');",
    '}',
  ];
  writeFileSync(join(folder, 'polling.ts'), module.join('\n'));
  writeFileSync(join(folder, 'sides.ts'), `enum Side { Buy }\n${module.slice(0, 8).join('\n').replace('poll', 'sides')}`);
  writeFileSync(
    join(folder, 'slow.ts'),
    `${module.join('\n')}\nfor (let i = 0; i < 40; i++) await pause(20);\nexport const slow = 'loaded';`,
  );
  kernel = await startKernel({ directory: folder });
  await kernel.run('const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)); let turns = 0;');
});
afterAll(async () => {
  await kernel.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the cell, interrupts it once it runs, and says how long the prompt took to come back. */
async function interrupted(code: string): Promise<{ ms: number; traceback: string; ename: string }> {
  const cell = kernel.start(code);
  await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'execute_input');
  await sleep(200);
  const start = performance.now();
  await kernel.interrupt();
  const { reply, traceback } = await cell.result;
  return { ms: performance.now() - start, traceback, ename: reply.ename };
}

describe('interrupt', () => {
  it.each([
    ['an endless loop', 'while (true) {}'],
    ['an endless loop after an await', 'await pause(10); for (;;) {}'],
    ['a loop of awaits that never lets timers run', 'while (true) await null;'],
    ['a pending await', 'await new Promise(() => {});'],
    ['a value that never shows', '({ toMime: () => new Promise(() => {}) })'],
    ['an async loop', 'while (true) { await pause(20); turns++; }'],
    [
      'a for-await loop over a generator',
      'async function* ticks() { while (true) { await pause(20); yield 1; } }\nfor await (const tick of ticks()) turns += tick;',
    ],
    ['a long loop that calls a function', 'for (let i = 0; i < 1e12; i++) turns += Math.sqrt(i);'],
  ])('stops %s within 300 ms', async (_, code) => {
    const { ms, ename } = await interrupted(code);
    expect(ename).toBe('Interrupted');
    expect(ms).toBeLessThan(300);
    expect((await kernel.run('1 + 1')).text).toBe('2');
  });

  it.each([
    ['recursion', 'const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)); fib(80);'],
    ['recursion after an await', 'await pause(10); fib(80);'],
    ["code of others: a regular expression's backtracking", "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
  ])('breaks off %s, which has no safe point, within 1.5 s', async (_, code) => {
    const { ms, ename } = await interrupted(code);
    expect(ename).toBe('Interrupted');
    expect(ms).toBeLessThan(1500);
    expect((await kernel.run('1 + 1')).text).toBe('2');
  });

  it('shows the line where the cell stood', async () => {
    const { traceback } = await interrupted('let waiting = true;\nwhile (waiting) {\n  await pause(20);\n}');
    expect(traceback).toMatch(/^Interrupted: the cell was interrupted\n {4}at In\[\d+\]:[23]:/);
    expect(traceback).toMatch(/> [23] │/);
  });

  it('lets the statement that waits for a step finish, so the state is whole', async () => {
    const code = [
      'let state = { step: 0, live: true };',
      'const train = async (s: typeof state) => { if (!s.live) throw new Error("donated"); s.live = false; await pause(300); return { step: s.step + 1, live: true }; };',
      'const inFlight = (globalThis as any)[Symbol.for("lemmata.inFlight")] as (change: 1 | -1) => void;',
      'const step = async (s: typeof state) => { inFlight(1); try { return await train(s); } finally { inFlight(-1); } };',
      'while (true) state = await step(state);',
    ].join('\n');
    const { ms } = await interrupted(code);
    expect(ms).toBeLessThan(500); // one step and 200 ms
    expect((await kernel.run('(await step(state)).live && state.step > 0')).text).toBe('true');
  });

  it('silences an interrupted loop: nothing is printed into later cells', async () => {
    const cell = kernel.start("while (true) { await pause(20); console.log('tick'); }");
    await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'stream');
    await kernel.interrupt();
    await cell.result;
    const printed = kernel.resultOf(cell.id).stdout;
    expect((await kernel.run('await pause(200);')).stdout).toBe('');
    expect(kernel.resultOf(cell.id).stdout).toBe(printed);
  });

  it('aborts the signal that library loops obey; the next cell has a fresh one', async () => {
    await kernel.run(
      "const signal = () => (globalThis as any)[Symbol.for('lemmata.abort')] as AbortSignal;\nlet seen: AbortSignal | undefined;",
    );
    const { ename } = await interrupted(
      "seen = signal();\nawait new Promise((_, reject) => signal().addEventListener('abort', () => reject(signal().reason)));",
    );
    expect(ename).toBe('Interrupted');
    expect((await kernel.run('[seen!.aborted, signal().aborted]')).text).toBe('[ true, false ]');
  });

  it('aborts also what an earlier cell left running', async () => {
    await kernel.run(
      'let background = 0;\n(async () => { const mine = signal(); while (!mine.aborted) { await pause(10); background++; } })();',
    );
    await kernel.interrupt();
    await sleep(50);
    const { text } = await kernel.run('const before = background; await pause(100); background - before');
    expect(text).toBe('0');
  });

  it('lets finally and catch tidy up, loops and awaits too', async () => {
    await interrupted(
      'let tidied = 0;\ntry { while (true) await pause(5); } finally { for (const one of [1, 2]) { await pause(1); tidied += one; } }',
    );
    expect((await kernel.run('tidied')).text).toBe('3');
    await interrupted(
      'let saved = 0;\ntry { while (true) await pause(5); } catch { for (const x of [1, 2, 3]) saved += Math.abs(x); throw new Error("stopped"); }',
    );
    expect((await kernel.run('saved')).text).toBe('6');
  });

  it('runs finally blocks and keeps what was assigned', async () => {
    await interrupted('let closed = false; let count = 0;\ntry { while (true) { count++; await pause(5); } } finally { closed = true; }');
    expect((await kernel.run('closed && count > 10')).text).toBe('true');
  });

  it.each([
    ['an interval', "setInterval(() => console.log('tick'), 50);"],
    ['a chain of timeouts', "const chain = () => { console.log('tick'); setTimeout(chain, 50); }; chain();"],
    ['a chain of immediates', "const storm = () => { setImmediate(storm); }; storm(); setInterval(() => console.log('tick'), 50);"],
  ])('ends the timers that a cell left behind: %s', async (_, code) => {
    const cell = kernel.start(code);
    await cell.result;
    await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'stream');
    await kernel.interrupt();
    await sleep(150);
    const printed = kernel.resultOf(cell.id).stdout;
    await sleep(300);
    expect(kernel.resultOf(cell.id).stdout).toBe(printed);
  });

  it.each([
    ['that the cell waits for', "import { execSync } from 'node:child_process'; execSync('sleep 30; echo never', { stdio: 'inherit' });"],
    ['that it talks with', "import { exec } from 'node:child_process'; await new Promise((done) => exec('sleep 30', done));"],
  ])('ends a program %s', async (_, code) => {
    const { ms, ename } = await interrupted(code);
    expect(ename).toBe('Interrupted');
    expect(ms).toBeLessThan(1500);
  });

  it.each([
    ['prints lines', "while (true) console.log('spam line number with some length to it');"],
    ['prints megabytes', "while (true) process.stdout.write('y'.repeat(1_000_000));"],
    [
      'updates a display',
      "const show = (globalThis as any)[Symbol.for('lemmata.display')]; while (true) show({ 'text/plain': 'x' }, { update: 'live' });",
    ],
  ])('stops a cell that %s without end', async (_, code) => {
    const { ms, ename } = await interrupted(code);
    expect(ename).toBe('Interrupted');
    expect(ms).toBeLessThan(1500);
  });

  it('answers control, heartbeat and completion while a cell blocks the main thread', async () => {
    const cell = kernel.start('while (true) {}');
    await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'execute_input');
    await kernel.heartbeat.send('beat');
    expect((await kernel.heartbeat.receive()).toString()).toBe('beat');
    const { matches } = await kernel.request('complete_request', { code: 'tur', cursor_pos: 3 });
    expect(matches).toContain('turns');
    await kernel.interrupt();
    expect((await cell.result).reply.ename).toBe('Interrupted');
  });

  it.each([
    ['polling', 'poll'],
    ['sides', 'sides'],
  ])('ends a loop that waits in an imported module, %s.ts', async (module, name) => {
    await kernel.run(`import * as ${module} from './${module}';`);
    const { ms, ename } = await interrupted(`await ${module}.${name}();`);
    expect(ename).toBe('Interrupted');
    expect(ms).toBeLessThan(300);
    expect((await kernel.run(`const before_${module} = ${module}.turns; await pause(100); ${module}.turns - before_${module}`)).text).toBe(
      '0',
    );
  });

  it('leaves the places of a module with such a loop as they are', async () => {
    const { traceback } = await kernel.run("import { fail } from './polling';\nawait fail();");
    expect(traceback).toMatch(/polling\.ts:10:\d+/);
  });

  it('does not stop the loading of a module, which could never be loaded again', async () => {
    const { ename } = await interrupted("import { slow } from './slow';");
    expect(ename).toBe('Interrupted');
    expect((await kernel.run("import { slow as loaded } from './slow'; loaded")).text).toBe("'loaded'");
  });

  it('obeys SIGINT like the message', async () => {
    const cell = kernel.start('while (true) await pause(10);');
    await kernel.waitFor((message) => isOf(message, cell.id) && message.header.msg_type === 'execute_input');
    await sleep(200);
    process.kill(kernel.process.pid!, 'SIGINT');
    expect((await cell.result).reply.ename).toBe('Interrupted');
  });
});
