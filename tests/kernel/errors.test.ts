import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOf, type Kernel, sleep, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

describe('a failing cell', () => {
  it("sends one error message whose traceback shows the cell's own TypeScript line", async () => {
    const { reply, outputs, traceback } = await kernel.run(
      ['interface Position { size: number }', '', '// a comment', 'const positions: Position[] = [];', 'positions[0]!.size;'].join('\n'),
    );
    const cell = `In[${reply.execution_count}]`;
    expect(outputs.map(({ type }) => type)).toEqual(['error']);
    expect(reply).toMatchObject({ status: 'error', ename: 'TypeError', evalue: "Cannot read properties of undefined (reading 'size')" });
    expect(traceback).toBe(
      [
        "TypeError: Cannot read properties of undefined (reading 'size')",
        `    at ${cell}:5:15`,
        '',
        '  3 │ // a comment',
        '  4 │ const positions: Position[] = [];',
        '> 5 │ positions[0]!.size;',
        '    │               ^',
      ].join('\n'),
    );
  });

  it('names every cell on the stack, and no frame of the kernel', async () => {
    const { reply } = await kernel.run(
      'function risky(x: number): number {\n  if (x < 0)\n    throw new RangeError("x is " + x);\n  return x;\n}',
    );
    const { traceback } = await kernel.run('const call = () => risky(-1);\ncall();');
    const n = reply.execution_count;
    expect(traceback.split('\n').slice(0, 4)).toEqual([
      'RangeError: x is -1',
      `    at risky (In[${n}]:3:11)`,
      `    at call (In[${n + 1}]:1:20)`,
      `    at In[${n + 1}]:2:1`,
    ]);
    expect(traceback).toContain('> 3 │     throw new RangeError');
  });

  it('shows the cause, a thrown value that is no error, and a rejected await', async () => {
    expect((await kernel.run("throw new Error('outer', { cause: new Error('inner') })")).traceback).toContain('[cause]: Error: inner');
    expect((await kernel.run("throw 'bare'")).reply).toMatchObject({ ename: 'Thrown', evalue: "'bare'" });
    expect((await kernel.run("await (async () => { throw new TypeError('later') })()")).reply).toMatchObject({
      ename: 'TypeError',
      evalue: 'later',
    });
  });

  it('maps frames of the library to its TypeScript source', async () => {
    const { traceback } = await kernel.run("import { table } from 'lemmata/report';\ntable([]);");
    expect(traceback).toMatch(/^Error: table: .*\n {4}at .*src\/base\/table\.ts:\d+:\d+\)\n(.*\n)* {4}at In\[\d+\]:2:1/);
  });
});

describe('cells queued behind a failing one', () => {
  it('are told that they were aborted, when the sender asked to stop', async () => {
    // It fails late enough for the other to be in the queue by then, however busy the machine is.
    const failing = kernel.start("await new Promise((resolve) => setTimeout(resolve, 500)); throw new Error('first')");
    const queued = kernel.start("'second'");
    expect((await failing.result).reply.status).toBe('error');
    expect((await queued.result).reply.status).toBe('aborted');
  });

  it('run at once otherwise, and always when sent after the failure', async () => {
    const failing = kernel.start("throw new Error('first')", { stop_on_error: false });
    const queued = kernel.start("'second'");
    expect((await failing.result).reply.status).toBe('error');
    expect((await queued.result).text).toBe("'second'");
    await kernel.run("throw new Error('third')");
    expect((await kernel.run("'sent 0 ms later'")).text).toBe("'sent 0 ms later'");
  });
});

describe('what nothing caught', () => {
  it('makes its cell fail while that runs', async () => {
    const { reply, outputs } = await kernel.run("Promise.reject(new Error('nobody awaits me'));\n'value'");
    expect(reply).toMatchObject({ status: 'error', evalue: 'nobody awaits me' });
    expect(outputs.map(({ type }) => type)).toEqual(['error']);
  });

  it('is reported in the cell that caused it, after other cells ran, and the kernel lives on', async () => {
    const rejecting = kernel.start("setTimeout(() => { Promise.reject(new Error('late rejection')); }, 150);");
    const throwing = kernel.start("setTimeout(() => { throw new Error('late throw'); }, 150);");
    await Promise.all([rejecting.result, throwing.result]);
    expect((await kernel.run("'between'")).text).toBe("'between'");
    for (const [{ id }, message] of [
      [rejecting, 'late rejection'],
      [throwing, 'late throw'],
    ] as const) {
      const error = await kernel.waitFor((m) => isOf(m, id) && m.header.msg_type === 'error');
      expect(error.content.evalue).toBe(message);
    }
    expect((await kernel.run('1 + 1')).text).toBe('2');
  });

  it('does not end the process, nor does process.exit', async () => {
    expect((await kernel.run('process.exit(1)')).reply.evalue).toMatch(/would end the kernel/);
    expect((await kernel.run('2 + 1')).text).toBe('3');
  });
});

describe('prints', () => {
  it('go to the cell that caused them, also from timers while another cell runs', async () => {
    const first = kernel.start("setTimeout(() => console.log('from the first'), 100);");
    await first.result;
    const second = await kernel.run("await new Promise((resolve) => setTimeout(resolve, 200)); console.log('from the second');");
    await sleep(50);
    expect(second.stdout).toBe('from the second\n');
    expect(kernel.resultOf(first.id).stdout).toBe('from the first\n');
  });

  it('keep the order of streams and values, and tables are drawn', async () => {
    const { outputs } = await kernel.run(
      "console.log('a', { b: [1] }); console.error('b'); console.table([{ x: 1 }]); process.stdout.write(new Uint8Array([0xc3]));process.stdout.write(new Uint8Array([0xa9]));",
    );
    expect(outputs.filter(({ type }) => type === 'stream').map(({ content }) => [content.name, content.text])).toEqual([
      ['stdout', 'a { b: [ 1 ] }\n'],
      ['stderr', 'b\n'],
      ['stdout', '┌─────────┬───┐\n│ (index) │ x │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘\né'],
    ]);
  });
});
