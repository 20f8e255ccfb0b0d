// npm run bench:against -- CHECKOUT: this checkout and another one, its packages installed, take turns on every workload.
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Contender } from './contender.js';
import { Peer } from './peers/peer.js';
import { intervalOf, race } from './race.js';
import { refuse, shownLoad } from './verdict.js';
import { workloads } from './workloads/index.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '11' }, seconds: { type: 'string', default: '0.3' } },
});
const here = fileURLToPath(new URL('..', import.meta.url));
const other = resolve(positionals[0] ?? '.');
const program = 'bench/peers/own.ts';
if (positionals.length !== 1 || !existsSync(join(other, program)))
  refuse(
    `npm run bench:against -- FOLDER: needs the folder of another checkout that has ${program} and its packages, got '${positionals}'`,
  );
const tasks = workloads.flatMap(({ id, predict }) => (predict ? [id, `${id}-predict`] : [id]));
const chosen = options.only?.split(',') ?? tasks;
for (const id of chosen) if (!tasks.includes(id)) refuse(`--only ${id}: no such workload; there are ${tasks.join(', ')}`);

/** Less than this share of the other's speed is slower, where the whole interval lies below it. */
const WITHIN = 0.97;
const budgets = availableParallelism() > 1 ? [1, 2] : [1];
const command = (root: string) => [process.execPath, '--import', join(root, 'scripts/typescript.mjs'), join(root, program)];
const [now, before] = [await Peer.spawn('this checkout', command(here), 1), await Peer.spawn('the other', command(other), 1)];
console.log(`${options.rounds} interleaved rounds of ${options.seconds} s; load ${shownLoad(loadavg())}\n`);
console.log('workload    runtime        threads   this, µs   other, µs   other/this   95 % interval');
let slower = 0;
for (const id of chosen) {
  const workload = workloads.find((workload) => workload.id === id.slice(0, 2))!;
  for (const runtime of ['openvino', 'onnxruntime'])
    for (const threads of id.endsWith('-predict') ? [1] : budgets) {
      const ways = [now, before].map((peer): Contender => peer.own(id, runtime, threads));
      const [ours, theirs] = await race(ways, workload.steps, Number(options.rounds), Number(options.seconds));
      const { low, median, high } = intervalOf(ours, theirs);
      const [us, was] = [ours, theirs].map(({ rounds }) => [...rounds].sort((a, b) => a - b)[rounds.length >> 1].toFixed(1));
      const differ = Math.abs(ours.loss - theirs.loss) > 1e-3 * Math.abs(theirs.loss) ? '   LOSSES DIFFER' : '';
      if (high < WITHIN || differ) slower++;
      const verdict = high < WITHIN ? '   SLOWER' : '';
      console.log(
        `${id.padEnd(12)}${runtime.padEnd(15)}${threads}   ${us.padStart(14)}${was.padStart(12)}${median.toFixed(3).padStart(13)}   ${low.toFixed(3)} … ${high.toFixed(3)}${verdict}${differ}`,
      );
    }
}
for (const peer of [now, before]) peer.stop();
console.log(`\nload ${shownLoad(loadavg())}; ${slower} rows slower: an interval below ${WITHIN}`);
process.exitCode = slower ? 1 : 0;
