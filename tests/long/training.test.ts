import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, uniform } from '../../src/base/random.js';
import { readLog } from '../../src/train/run-log.js';
import { runChild, startChild } from '../support/child.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-training-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Resolves at the child's first step. */
async function started(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout!) if (String(chunk).includes('started')) return;
}

describe('training', () => {
  it('killed with -9 at ten random moments, reaches the bits of a run that was left alone', async () => {
    const steps = '20000';
    const whole = mkdtempSync(join(folder, 'whole-'));
    const { reached } = runChild('training.ts', {}, whole, steps);
    const killed = mkdtempSync(join(folder, 'killed-'));
    for (const moment of uniform(key(20_261_121), [10]).data) {
      const child = startChild('training.ts', killed, steps);
      const ended = once(child, 'exit');
      await started(child);
      await new Promise((resolve) => setTimeout(resolve, 400 * moment));
      child.kill('SIGKILL');
      expect(await ended).toEqual([null, 'SIGKILL']);
    }
    expect(runChild('training.ts', {}, killed, steps).reached).toEqual(reached);
    const log = readLog(join(killed, 'runs.jsonl'));
    const froms = log.map(({ from }) => from);
    // A kill may fall between the program's two calls of `fit`.
    expect(log.filter(({ outcome }) => outcome === 'unfinished').length).toBeGreaterThanOrEqual(8);
    expect(new Set(froms).size).toBeGreaterThan(8); // each went on from where the one before had come
    expect(froms).toEqual(froms.toSorted((a, b) => a - b));
  });

  it.each(['dqn', 'ppo'])(
    'of an agent by %s, killed with -9 at five random moments, reaches the bits of one that was left alone',
    async (agent) => {
      const whole = runChild('agent.ts', {}, mkdtempSync(join(folder, 'whole-')), agent);
      const killed = mkdtempSync(join(folder, 'killed-'));
      for (const moment of uniform(key(20_261_129), [5]).data) {
        const child = startChild('agent.ts', killed, agent);
        const ended = once(child, 'exit');
        await started(child);
        await new Promise((resolve) => setTimeout(resolve, 300 + 500 * moment));
        child.kill('SIGKILL');
        await ended;
      }
      expect(runChild('agent.ts', {}, killed, agent)).toEqual(whole);
      expect(whole.episodes.length).toBeGreaterThan(20);
    },
  );

  // A leak shows in every run; what the allocator keeps does in some.
  it('needs no more memory after 40,000 steps than after 8,000', { retry: 1 }, () => {
    // What V8's young generation and malloc keep for reuse depends on how fast the steps follow each other: here both give it back.
    const lean = { NODE_OPTIONS: '--max-semi-space-size=1', MALLOC_MMAP_THRESHOLD_: '65536' };
    expect(runChild('training.ts', lean, folder, '40000').growth).toBeLessThan(12); // 400 bytes a step
  });
});
