import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Kernel, sleep, startKernel } from '../../tests/kernel/client.js';
import { saveTable } from '../verdict.js';
import { type KernelOption, kernels } from './kernels.js';
import { memoryOf } from './memory.js';

// npm run bench -- kernel [--rounds 5] [--cells 40] [--python PATH] [--deno PATH]

const { values: options } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    cells: { type: 'string', default: '40' },
    python: { type: 'string' },
    deno: { type: 'string' },
  },
});
const { found, absent } = kernels(options);
for (const what of absent) console.log(`absent: ${what}`);
const [rounds, cells] = [Number(options.rounds), Number(options.cells)];
const before = loadavg();
console.log(`${rounds} starts and ${cells} cells, the kernels in turn; load ${before.map((load) => load.toFixed(1)).join(' ')}\n`);

const ROWS = {
  greeting: { title: 'start to greeting', unit: 'ms', goal: 1500 },
  answer: { title: 'start to the answer of the first cell', unit: 'ms', goal: 1500 },
  cell: { title: 'a typed cell, median', unit: 'ms', goal: 60 },
  tensors: { title: 'a cell with TensorFlow.js, median', unit: 'ms', goal: 60 },
  completion: { title: 'a completion, median', unit: 'ms', goal: 40 },
  memory: { title: 'memory when idle', unit: 'MB', goal: 200 },
};
type Row = keyof typeof ROWS;
const measured = new Map(
  found.map(({ name }) => [name, Object.fromEntries(Object.keys(ROWS).map((row) => [row, [] as number[]])) as Record<Row, number[]>]),
);
const record = (option: KernelOption, row: Row, value: number) => measured.get(option.name)![row].push(value);

const start = ({ command }: KernelOption) => startKernel(command ? { command } : {});

async function time(action: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await action();
  return performance.now() - from;
}

for (let round = 0; round < rounds; round++)
  for (const option of found) {
    const from = performance.now();
    const kernel = await start(option);
    record(option, 'greeting', performance.now() - from);
    await kernel.run(option.work.first);
    record(option, 'answer', performance.now() - from);
    await sleep(3000);
    record(option, 'memory', memoryOf(kernel.process.pid!));
    await stop(kernel);
  }

const running = await Promise.all(found.map(async (option) => ({ option, kernel: await start(option) })));
const succeeds = async (kernel: Kernel, code: string) => {
  const { reply, traceback, stderr } = await kernel.run(code);
  if (reply.status !== 'ok') throw new Error(`${code}\n${traceback}${stderr}`);
};
for (let i = 0; i < cells; i++)
  for (const { option, kernel } of running) record(option, 'cell', await time(() => succeeds(kernel, option.work.cell(i))));
for (let i = 0; i < cells; i++)
  for (const { option, kernel } of running) {
    const code = option.work.members(i);
    record(option, 'completion', await time(() => kernel.request('complete_request', { code, cursor_pos: code.length })));
  }
const tensors = running.filter(({ option }) => option.work.tensors);
for (const { option, kernel } of tensors) await succeeds(kernel, option.work.tensors!.load);
for (let i = 0; i < cells; i++)
  for (const { option, kernel } of tensors) record(option, 'tensors', await time(() => succeeds(kernel, option.work.tensors!.cell(i))));
for (const { kernel } of running) await stop(kernel);

async function stop(kernel: Kernel): Promise<void> {
  kernel.said = ''; // what others write past Jupyter is theirs
  await kernel.stop().catch(() => {});
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
/** An order statistic of the rounds, for a 95 % interval of the median. */
function interval(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const half = 0.98 * Math.sqrt(sorted.length);
  const at = (i: number) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(i)))];
  return [at(sorted.length / 2 - half - 0.5), at(sorted.length / 2 + half - 0.5)];
}

console.log(`${''.padEnd(42)}${[...found.map(({ name }) => name), 'over ipykernel', 'goal'].map((head) => head.padStart(16)).join('')}`);
const numbers: Record<string, object> = {};
for (const [id, { title, unit, goal }] of Object.entries(ROWS)) {
  const of = (name: string) => measured.get(name)?.[id as Row] ?? [];
  const shown = found.map(({ name }) => (of(name).length ? `${median(of(name)).toFixed(0)} ${unit}` : '–'));
  const ratio = of('ipykernel').length ? median(of('lemmata')) / median(of('ipykernel')) : undefined;
  console.log(`${title.padEnd(42)}${[...shown, ratio?.toFixed(2) ?? '–', `≤ ${goal} ${unit}`].map((cell) => cell.padStart(16)).join('')}`);
  for (const { name } of found)
    if (of(name).length)
      numbers[`${id}-${name}`] = {
        value: median(of(name)),
        uncertainty: interval(of(name)),
        unit,
        description: `${title}: ${name}`,
        tolerance: median(of(name)),
      };
}
if (found.length > 2) saveTable('bench-kernel', 'The kernel beside others', { load: [before, loadavg()], numbers });
