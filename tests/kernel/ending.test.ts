import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type Kernel, ROOT, sleep, startKernel } from './client.js';
import { endedAfter, leftOf, processesWith } from './ending.js';

let kernel: Kernel | undefined;
afterEach(async () => {
  await kernel?.stop();
  kernel = undefined;
});

/** Long, for a computer that is busy with other tests; a process that stays does so for ever. */
const PATIENCE_MS = 30_000;

describe('nothing is left of a kernel', { timeout: 90_000 }, () => {
  it('whose connection file is gone and whose words nobody reads', async () => {
    const file = join(ROOT, 'build', 'there-is-no-such-connection.json');
    const start = JSON.stringify({ connectionFile: file, supervisor: process.pid });
    const runner = spawn(process.execPath, [join(ROOT, 'dist/kernel/process.js'), start], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    for (const pipe of [runner.stderr, runner.stdio[3]]) (pipe as Readable).destroy();
    const left = await leftOf(file, PATIENCE_MS);
    runner.kill('SIGKILL');
    expect(left).toEqual([]);
  });

  it('that is killed while it starts', async () => {
    const left = await Promise.all([200, 500, 900, 1500].map((ms) => endedAfter(ms, 'SIGKILL', PATIENCE_MS)));
    expect(left.flat()).toEqual([]);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s during an endless loop, nor of the programs that cells started',
    async (signal) => {
      kernel = await startKernel();
      const [ofShell, ofSpawn] = [1, 2].map((i) => `${86_400 * i}.${process.pid}${signal.length}`);
      await kernel.run(
        `import { shell } from 'lemmata/kernel'; import { spawn } from 'node:child_process';
       shell('sleep ${ofShell}; true').catch(() => {}); spawn('sh', ['-c', 'trap "" TERM; sleep ${ofSpawn}; true']); 0`,
      );
      const pids = [kernel.process.pid!, kernel.runner()];
      for (const program of [ofShell, ofSpawn]) await expect.poll(() => processesWith(program).length).toBeGreaterThan(0);
      kernel.start('while (true) {}');
      await sleep(500);
      kernel.process.kill(signal);
      const left = await Promise.all([...pids.map((pid) => goneAfter(pid)), leftOf(ofShell, PATIENCE_MS), leftOf(ofSpawn, PATIENCE_MS)]);
      expect(left.flat()).toEqual([]);
    },
  );

  it('lives on when its pipes close, and ends with its parent all the same', async () => {
    kernel = await startKernel();
    for (const pipe of [kernel.process.stdout, kernel.process.stderr]) pipe!.destroy();
    const runner = kernel.runner();
    await kernel.run("import { writeSync } from 'node:fs'; try { writeSync(2, 'to nobody'); } catch {}; 0");
    expect((await kernel.run('1 + 1')).text).toBe('2');
    kernel.process.kill('SIGKILL');
    expect(await goneAfter(runner)).toEqual([]);
  });
});

const isAlive = (pid: number) => processesWith('').some((line) => Number(line.trim().split(/\s+/)[0]) === pid);

async function goneAfter(pid: number): Promise<number[]> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end && isAlive(pid); await sleep(100));
  return isAlive(pid) ? [pid] : [];
}
