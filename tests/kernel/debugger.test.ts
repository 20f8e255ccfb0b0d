import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { murmur2 } from '../../src/kernel/debug/murmur2.js';
import { type Kernel, startKernel } from './client.js';

let kernel: Kernel;
let sequence = 0;
let seen = 0;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

// biome-ignore lint/suspicious/noExplicitAny: replies of the protocol
const ask = async (command: string, args: object = {}): Promise<any> => {
  const reply = await kernel.request('debug_request', { type: 'request', seq: ++sequence, command, arguments: args }, 'control');
  expect(reply, JSON.stringify(reply)).toMatchObject({ type: 'response', request_seq: sequence, command, success: true });
  return reply.body;
};

/** Waits for the next event of the debugger by this name. */
const event = async (name: string) => {
  const isNext = ({ header, content }: (typeof kernel.published)[number]) => header.msg_type === 'debug_event' && content.event === name;
  const message = await kernel.waitFor((one) => isNext(one) && kernel.published.indexOf(one) >= seen);
  seen = kernel.published.indexOf(message) + 1;
  return message.content.body;
};

const place = async () => {
  const { stackFrames } = await ask('stackTrace', { threadId: 1 });
  // biome-ignore lint/suspicious/noExplicitAny: frames of the protocol
  return stackFrames.map(({ name, line }: any) => `${name}:${line}`);
};

const variables = async () => {
  const { scopes } = await ask('scopes', { frameId: 0 });
  const shown: Record<string, string> = {};
  for (const { name, variablesReference } of scopes)
    for (const variable of (await ask('variables', { variablesReference })).variables) shown[`${name}.${variable.name}`] = variable.value;
  return shown;
};

const CODE = `interface Bar { close: number }
const bars: Bar[] = [{ close: 100 }, { close: 103 }];
function change(now: number, before: number): number {
  const ratio = now / before;

  return ratio - 1;
}
const r = change(bars[1].close, bars[0].close);
r.toFixed(2)`;

describe('the debugger', () => {
  it('names the text of a cell as JupyterLab does', async () => {
    expect(murmur2('abc', 0)).toBe(0x13577c9b); // a published value of MurmurHash2 (32 bits)
    const { tmpFilePrefix, tmpFileSuffix, hashMethod, hashSeed, isStarted } = await ask('debugInfo');
    expect([hashMethod, isStarted]).toEqual(['Murmur2', false]);
    const { sourcePath } = await ask('dumpCell', { code: CODE });
    expect(sourcePath).toBe(`${tmpFilePrefix}${murmur2(CODE, hashSeed)}${tmpFileSuffix}`);
  });

  it('stops at a breakpoint in the TypeScript of a cell, shows frames and variables, steps, and goes on', async () => {
    await ask('initialize', { clientID: 'test' });
    await event('initialized');
    await ask('attach');
    expect(await ask('inspectVariables')).toEqual({ variables: [] }); // before any cell
    const { sourcePath: path } = await ask('dumpCell', { code: CODE });
    const { breakpoints } = await ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 5 }] });
    expect(breakpoints).toMatchObject([{ verified: true, line: 6 }]); // line 5 is empty
    await ask('configurationDone');

    const cell = kernel.start(CODE);
    expect(await event('stopped')).toMatchObject({ reason: 'breakpoint', threadId: 1 });
    expect(await place()).toEqual(['change:6', 'cell:8']);
    expect(await variables()).toMatchObject({
      'Local.now': '103',
      'Local.before': '100',
      'Local.ratio': '1.03',
      'Notebook.bars': 'Array(2) [Object, Object]',
    });
    expect((await ask('evaluate', { expression: 'bars.length * (now as number)', frameId: 0 })).result).toBe('206');
    expect((await ask('debugInfo')).stoppedThreads).toEqual([1]);

    await ask('stepOut', { threadId: 1 });
    expect(await event('stopped')).toMatchObject({ reason: 'step' });
    expect(await place()).toEqual(['cell:8']);
    await ask('next', { threadId: 1 });
    await event('stopped');
    expect(await place()).toEqual(['cell:9']);
    await ask('continue', { threadId: 1 });
    expect((await cell.result).text).toBe("'0.03'");
  });

  it('stops in a function of an older cell when a newer one calls it', async () => {
    const cell = kernel.start('change(2, 1)');
    await event('stopped');
    expect(await place()).toEqual(['change:6', 'cell:1']);
    await ask('continue', { threadId: 1 });
    expect((await cell.result).text).toBe('1');
  });

  it('gives a stopped cell back to an interrupt, though it would stop at the next turn', async () => {
    const cell = kernel.start('for (;;) change(2, 1);');
    await event('stopped');
    await kernel.interrupt();
    expect((await cell.result).reply.status).toBe('error');
    const path = (await ask('dumpCell', { code: CODE })).sourcePath;
    await ask('setBreakpoints', { source: { path }, breakpoints: [] });
  });

  it('stops where an error is thrown when asked to', async () => {
    await ask('setExceptionBreakpoints', { filters: ['all'] });
    const cell = kernel.start('const none = undefined as unknown as string;\nnone.length');
    expect(await event('stopped')).toMatchObject({ reason: 'exception' });
    expect(await place()).toEqual(['cell:2']);
    await ask('setExceptionBreakpoints', { filters: [] });
    await ask('continue', { threadId: 1 });
    expect((await cell.result).reply.ename).toBe('TypeError');
  });

  it('lists the variables of the notebook and opens them, a page of a long one', async () => {
    await kernel.run("const long = new Float64Array(1e6).fill(0.5); const book = new Map([['bid', 1.2]]);");
    const { variables: all } = await ask('inspectVariables');
    const one = (name: string) => all.find((variable: { name: string }) => variable.name === name);
    expect(one('r')).toMatchObject({ value: '0.030000000000000027', type: 'float', variablesReference: 0 });
    expect(one('book').value).toBe('Map(1) {bid → 1.2}'.replace('{', '{ ').replace('}', ' }'));
    const inside = (await ask('variables', { variablesReference: one('long').variablesReference })).variables;
    expect([inside.length, inside[0].value, inside.at(-1).value]).toEqual([201, '0.5', '"999800 more"']);
    const { data } = await ask('richInspectVariables', { variableName: 'bars' });
    expect(data['text/html']).toMatch(/<table>.*close.*103/s);
    expect((await ask('evaluate', { expression: 'book.get("bid")! + 1' })).result).toBe('2.2');
  });

  it('answers what it cannot do with an error, and ends', async () => {
    const reply = await kernel.request('debug_request', { type: 'request', seq: 99, command: 'fly', arguments: {} }, 'control');
    expect(reply).toMatchObject({ success: false, message: "the debugger has no command 'fly'" });
    await ask('disconnect');
    expect((await ask('debugInfo')).isStarted).toBe(false);
    expect((await kernel.run('change(3, 1)')).text).toBe('2');
  });
});
