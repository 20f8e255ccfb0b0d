import { createInterface } from 'node:readline';
import type { Contender } from '../contender.js';
import { prediction, type RuntimeName, training } from '../step.js';
import { workloads } from '../workloads/index.js';

// This checkout's own side of a comparison of two checkouts; the commands are those of protocol.py, a way is `openvino/2`.

const made = new Map<string, Contender>();

function contender(name: string, way: string): Contender {
  const [runtime, threads] = way.split('/') as [RuntimeName, string];
  const workload = workloads.find(({ id }) => id === name.slice(0, 2))!;
  return name.endsWith('-predict') ? prediction(workload, runtime) : training(workload, runtime, Number(threads));
}

console.log(JSON.stringify({ version: '' }));
for await (const line of createInterface({ input: process.stdin })) {
  const [command, name, way, argument] = line.split(' ');
  const key = `${name} ${way}`;
  if (command === 'train') made.set(key, contender(name, way));
  const { train, time, release } = made.get(key)!;
  if (command === 'train') console.log(JSON.stringify({ loss: await train(Number(argument)) }));
  else if (command === 'time') console.log(JSON.stringify({ times: await time(Number(argument)) }));
  else console.log(JSON.stringify({ released: release?.() ?? true }));
}
