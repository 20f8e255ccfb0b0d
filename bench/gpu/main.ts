import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { replaceFile } from '../../src/base/replace-file.js';
import { writeData } from '../data.js';
import { Peer } from '../peers/peer.js';
import { refuse } from '../verdict.js';
import { gpuWorkloads } from '../workloads/index.js';
import { checkWorkload, type GpuRow, isFault, shown, type Way } from './check.js';
import { gpus, providerProblem, tfjsProblem, torchOnCuda } from './missing.js';

// npm run gpu-check [-- --only W1,W2] [--python PATH] [--out FILE] [--minutes 8] [--rounds 5] [--seconds 0.3]
//
// On a machine with an NVIDIA GPU: every workload on cuda and webgpu against PyTorch on the same GPU. It needs no network. Without a GPU it says
// what is missing and claims nothing. `--devices cpu` is a rehearsal on the processor, of everything but the GPU.

const { values: options } = parseArgs({
  options: {
    devices: { type: 'string', default: 'cuda,webgpu' },
    only: { type: 'string' },
    python: { type: 'string' },
    out: { type: 'string' },
    minutes: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.3' },
  },
});
const DEVICES = ['cuda', 'webgpu', 'cpu'] as const;
const asked = options.devices.split(',') as (typeof DEVICES)[number][];
for (const name of asked) if (!DEVICES.includes(name)) refuse(`--devices ${name}: no such device; there are ${DEVICES.join(', ')}`);
const chosen = options.only?.split(',') ?? gpuWorkloads.map(({ id }) => id);
for (const id of chosen)
  if (!gpuWorkloads.some((workload) => workload.id === id))
    refuse(`--only ${id}: no such workload; there are ${gpuWorkloads.map(({ id }) => id).join(', ')}`);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const out = options.out ?? here('../../results/gpu-check.json');
const deadline = performance.now() + 60_000 * Number(options.minutes);

const rehearsal = asked.every((name) => name === 'cpu');
const found = rehearsal ? 'none: a rehearsal on the processor' : gpus();
console.log(`GPU: ${found ?? 'none that nvidia-smi knows'}`);
const usable = asked.filter((name) => {
  const problem = name === 'cpu' ? undefined : providerProblem(name);
  if (problem) console.log(`${name}: not run; ${problem}`);
  return !problem;
});
const torch = rehearsal ? { problem: 'not asked in a rehearsal' } : torchOnCuda(options.python);
if ('problem' in torch) console.log(`pytorch cuda: not run; ${torch.problem}`);
const noTfjs = rehearsal ? 'not asked in a rehearsal' : tfjsProblem();
if (noTfjs) console.log(`tfjs-node-gpu: not run; ${noTfjs}`);
if (!found || usable.length === 0) {
  console.log('Nothing was measured, and nothing is claimed: no GPU is at hand, or no provider starts on it.');
  process.exit();
}

const folder = here('../../build/bench');
const workloads = gpuWorkloads.filter(({ id }) => chosen.includes(id));
writeData(folder, workloads);
const rows: GpuRow[] = [];
const notRun: string[] = [];
const save = (more: readonly GpuRow[]) =>
  replaceFile(out, `${JSON.stringify({ gpu: found, node: process.version, rows: [...rows, ...more], notRun }, null, 1)}\n`);

for (const workload of workloads) {
  const left = deadline - performance.now();
  if (left < 30_000) {
    notRun.push(workload.id);
    save([]);
    console.log(`${workload.id}  not run: the ${options.minutes} minutes are over`);
    continue;
  }
  const peers: Peer[] = [];
  // A process for each way, from its first answer on: one that does not start, or crashes, takes no other along.
  const way = (name: string, how: string, command: readonly string[], isOnDevice = false): Way => {
    let starting: Promise<Peer> | undefined;
    const peer = async () => {
      starting ??= Peer.spawn(name, command, 1).then((started) => {
        peers.push(started);
        return started;
      });
      return await starting;
    };
    const contender = {
      train: async (steps: number) => (await peer()).way(`${workload.id} ${how}`).train(steps),
      time: async (seconds: number) => (await peer()).way(`${workload.id} ${how}`).time(seconds),
    };
    return { name, contender, ...(isOnDevice && { isResident: async () => (await peer()).isResident(workload.id, how) }) };
  };
  const script = (file: string, ...args: string[]) => [
    process.execPath,
    '--import',
    here('../../scripts/typescript.mjs'),
    here(file),
    ...args,
  ];
  const own = script('../peers/own.ts');
  const reference =
    'python' in torch
      ? { ...way('pytorch cuda', 'eager', [torch.python, here('../peers/torch_peer.py'), folder, '1', 'cuda']), isTimed: true }
      : { ...way('processor', 'onnxruntime/1', own), isTimed: false };
  const ways = usable.map((device) => way(device, `onnxruntime/1/${device}`, own, device !== 'cpu'));
  if (!noTfjs) ways.push(way('tfjs-node-gpu', 'gpu', script('../peers/tfjs.ts', 'gpu')));
  const limits = { rounds: Number(options.rounds), seconds: Number(options.seconds), limitMs: 90_000, deadline };
  const found = await checkWorkload(workload, reference, ways, limits, save);
  for (const peer of peers) peer.kill();
  rows.push(...found);
  for (const row of found) console.log(shown(row));
}
save([]);
const faults = rows.filter(isFault).length;
console.log(`\n${rows.length} rows in ${out}; ${faults} with a fault${notRun.length > 0 ? `; not run: ${notRun.join(', ')}` : ''}`);
process.exit(faults > 0 ? 1 : 0);
