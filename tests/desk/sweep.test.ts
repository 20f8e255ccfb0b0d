import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { sweep, sweepFolder, sweepUnderKills } from '../support/sweep-kills.js';

const space = { x: { type: 'float', low: -1, high: 1 } } as const;
const base = { name: 's', space, trials: 12, direction: 'minimise', workers: 2 } as const;

it('tries what was asked for, and what threw once', { timeout: 60_000 }, async () => {
  const objective = "export default ({ x }) => { if (x > 0.5) throw new Error('too far'); return x > 0.3 ? NaN : x * x; };";
  const { study, objective: module } = sweepFolder(objective, onTestFinished);
  const config = { ...base, study, objective: module, sampler: 'random' } as const;
  const { trials, best } = await sweep(config);
  expect(trials.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  for (const { params, state, value, error } of trials) {
    const x = params.x as number;
    if (x > 0.3) expect([state, error]).toEqual(['failed', x > 0.5 ? 'too far' : 'the objective is NaN; it must be a finite number']);
    else expect([state, value]).toEqual(['complete', x * x]);
  }
  expect(best!.value).toBe(Math.min(...trials.filter(({ state }) => state === 'complete').map(({ value }) => value!)));
  const again = sweepFolder(objective, onTestFinished);
  const one = await sweep({ ...config, study: again.study, objective: again.objective, workers: 1 });
  const bySlot = (of: typeof trials) => [...of].sort((a, b) => a.slot - b.slot).map(({ params }) => params);
  expect(bySlot(one.trials)).toEqual(bySlot(trials)); // whoever drew them
  expect((await sweep({ ...config, trials: 14 })).trials).toHaveLength(14); // goes on
});

it('ends trials that fall behind at a rung', { timeout: 60_000 }, async () => {
  const objective =
    'export default async ({ x }, { report }) => { for (let s = 1; s <= 9; s++) await report(s, Math.abs(x) + 1 / s); return Math.abs(x); };';
  const { study, objective: module } = sweepFolder(objective, onTestFinished);
  const config = { ...base, study, objective: module, trials: 27, workers: 1, sampler: 'random', halving: { first: 1, keep: 3 } } as const;
  const { trials, best } = await sweep(config);
  const steps = trials.map(({ reported }) => Math.max(...reported.keys()));
  expect([...new Set(steps)].sort()).toEqual([1, 3, 9]);
  for (const [i, { state, value, reported }] of trials.entries()) if (state === 'pruned') expect(value).toBe(reported.get(steps[i]));
  expect(best!.value).toBe(Math.min(...trials.map(({ params }) => Math.abs(params.x as number))));
});

it('loses no trial and ends none twice while its workers are killed twenty times', { timeout: 300_000 }, async () => {
  const { trials, killed, ended } = await sweepUnderKills(20, 70, 1, onTestFinished);
  expect(killed).toBe(20);
  const complete = trials.filter(({ state }) => state === 'complete');
  expect(complete.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(Array.from({ length: 70 }, (_, i) => i));
  expect(trials.filter(({ state }) => state === 'running')).toEqual([]);
  // Of one slot all trials have the same parameters, and what was killed after its end and before its line is done once more.
  for (const { slot, params } of trials) expect(params).toEqual(complete.find((trial) => trial.slot === slot)!.params);
  expect(trials.length - complete.length).toBeGreaterThan(0);
  expect(ended).toBeGreaterThanOrEqual(70);
});

it('sets a torn line aside, and goes on', { timeout: 60_000 }, async () => {
  const { study, objective } = sweepFolder('export default ({ x }) => x;', onTestFinished);
  const config = { ...base, study, objective, trials: 3, workers: 1 };
  await sweep(config);
  writeFileSync(study, `${readFileSync(study, 'utf8')}{"op_code":4,"wor`);
  expect((await sweep({ ...config, trials: 5 })).trials).toHaveLength(5);
  expect(readFileSync(`${study}.torn`, 'utf8')).toBe('{"op_code":4,"wor\n');
});

it('refuses a file that holds another study, and leaves trials of others to them', { timeout: 60_000 }, async () => {
  const { study, objective } = sweepFolder('export default ({ x }) => x;', onTestFinished);
  const config = { ...base, study, objective, trials: 3, workers: 1 };
  await sweep(config);
  await expect(sweep({ ...config, name: 'other' })).rejects.toThrow(
    `${study} holds the study 's', which minimises, and not 'other', which minimises`,
  );
  await expect(sweep({ ...config, direction: 'maximise' })).rejects.toThrow("and not 's', which maximises; name another file");
  await expect(sweep({ ...config, space: { y: space.x } })).rejects.toThrow('were drawn from another space, {"x":');
  // As Optuna writes a trial that it was asked for, and one that was enqueued.
  const others = [
    { op_code: 4, worker_id: 'o', study_id: 0, datetime_start: '2026-01-01T00:00:00.000000+00:00' },
    { op_code: 6, worker_id: 'o', trial_id: 3, state: 3, values: null },
  ];
  writeFileSync(study, readFileSync(study, 'utf8') + others.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { trials } = await sweep({ ...config, trials: 5 });
  expect(trials.map(({ number, state }) => [number, state])).toEqual([0, 1, 2, 4, 5].map((number) => [number, 'complete']));
});

it('says what an objective lacks, and gives up a slot that kills its worker', { timeout: 120_000 }, async () => {
  const none = sweepFolder('export const loss = 1;', onTestFinished);
  await expect(sweep({ ...base, study: none.study, objective: none.objective })).rejects.toThrow(
    `sweep: ${none.objective} has no default export that is a function of parameters`,
  );
  await expect(sweep({ ...base, study: none.study, objective: './x.js' })).rejects.toThrow(
    "objective is './x.js'; it must be an absolute URL",
  );
  const cut = sweepFolder('export default (', onTestFinished);
  await expect(sweep({ ...base, study: cut.study, objective: cut.objective })).rejects.toThrow(
    `the objective ${cut.objective} could not be loaded: `,
  );
  const { study, objective } = sweepFolder('export default () => process.kill(process.pid, "SIGKILL");', onTestFinished);
  await expect(sweep({ ...base, study, objective, workers: 1 })).rejects.toThrow(
    'a worker died 5 times without ending a trial, last by SIGKILL; the study',
  );
  expect(existsSync(study)).toBe(true);
});
