import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { fold, key, uniform } from '../../src/base/index.js';
import type { sweep as Sweep, SweepConfig } from '../../src/desk/index.js';

/** The built library, whose workers are processes. */
export const { sweep } = (await import(new URL('../../dist/desk/index.js', import.meta.url).href)) as { sweep: typeof Sweep };

/** A folder with an objective in it, which goes with the test. */
export function sweepFolder(objective: string, onEnd: (clear: () => void) => void): { study: string; objective: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-sweep-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'objective.mjs'), objective);
  return { folder, study: join(folder, 'study.journal'), objective: pathToFileURL(join(folder, 'objective.mjs')).href };
}

/** A square of its parameter that takes some milliseconds, reports thrice, and says in a folder which process it runs in and what it has ended. */
const objectiveIn = (folder: string) => `
import { appendFileSync, writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(folder)} + '/pids/' + process.pid, '');
export default async ({ x }, { slot, report }) => {
  for (let step = 1; step <= 3; step++) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    await report(step, x * x + 1 / step);
  }
  appendFileSync(${JSON.stringify(folder)} + '/ended', slot + '\\n');
  return x * x;
};`;

/** Runs a sweep whose workers are killed so many times, each time after some more trials have ended. */
export async function sweepUnderKills(kills: number, trials: number, seed: number, onEnd: (clear: () => void) => void) {
  const { folder, study, objective } = sweepFolder('', onEnd);
  writeFileSync(join(folder, 'objective.mjs'), objectiveIn(folder));
  const pids = join(folder, 'pids');
  mkdirSync(pids);
  writeFileSync(join(folder, 'ended'), '');
  const config: SweepConfig = {
    ...{ study, name: 'kills', objective, trials, direction: 'minimise', workers: 2 },
    space: { x: { type: 'float', low: -1, high: 1 }, kind: { type: 'choice', of: ['a', 'b'] } },
  };
  const waits = uniform(fold(key(seed), 1), [kills, 3], 'float64').data;
  const ended = () => readFileSync(join(folder, 'ended'), 'utf8').split('\n').length - 1;
  let isDone = false;
  let killed = 0;
  const kill = async () => {
    for (let before = 0; killed < kills && !isDone; ) {
      await sleep(2);
      const [more, pause, which] = waits.subarray(3 * killed, 3 * killed + 3);
      if (ended() < before + 1 + Math.floor(3 * more)) continue;
      await sleep(12 * pause); // to meet any place of a trial, or between two
      const alive = readdirSync(pids);
      const pid = alive[Math.floor(which * alive.length)];
      if (pid === undefined) continue;
      rmSync(join(pids, pid));
      try {
        process.kill(Number(pid), 'SIGKILL');
        killed++;
        before = ended();
      } catch {} // it had ended by itself
    }
  };
  const killing = kill();
  const found = await sweep(config);
  isDone = true;
  await killing;
  return { ...found, killed, config, ended: ended(), folder };
}
