// npm run fuzz [-- --graphs N] [--seed S] [--from I] [--plant NAME]: random graphs against four opinions.
//   (nothing)     2,000 graphs of seed 1, and the log into results/fuzz.json
//   --graphs N    how many, --from I the first; without a log unless they are the 2,000
//   --plant NAME  with a wrong kernel of plant.ts, up to the first flag
import '../../src/tensor/index.js';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { replaceFile } from '../../src/base/replace-file.js';
import { fuzz } from './fuzz.js';
import { entryOf, logOf, sorted } from './log.js';

const ALL = 2000;

const { values: options } = parseArgs({
  options: {
    graphs: { type: 'string', default: `${ALL}` },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    plant: { type: 'string' },
  },
});
const [graphs, seed, from] = [options.graphs, options.seed, options.from].map((text) => {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 0) throw new Error(`npm run fuzz: --graphs, --seed and --from are whole numbers, got ${text}`);
  return n;
});

await tf.setBackend('cpu');
const { reports, found } = await fuzz({
  seed,
  from,
  to: from + graphs,
  plant: options.plant,
  seen({ ends }, ours) {
    const { unexplained } = sorted(ours);
    for (const one of unexplained) show(entryOf(one));
    if (process.stderr.isTTY) process.stderr.write(`\r${ends + 1 - from} of ${graphs}`);
    return !options.plant || unexplained.length === 0;
  },
});
const { unexplained, explained } = sorted(found);
for (const one of unexplained) if (one.flag.kind === 'crash') show(entryOf(one));
for (const [name, ones] of explained) console.log(`${ones.length} × ${name}`);
console.log(
  `${reports.length} graphs of seed ${seed}: ${unexplained.length} unexplained flags, ${found.length - unexplained.length} explained`,
);
if (graphs === ALL && from === 0 && !options.plant) {
  const file = fileURLToPath(new URL('../../results/fuzz.json', import.meta.url));
  replaceFile(file, `${JSON.stringify(logOf(seed, reports, found), null, 1)}\n`);
}
process.exit(unexplained.length > 0 ? 1 : 0);

function show({ graph, opinion, kind, got, right, program }: ReturnType<typeof entryOf>): void {
  console.log(`graph ${graph}, ${opinion}, ${kind}: got ${got}${right ? `, right ${right}` : ''}\n  ${program.join('\n  ')}\n`);
}
