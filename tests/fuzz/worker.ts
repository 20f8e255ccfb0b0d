import '../../src/tensor/index.js';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { type Checked, check, type Flag } from './check.js';
import { explanationOf } from './explained.js';
import { generate } from './generate.js';
import { minimise } from './minimise.js';
import { OPINIONS } from './opinions.js';
import { plant } from './plant.js';
import { fromJson, isLeaf, type Program, toJson } from './program.js';

/*
 * Checks graphs in a process of its own, since a wrong kernel may end it. It prints a line of JSON before and after each.
 *
 *     worker.ts --seed 1 --from 0 --to 50 [--plant name]    the graphs of a seed
 *     worker.ts --programs                                  those that standard input names, a line of JSON each
 */

/** What a worker prints. */
export type Line =
  | { readonly begins: number }
  | {
      readonly ends: number;
      readonly found: readonly { readonly flag: Flag; readonly program: Program }[];
      readonly operators: readonly string[];
      readonly values: readonly string[];
      readonly gradient: boolean;
      readonly refused: readonly string[];
      readonly elements: number;
      readonly open: number;
      readonly wild: number;
    };

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '0' },
    plant: { type: 'string' },
    programs: { type: 'boolean' },
  },
});

const say = (line: Line) => process.stdout.write(`${toJson(line)}\n`);

async function checkGiven(): Promise<void> {
  let i = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    say({ begins: i });
    say(await report(i++, fromJson<Program>(line)));
  }
}

async function report(i: number, program: Program): Promise<Line> {
  const checked = await check(program);
  const found = [];
  for (const opinion of OPINIONS) {
    const flag = checked.flags.find((one) => one.opinion === opinion);
    if (flag) found.push(await smallest(flag, program));
  }
  return {
    ends: i,
    found,
    operators: program.nodes.flatMap((node) => (isLeaf(node) ? [] : [node.op])),
    values: program.nodes.flatMap((node) => (isLeaf(node) ? [`${node.dtype} ${node.values}`] : [])),
    gradient: program.gradient,
    ...counts(checked),
  };
}

const counts = ({ refused, elements, open, wild }: Checked) => ({ refused, elements, open, wild });

async function smallest(flag: Flag, program: Program): Promise<{ flag: Flag; program: Program }> {
  const again = async (candidate: Program) => (await check(candidate, [flag.opinion])).flags.find(({ kind }) => kind === flag.kind);
  const small = await minimise(program, async (candidate) => {
    const found = await again(candidate);
    const isOne = candidate.nodes.filter((node) => !isLeaf(node)).length === 1;
    return found && isOne && explanationOf(found, candidate) ? 'enough' : found !== undefined;
  });
  return { flag: (await again(small)) ?? flag, program: small };
}

await tf.setBackend('cpu');
if (options.plant) plant(options.plant);
if (options.programs) await checkGiven();
else
  for (let i = Number(options.from); i < Number(options.to); i++) {
    say({ begins: i });
    say(await report(i, generate(Number(options.seed), i)));
  }
process.exit(0);
