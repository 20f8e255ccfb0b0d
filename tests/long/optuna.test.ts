import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sweep, sweepFolder } from '../support/sweep-kills.js';

const HERE = join(import.meta.dirname, '..', 'desk', 'optuna');

it('Optuna opens a study, with every trial as it is here', async () => {
  const objective = `export default async ({ x, kind }, { report }) => {
    await report(1, 2 * x * x);
    await report(2, x * x);
    if (x < -0.5) throw new Error('too far');
    return x * x + (kind === 'a' ? 1 : 0);
  };`;
  const { study, objective: module, folder } = sweepFolder(objective, onTestFinished);
  const { trials, best } = await sweep({
    ...{ study, name: 's', objective: module, trials: 30, direction: 'minimise', workers: 2, halving: { first: 2, keep: 2 } },
    space: {
      x: { type: 'float', low: -1, high: 1 },
      n: { type: 'int', low: 1, high: 64, log: true },
      kind: { type: 'choice', of: ['a', 'b'] },
    },
  });
  const venv = join(folder, 'venv');
  execFileSync('python3', ['-m', 'venv', venv]);
  execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--require-hashes', '-r', join(HERE, 'requirements.txt')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const found = JSON.parse(execFileSync(join(venv, 'bin', 'python'), [join(HERE, 'read_study.py'), study], { encoding: 'utf8' }));
  expect([found.best, found.direction]).toEqual([best!.number, 'MINIMIZE']);
  const states = { complete: 'COMPLETE', pruned: 'PRUNED', failed: 'FAIL', running: 'RUNNING' } as const;
  expect(found.trials).toEqual(
    trials.map(({ number, slot, params, state, value, reported, error }) => ({
      ...{ number, slot, params, state: states[state], value: value ?? null, error: error ?? null, ends: true },
      reported: Object.fromEntries(reported),
    })),
  );
  expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned', 'failed']));
});
