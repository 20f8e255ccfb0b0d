import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { devices } from '../src/tensor/runtime/devices.js';
import type { Contender } from './contender.js';
import { writeData } from './data.js';
import { Peer, peers } from './peers/peer.js';
import { type Measured, race } from './race.js';
import { describe, measurements, saveBench } from './report.js';
import { prediction, type RuntimeName, training } from './step.js';
import { refuse, shownLoad } from './verdict.js';
import { workloads } from './workloads/index.js';

const { values: options } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '11' },
    seconds: { type: 'string', default: '0.3' },
    peers: { type: 'string', default: Object.keys(peers).join(',') },
    python: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const budgets = options.threads.split(',').map(Number);
if (!budgets.every((n) => Number.isInteger(n) && n > 0)) refuse(`--threads ${options.threads}: needs whole numbers above 0, such as 1,2`);
const tasks = workloads.flatMap(({ id, predict }) => (predict ? [id, `${id}-predict`] : [id]));
const chosen = options.only?.split(',') ?? tasks;
for (const id of chosen) if (!tasks.includes(id)) refuse(`--only ${id}: no such workload; there are ${tasks.join(', ')}`);
const asked = options.peers.split(',').filter(Boolean);
for (const name of asked) if (!peers[name]) refuse(`--peers ${name}: no such peer; there are ${Object.keys(peers).join(', ')}`);

const present = (name: string) => devices().some((device) => device.name.startsWith(name) && device.available);
const runtimes: RuntimeName[] = [];
if (present('OpenVINO')) runtimes.push('openvino');
if (present('ONNX Runtime')) runtimes.push('onnxruntime');

const folder = fileURLToPath(new URL('../build/bench', import.meta.url));
writeData(folder, workloads);
const say = (text: string) => options.json || console.log(text);
const loadBefore = loadavg();
say(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores; at most ${budgets.join(' and ')} threads; load ${loadBefore.map((x) => x.toFixed(2)).join(' ')}`,
);

const started: Peer[] = [];
for (const name of asked) {
  const counts = peers[name].threaded ? budgets : [1];
  const found = await Promise.all(counts.map((threads) => Peer.start(name, folder, threads, options.python)));
  started.push(...found.filter((peer) => peer !== undefined));
  say(`${name.padEnd(7)} ${found[0]?.version ?? 'absent: pip install -r bench/requirements.txt, or --python PATH'}`);
}
say(`${options.rounds} interleaved rounds of ${options.seconds} s\n`);

const results = new Map<string, Measured[]>();
for (const id of chosen) {
  const workload = workloads.find((workload) => workload.id === id.slice(0, 2))!;
  const predicts = id.endsWith('-predict');
  const contenders: Contender[] = [
    ...runtimes.flatMap((runtime) =>
      predicts ? [prediction(workload, runtime)] : budgets.map((threads) => training(workload, runtime, threads)),
    ),
    ...started.filter((peer) => takes(peer, id)).flatMap((peer) => peer.contenders(id)),
  ];
  const measured = await race(contenders, workload.steps, Number(options.rounds), Number(options.seconds));
  results.set(id, measured);
  if (options.json) for (const line of measurements(id, measured)) console.log(JSON.stringify(line));
  const { text, agree } = describe(id, predicts ? 'one sample' : workload.title, measured, budgets);
  say(text);
  if (!agree) process.exitCode = 1;
}
for (const peer of started) peer.stop();
say(`\nload ${shownLoad(loadavg())}`);
// A run that leaves something out, or misses a peer, is for the eye only.
const complete = Object.keys(peers).every((name) => started.some((peer) => peer.name === name));
if (!options.only && complete && !options.json)
  saveBench({ results, budgets, rounds: Number(options.rounds), versions: versions(), load: [loadBefore, loadavg()] });

/** Predictions are compared on one thread; tfjs would take minutes for W6. */
function takes({ name, threads }: Peer, id: string): boolean {
  if (id === 'W6' && name === 'tfjs') return false;
  return threads === 1 || !id.endsWith('-predict');
}

function versions(): Record<string, string> {
  const own = devices().filter(({ available }) => available);
  return Object.fromEntries([...own.map(({ name, detail }) => [name, detail]), ...started.map(({ name, version }) => [name, version])]);
}
