import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fold, key, normal } from '../../base/random.js';
import { tradingDays } from '../../market/panel/calendar.js';
import { deflatedSharpe } from '../metrics/probabilistic-sharpe.js';
import { sharpe } from '../metrics/sharpe.js';
import { deflatedSharpeOf, effectiveTrials } from './effective-trials.js';
import { canonical } from './log.js';
import { record, trialsOf } from './trials.js';
import { assertResearch, openVault, RESEARCH, VAULT, vaultOpenings } from './vault.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trials-'));
  vi.stubEnv('LEMMATA_RESULTS', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const days = tradingDays('2010-01-04', '2014-12-31').slice(0, 1000);
const noise = (seed: number) => normal(fold(key(9), seed), [1000], 'float64').data.map((z) => 0.01 * z);
const dated = (returns: Float64Array) => ({ dates: days, returns });
const file = () => join(folder, 'trials', 'test.jsonl');

describe('record', () => {
  it('adds a line for each configuration, and none for the same outcome again', async () => {
    const first = await record('test', { width: 8, seed: 1 }, { returns: dated(noise(1)), scores: { qlike: 0.3 } });
    await record('test', { seed: 1, width: 8 }, { returns: dated(noise(1)), scores: { qlike: 0.3 } });
    await record('test', { width: 16, seed: 1 }, { returns: dated(noise(2)) });
    const trials = trialsOf('test');
    expect(trials[0]).toEqual(first);
    expect(trials.map(({ config }) => config)).toEqual([
      { seed: 1, width: 8 },
      { seed: 1, width: 16 },
    ]);
    expect(first.selection).toEqual({ from: days[0], to: days[999] });
    expect(first.sharpe?.perPeriod).toBeCloseTo(sharpe(noise(1), { perYear: 1 }).perPeriod, 14);
    expect(first.sketch).toHaveLength(250);
    await record('test', { width: 8, seed: 1 }, { returns: dated(noise(3)) }); // another outcome: one more look
    expect(trialsOf('test')).toHaveLength(3);
    expect(trialsOf('test')[2].id).toBe(first.id);
  });

  it('keeps a configuration that never held anything, without a ratio', async () => {
    for (const [i, constant] of [0, 1e-4].entries()) {
      const trial = await record('test', { i }, { returns: dated(new Float64Array(1000).fill(constant)) });
      expect(trial.sharpe).toBeUndefined();
      expect(trial.sketch).toEqual(new Array(250).fill(4 * constant));
    }
    for (let i = 2; i < 5; i++) await record('test', { i }, { returns: dated(noise(i)) });
    const { trials, recorded } = deflatedSharpeOf('test', sharpe(noise(2), { perYear: 252 }));
    expect([trials, recorded]).toEqual([5, 5]);
  });

  it('sets a torn last line aside, and ends one that lacks only its end (optuna 5138)', async () => {
    await record('test', { a: 1 }, { selection: 'simulated' });
    appendFileSync(file(), '{"config":{"a":2},"sel');
    expect(trialsOf('test')).toHaveLength(1);
    await record('test', { a: 3 }, { selection: 'simulated' });
    expect(trialsOf('test').map(({ config }) => config)).toEqual([{ a: 1 }, { a: 3 }]);
    expect(readFileSync(`${file()}.torn`, 'utf8')).toBe('{"config":{"a":2},"sel\n');
    writeFileSync(file(), readFileSync(file(), 'utf8').trimEnd());
    await record('test', { a: 4 }, { selection: 'simulated' });
    expect(trialsOf('test')).toHaveLength(3);
  });

  it('names a line in between that a merge left', async () => {
    await record('test', { a: 1 }, { selection: 'simulated' });
    appendFileSync(file(), '<<<<<<< HEAD\n');
    await expect(record('test', { a: 2 }, { selection: 'simulated' })).rejects.toThrow(
      'test.jsonl, line 2 is no JSON: <<<<<<< HEAD; after a merge keep the lines',
    );
  });

  it('keeps every line of those who record at once, though one is killed', { timeout: 60_000 }, async () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const script = (who: number) => `const { record } = await import('${root}/src/trade/trials/trials.ts');
      for (let i = 0; i < 25; i++) { await record('test', { who: ${who}, i }, { selection: 'simulated' });
        if (${who} === 2 && i === 10) process.kill(process.pid, 'SIGKILL'); }`;
    const run = (who: number) =>
      promisify(execFile)(process.execPath, ['--import', './scripts/typescript.mjs', '--input-type=module', '-e', script(who)], {
        cwd: root,
      });
    const ends = await Promise.allSettled([0, 1, 2].map(run));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(trialsOf('test')).toHaveLength(25 + 25 + 11);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'dates of the vault',
      () => record('test', {}, { selection: { from: '2010-01-04', to: '2017-01-03' } }),
      'the data reaches 2017-01-03, and 2017-01-01 to 2022-12-31 is a vault',
    ],
    [
      'returns that reach further than told',
      () =>
        record(
          'test',
          {},
          { selection: { from: '2010-01-04', to: '2010-01-05' }, returns: { dates: ['2016-12-30', '2017-01-03'], returns: [0.1, 0.2] } },
        ),
      'the data reaches 2017-01-03',
    ],
    ['no dates', () => record('test', {}, { returns: noise(1) }), 'which dates were seen is not known'],
    [
      'a configuration that is no JSON',
      () => record('test', { rate: Number.NaN }, { selection: 'simulated' }),
      'config.rate is NaN, which JSON cannot hold',
    ],
    ['a name that is no file', () => record('../x', {}, { selection: 'simulated' }), "digits and dashes, got '../x'"],
  ])('refuses %s', async (_, f, message) => {
    await expect((async () => f())()).rejects.toThrow(message);
  });

  it('has one text for equal configurations', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    expect(() => canonical(new Map())).toThrow('config is a Map, which JSON cannot hold');
  });
});

describe('effectiveTrials', () => {
  const trials = async (returns: Float64Array[]) => {
    for (const [i, one] of returns.entries()) await record('test', { i }, { returns: dated(one) });
    return trialsOf('test');
  };

  it('counts copies once, and what has no correlation as often as it comes', async () => {
    expect(effectiveTrials([]).count).toBe(0);
    const copies = await trials(Array.from({ length: 12 }, (_, i) => noise(1).map((r) => r * (1 + i)))); // leverage is no other strategy
    expect(effectiveTrials(copies).count).toBe(1);
    await trials(Array.from({ length: 40 }, (_, i) => noise(i)));
    expect(effectiveTrials(trialsOf('test').slice(12)).count).toBe(40);
  });

  it('finds five families of ten: correlation .8 within and none between', async () => {
    const members = Array.from({ length: 50 }, (_, i) => noise(100 + i).map((r, t) => r + 2 * noise(i % 5)[t]));
    const { count, clusters } = effectiveTrials(await trials(members));
    expect(count).toBe(5);
    expect([...clusters]).toEqual(Array.from({ length: 50 }, (_, i) => i % 5));
  });

  it('counts what has no returns by its configuration', async () => {
    for (const config of [{ a: 1 }, { a: 2 }])
      for (const loss of [1, 2]) await record('test', config, { selection: 'simulated', scores: { loss } });
    expect(trialsOf('test')).toHaveLength(4);
    expect(effectiveTrials(trialsOf('test')).count).toBe(2);
  });
});

describe('deflatedSharpeOf', () => {
  it('takes N and V from the log', async () => {
    for (let i = 0; i < 20; i++) await record('test', { i }, { returns: dated(noise(i)) });
    const ratios = Array.from({ length: 20 }, (_, i) => sharpe(noise(i), { perYear: 1 }).perPeriod);
    const mean = ratios.reduce((a, b) => a + b) / 20;
    const variance = ratios.reduce((a, b) => a + (b - mean) ** 2, 0) / 19;
    const best = sharpe(noise(ratios.indexOf(Math.max(...ratios))), { perYear: 252 });
    const found = deflatedSharpeOf('test', best);
    expect(found).toEqual({ ...deflatedSharpe(best, { trials: 20, variance: found.variance }), recorded: 20 });
    expect(found.variance).toBeCloseTo(variance, 14);
    expect(found.probability).toBeLessThan(0.95); // the best of noise
  });

  it('takes V between strategies, so that copies of one do not make luck look small', async () => {
    const copies = Array.from({ length: 8 }, (_, i) => noise(1).map((r, t) => r + 0.1 * noise(10 + i)[t]));
    const ratios = copies.concat([noise(2), noise(3)]).map((one) => sharpe(one, { perYear: 1 }).perPeriod);
    for (const [i, one] of copies.concat([noise(2), noise(3)]).entries()) await record('test', { i }, { returns: dated(one) });
    const found = deflatedSharpeOf('test', sharpe(noise(2), { perYear: 252 }));
    expect(found.trials).toBe(3);
    // Half the mean squared difference over pairs of different strategies, each two strategies counting alike.
    const own = [ratios.slice(0, 8), ratios.slice(8, 9), ratios.slice(9)];
    const half = (a: number, b: number) => {
      const squares = own[a].flatMap((x) => own[b].map((y) => (x - y) ** 2 / 2));
      return squares.reduce((sum, one) => sum + one, 0) / squares.length;
    };
    expect(found.variance).toBeCloseTo((half(0, 1) + half(0, 2) + half(1, 2)) / 3, 14);
  });

  it('of one trial is the probabilistic ratio; of none, or without returns, an error', async () => {
    expect(() => deflatedSharpeOf('test', sharpe(noise(1), { perYear: 252 }))).toThrow(
      "there are no trials of 'test'; record each configuration where it is evaluated",
    );
    await record('test', { i: 1 }, { returns: dated(noise(1)) });
    expect(deflatedSharpeOf('test', sharpe(noise(1), { perYear: 252 }))).toMatchObject({ trials: 1, benchmark: 0, recorded: 1 });
    await record('test', { i: 2 }, { selection: 'simulated' });
    expect(() => deflatedSharpeOf('test', sharpe(noise(1), { perYear: 252 }))).toThrow("1 of 2 trials of 'test' have returns that vary");
  });
});

describe('the vault', () => {
  const request = { result: 'week11', reason: 'the fusion is final', frozen: { width: 8 } };

  it('opens once for a result, again for the same configuration, and for no other', async () => {
    expect(await openVault(request)).toBe(VAULT);
    expect(await openVault({ ...request, reason: 'run again' })).toBe(VAULT);
    expect(vaultOpenings()).toEqual([expect.objectContaining({ result: 'week11', reason: 'the fusion is final' })]);
    await expect(openVault({ ...request, frozen: { width: 16 } })).rejects.toThrow(
      /week11 was opened on \d{4}-\d\d-\d\d \('the fusion is final'\) with another configuration/,
    );
    await openVault({ ...request, result: 'week12' });
    expect(vaultOpenings().map(({ result }) => result)).toEqual(['week11', 'week12']);
  });

  it('wants a reason and a name', async () => {
    await expect(openVault({ ...request, reason: ' ' })).rejects.toThrow('say why week11 is opened now, in a sentence');
    await expect(openVault({ ...request, result: 'Week 11' })).rejects.toThrow("digits and dashes, got 'Week 11'");
  });

  it('begins where what selection may see ends', () => {
    expect(() => assertResearch('week05', { dates: ['2016-12-30', RESEARCH.to] })).not.toThrow();
    expect(() => assertResearch('week05', { dates: ['2016-12-30', '2017-01-03T09:30'] })).toThrow(
      'week05: the data reaches 2017-01-03T09:30',
    );
  });
});
