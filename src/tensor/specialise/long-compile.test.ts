import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Graph } from '../graph/graph.js';
import { tellingOfLong } from './long-compile.js';

const node = { op: 'Relu', inputs: [], attributes: {}, outputs: [] };
const body: Graph = { inputs: [], outputs: [], constants: [], nodes: [node, node] };
const loop = { body, states: 1, sequences: 1, reverse: false };
const what = { name: 'step', runtime: 'a runtime', graph: { ...body, nodes: [node, { ...node, loop }] } };
const said: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void said.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  said.length = 0;
});

it('says after five seconds what is being compiled, once', async () => {
  const done = tellingOfLong(what, performance.now(), () => new Promise((resolve) => setTimeout(resolve, 9000, 'program')));
  await vi.advanceTimersByTimeAsync(4999);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await done).toBe('program');
  expect(said).toEqual([
    'step: a runtime is compiling a graph of 4 operators, 5 s so far, once for these shapes. What JavaScript repeats in a loop is written out: fewer repetitions compile faster.',
  ]);
});

it('says so afterwards where the compiler held the event loop, and nothing of a short one', async () => {
  await tellingOfLong(what, performance.now(), async () => vi.setSystemTime(0));
  expect(said).toEqual([]);
  const start = performance.now() - 6000; // tracing took that long
  await tellingOfLong(what, start, async () => 'program');
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^step: a runtime compiled a graph of 4 operators in 6 s, once/);
});
