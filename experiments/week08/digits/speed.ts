// Races our training steps against PyTorch's, some of each in turn, both on one thread, and saves the processor milliseconds of each round:
//
//     taskset -c 0 node --import ./scripts/typescript.mjs experiments/week08/digits/speed.ts PYTHON
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { learner, type Recipe } from './train.js';

const RACED: readonly Recipe[] = ['natural', 'fast', 'pgd', 'ibp'];
const [ROUNDS, STEPS] = [15, 8];

const [python = 'python3'] = process.argv.slice(2);
if (availableParallelism() > 1) throw new Error('speed: start it on one processor, by taskset -c 0: PyTorch has one thread');
const peer = spawn(python, [new URL('peer.py', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const ask = async (recipe: Recipe, steps: number): Promise<number> => {
  peer.stdin.write(`${recipe} ${steps}\n`);
  return Number((await answers.next()).value);
};

const races: Record<string, { ours: number; peer: number }[]> = {};
for (const recipe of RACED) {
  const { first, step, batch } = learner(recipe, { seed: 1 });
  let state = first as Parameters<typeof step>[0];
  let done = 0;
  const run = async (steps: number) => {
    const begun = process.cpuUsage();
    for (let k = 0; k < steps; k++) {
      const next = await step(state, batch(done++) as never);
      state = next.state as never;
      next.loss.item();
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e3 / steps;
  };
  await run(STEPS); // compiles
  await ask(recipe, STEPS);
  races[recipe] = [];
  for (let round = 0; round < ROUNDS; round++) races[recipe].push({ ours: await run(STEPS), peer: await ask(recipe, STEPS) });
  const ratios = races[recipe].map(({ ours, peer }) => peer / ours).sort((a, b) => a - b);
  console.log(`${recipe}: PyTorch takes ${ratios[ROUNDS >> 1].toFixed(2)} times as long`);
}
peer.stdin.end();
writeFileSync(new URL('speed.json', import.meta.url), `${JSON.stringify(races, null, 2)}\n`);
