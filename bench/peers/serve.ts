import { createInterface } from 'node:readline';
import { timeSteps } from '../contender.js';
import { gpuWorkloads } from '../workloads/index.js';
import type { AnyWorkload } from '../workloads/workload.js';

/** A step, and what to compare after the steps; see protocol.py. */
export interface Made {
  step(): Promise<unknown>;
  loss(): Promise<number>;
}

/** Answers commands as protocol.py does. */
export async function serve(version: string, make: (workload: AnyWorkload, predict: boolean) => Promise<Made>): Promise<void> {
  const made = new Map<string, Made>();
  console.log(JSON.stringify({ version }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, name, , argument] = line.split(' ');
    const workload = gpuWorkloads.find(({ id }) => id === name.slice(0, 2));
    if (!workload) throw new Error(`no workload ${name}`);
    const { step, loss } = made.get(name) ?? (await make(workload, name.endsWith('-predict')));
    made.set(name, { step, loss });
    if (command === 'train') {
      for (let i = 0; i < Number(argument); i++) await step();
      console.log(JSON.stringify({ loss: await loss() }));
    } else console.log(JSON.stringify({ times: await timeSteps(step, Number(argument)) }));
  }
}
