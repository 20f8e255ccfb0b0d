import { createInterface } from 'node:readline';
import type { Contender } from '../contender.js';
import { prediction, type RuntimeName, type Training, training } from '../step.js';
import { gpuWorkloads } from '../workloads/index.js';

// This library in a process of its own, beside another checkout or on a GPU; the commands are those of protocol.py, a way is `openvino/2`, or
// `onnxruntime/1/cuda`.

const made = new Map<string, Contender>();

function contender(name: string, way: string): Contender {
  const [runtime, threads, device] = way.split('/') as [RuntimeName, string, 'cuda' | undefined];
  const workload = gpuWorkloads.find(({ id }) => id === name.slice(0, 2))!;
  return name.endsWith('-predict') ? prediction(workload, runtime) : training(workload, runtime, Number(threads), device);
}

console.log(JSON.stringify({ version: '' }));
for await (const line of createInterface({ input: process.stdin })) {
  const [command, name, way, argument] = line.split(' ');
  const key = `${name} ${way}`;
  if (command === 'train') made.set(key, contender(name, way));
  const { train, time, release, isResident } = made.get(key)! as Training;
  if (command === 'train') console.log(JSON.stringify({ loss: await train(Number(argument)) }));
  else if (command === 'time') console.log(JSON.stringify({ times: await time(Number(argument)) }));
  else if (command === 'resident') console.log(JSON.stringify({ resident: isResident() }));
  else console.log(JSON.stringify({ released: release?.() ?? true }));
}
