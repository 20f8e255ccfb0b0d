import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { devices } from '../src/tensor/device.js';
import { writeData } from './data.js';
import { Peer, type Variant } from './peer.js';
import { type RuntimeName, type Training, training } from './step.js';
import { workloads } from './workloads/index.js';
import type { AnyWorkload } from './workloads/workload.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    python: { type: 'string' },
    compile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Row {
  readonly workload: string;
  readonly title: string;
  readonly by: string;
  /** The best round's median and the fastest step, in microseconds. */
  readonly median: number;
  readonly fastest: number;
  readonly steps: number;
  readonly loss: number;
}

/** Something that trains a workload: one of our runtimes, or PyTorch. */
type Contender = Pick<Training, 'train' | 'time'> & { readonly by: string; release?(): void };

const threads = Number(options.threads);
const chosen = workloads.filter(({ id }) => !options.only || options.only.split(',').includes(id));
if (chosen.length === 0) refuse(`--only ${options.only}: no such workload; there are ${workloads.map(({ id }) => id).join(', ')}`);
if (!(Number.isInteger(threads) && threads > 0)) refuse(`--threads ${options.threads}: needs a whole number above 0`);

const present = (name: string) => devices().some((device) => device.name.startsWith(name) && device.available);
const runtimes = [present('OpenVINO') && 'openvino', present('ONNX Runtime') && 'onnxruntime'].filter(
  (name) => name !== false,
) as RuntimeName[];
const folder = fileURLToPath(new URL('../build/bench', import.meta.url));
writeData(folder, chosen);
const peer = await Peer.start(folder, threads, options.python);
const variants: Variant[] = options.compile ? ['eager', 'compile'] : ['eager'];

const say = (text: string) => options.json || console.log(text);
say(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; ${threads} thread${threads === 1 ? '' : 's'}; load ${load()}`);
say(peer ? `PyTorch ${peer.version}` : 'PyTorch: absent, so ours alone (pip install -r bench/requirements.txt, or --python PATH)');
say(
  `${options.rounds} interleaved rounds of ${options.seconds} s; microseconds per step: median of the best round, and the fastest step\n`,
);

const rows: Row[] = [];
for (const workload of chosen) {
  const results = await race(workload, [
    ...runtimes.map((runtime) => ({ by: runtime, ...training(workload, runtime, threads) })),
    ...(peer ? variants.map((variant) => torch(peer, workload, variant)) : []),
  ]);
  rows.push(...results);
  say(describe(workload, results));
}
peer?.stop();
say(`\nload ${load()}`);
if (options.json) console.log(JSON.stringify({ threads, load: loadavg(), cpu: cpus()[0]?.model, torch: peer?.version, rows }, null, 1));

function refuse(reason: string): never {
  console.error(reason);
  process.exit(2);
}

/** All contenders from the same weights to the same step, then timed in turn, so that a disturbance meets them alike. */
async function race(workload: AnyWorkload, contenders: Contender[]): Promise<Row[]> {
  const losses: number[] = [];
  for (const contender of contenders) losses.push(await contender.train(workload.steps));
  const rounds = contenders.map((): number[][] => []);
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [i, contender] of contenders.entries())
      rounds[i].push((await contender.time(Number(options.seconds))).sort((a, b) => a - b));
  return contenders.map(({ by, release }, i) => {
    release?.();
    const times = rounds[i];
    const median = Math.min(...times.map((round) => round[round.length >> 1]));
    const fastest = Math.min(...times.map((round) => round[0]));
    const steps = times.reduce((total, round) => total + round.length, 0);
    return { workload: workload.id, title: workload.title, by, median, fastest, steps, loss: losses[i] };
  });
}

function torch(peer: Peer, { id }: AnyWorkload, variant: Variant): Contender {
  return {
    by: `torch ${variant}`,
    train: (steps) => peer.train(id, variant, steps),
    time: (seconds) => peer.time(id, variant, seconds),
  };
}

function describe({ id, title, steps }: AnyWorkload, results: Row[]): string {
  const peers = results.filter(({ by }) => by.startsWith('torch'));
  const best = Math.min(...peers.map(({ median }) => median));
  const lines = results.map(({ by, median, fastest }) => {
    const ratio = peers.length > 0 && !by.startsWith('torch') ? `  ${(best / median).toFixed(2)} × PyTorch's speed` : '';
    return `  ${by.padEnd(14)}${micro(median)}${micro(fastest)}${ratio}`;
  });
  const [first, ...others] = results.map(({ loss }) => loss);
  const spread = Math.max(0, ...others.map((loss) => Math.abs(loss - first) / Math.abs(first)));
  const verdict =
    spread <= 1e-3
      ? `agree to ${spread.toExponential(0)}`
      : `DIFFER by ${spread.toExponential(1)}: ${results.map(({ by, loss }) => `${by} ${loss}`).join(', ')}`;
  if (spread > 1e-3) process.exitCode = 1;
  return `${id}  ${title}\n${lines.join('\n')}\n  losses after ${steps} steps ${results.length > 1 ? verdict : first.toFixed(6)}`;
}

function micro(us: number): string {
  return `${us < 1000 ? us.toFixed(1) : Math.round(us)}`.padStart(10);
}

function load(): string {
  return loadavg()
    .map((x) => x.toFixed(2))
    .join(' ');
}
