import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { marketYaml, said, TINY } from '../../../tests/support/market-yaml.js';
import { decode } from '../../base/safetensors.js';
import { trainMarket } from './train-market.js';

const { folder, write } = marketYaml();
const FILES = ['checkpoint', 'config', 'equity', 'forecasts', 'log', 'metrics', 'report', 'weights'];
const bytesOf = (run: string, names = ['weights.safetensors', 'metrics.json', 'forecasts.csv', 'report.md', 'equity.csv']) =>
  names.map((name) => readFileSync(join(run, name)).toString('base64'));

describe('trainMarket', { timeout: 120_000 }, () => {
  const whole = trainMarket(write('tiny.yaml', TINY), { out: join(folder, 'whole') });

  it('leaves a folder with the file, weights, metrics with their uncertainty, text and log', async () => {
    const { folder: run, metrics, text, steps } = await whole;
    expect(
      readdirSync(run)
        .map((name) => name.split('.')[0])
        .sort(),
    ).toEqual(FILES);
    expect(readFileSync(join(run, 'config.yaml'), 'utf8')).toBe(TINY);
    expect(steps).toBe(30);
    const { tensors } = decode(join(run, 'weights.safetensors'));
    expect(tensors.find(({ path }) => path === 'names')!.shape).toEqual([4, 8]);
    expect(tensors.find(({ path }) => path === 'blocks[0].gate.w' || path === 'blocks.0.gate.w')!.shape).toEqual([1, 1]);
    expect(Object.keys(metrics)).toEqual([
      'error.model',
      'error.mean',
      'saved.mean',
      'error.ridge',
      'saved.ridge',
      'ridge.penalty',
      'sharpe.model',
      'drawdown.model',
      'sharpe.equal',
      'drawdown.equal',
      'needs.log-har-week',
      'needs.return-shock-1',
      'needs.market-volatility-21',
    ]);
    for (const { value, uncertainty } of Object.values(metrics)) {
      expect(Number.isFinite(value)).toBe(true);
      if (typeof uncertainty === 'number') expect(uncertainty).toBeGreaterThan(0);
      else if (typeof uncertainty === 'object') expect(uncertainty[0]).toBeLessThan(uncertainty[1]);
    }
    expect(text).toMatch(
      /^At the close of 2009-12-21 the model foresees the highest volatility of the coming 5 days for \w+ \(\d+ % a year\)/,
    );
    const log = readFileSync(join(run, 'log.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(log.at(-1)!)).toMatchObject({ outcome: 'finished', step: 30 });
  });

  it('forecasts what it saves: the error of the table is that of the forecasts', async () => {
    const { folder: run, metrics } = await whole;
    const rows = readFileSync(join(run, 'forecasts.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',').slice(2).map(Number));
    const error = rows.reduce((sum, [forecast, answer]) => sum + (forecast - answer) ** 2, 0) / rows.length;
    expect(error).toBeCloseTo(metrics['error.model'].value, 4);
    const mean = rows.reduce((sum, [, answer]) => sum + answer ** 2, 0) / rows.length;
    expect(mean).toBeCloseTo(metrics['error.mean'].value, 4);
  });

  it('gives the same numbers again from the same file, and others from another seed', async () => {
    const { folder: run } = await whole;
    const again = await trainMarket(write('tiny.yaml', TINY), { out: join(folder, 'again') });
    expect(bytesOf(again.folder)).toEqual(bytesOf(run));
    const other = await trainMarket(write('other.yaml', TINY.replace('seed: 7', 'seed: 8')), { out: join(folder, 'other') });
    expect(bytesOf(other.folder, ['weights.safetensors'])).not.toEqual(bytesOf(run, ['weights.safetensors']));
  });

  it('goes on after a kill to the bits of a run that was not killed', async () => {
    const { folder: run } = await whole;
    const [file, out] = [write('tiny.yaml', TINY), join(folder, 'killed')];
    const program = `
      import { trainMarket } from ${JSON.stringify(new URL('train-market.ts', import.meta.url).href)};
      const progress = ({ stage, done }) => stage === 'training' && done === 17 && process.kill(process.pid, 'SIGKILL');
      await trainMarket(${JSON.stringify(file)}, { out: ${JSON.stringify(out)}, progress });`;
    const hook = fileURLToPath(new URL('../../../scripts/typescript.mjs', import.meta.url));
    const { signal } = spawnSync(process.execPath, ['--import', hook, '--input-type=module-typescript', '--eval', program], {
      encoding: 'utf8',
    });
    expect(signal).toBe('SIGKILL');
    expect(readdirSync(join(out, 'tiny')).sort()).toEqual(['checkpoint.safetensors', 'log.jsonl']);
    const seen: string[] = [];
    const resumed = await trainMarket(file, { out, progress: ({ done, note }) => done === 10 && seen.push(note ?? '') });
    expect(seen).toEqual(['goes on from its checkpoint']);
    expect(bytesOf(resumed.folder)).toEqual(bytesOf(run));
  });

  it('is stopped between two steps, and goes on from that very step', async () => {
    const stop = new AbortController();
    const [file, out] = [write('tiny.yaml', TINY), join(folder, 'stopped')];
    const progress = ({ done }: { done?: number }) => done === 13 && stop.abort(new Error('enough'));
    expect(await said(folder, () => trainMarket(file, { out, progress, signal: stop.signal }))).toBe('enough');
    const from: number[] = [];
    const { folder: run } = await trainMarket(file, { out, progress: ({ note, done }) => note?.startsWith('goes on') && from.push(done!) });
    expect(from).toEqual([13]);
    expect(bytesOf(run)).toEqual(bytesOf((await whole).folder));
  });

  it('does without what the file leaves out, and forecasts returns as well', async () => {
    const text = TINY.replace(/^gate:\n.*\n/m, '')
      .replace(/^alignment[\s\S]*/m, '')
      .replace('volatility\n  days', 'return\n  days')
      .replace('name: tiny', 'name: least');
    const {
      folder: run,
      metrics,
      text: told,
    } = await trainMarket(write('least.yaml', `${text}backtest:\n  cost: 0\n`), { out: join(folder, 'least') });
    expect(Object.keys(metrics)).toEqual(['sharpe.model', 'drawdown.model', 'sharpe.equal', 'drawdown.equal']);
    expect(told).toBe('');
    expect(decode(join(run, 'weights.safetensors')).tensors.some(({ path }) => path.includes('gate'))).toBe(false);
  });

  const DEFAULTS = ['arch/nasdaq', 'arch/sp500', 'skfolio/factors', 'skfolio/sp500-index', 'skfolio/sp500-stocks'];
  const MISSING: Record<string, [text: string, says: string]> = {
    'a dataset': [
      TINY.replace('sp500-stocks', 'sp500-stock'),
      "4: the store has no dataset 'skfolio/sp500-stock'; allowed: arch/nasdaq, arch/sp500, skfolio/factors, skfolio/sp500-index, skfolio/sp500-stocks; did you mean 'skfolio/sp500-stocks'?; fetch the default data with: lemmata data update",
    ],
    'bars of one asset': [
      TINY.replace('skfolio/sp500-stocks', 'arch/sp500'),
      '4: data.panel is arch/sp500, bars of one asset; allowed: prices of several assets, as skfolio/sp500-stocks',
    ],
    'an asset': [
      TINY.replace('XOM', 'XON'),
      "5: skfolio/sp500-stocks has no asset 'XON'; allowed: AAPL, AMD, BAC, BBY, CVX, GE, HD, JNJ, JPM, KO, LLY, MRK, MSFT, PEP, PFE, PG, RRC, UNH, WMT, XOM; did you mean 'XOM'?",
    ],
    'a feature': [
      TINY.replace('log-har-week', 'log-har-weak'),
      "8: there is no feature 'log-har-weak'; allowed: log-har-week, log-har-month; did you mean 'log-har-week'?",
    ],
    'what a feature needs': [
      TINY.replace('log-har-week', 'atr-14'),
      '8: atr-14 needs close, high, low: skfolio/sp500-stocks has adjClose only; take another feature',
    ],
    'days before the first': [
      TINY.replace("'2000-01-01'", "'1980-01-01'"),
      '6: data.from is 1980-01-01; allowed: 1990-01-02 to 2022-12-28, the days of skfolio/sp500-stocks',
    ],
    'years enough': [
      TINY.replace("'2004-12-31'", "'2000-01-31'"),
      '10: split.train leaves 3 windows of 16 days for training (skfolio/sp500-stocks, 1990-01-02 to 2009-12-31); at least 8 are needed: move the date, shorten model.lookback, or take features that look back less',
    ],
    'windows for a batch': [
      TINY.replace('batch: 8', 'batch: 800'),
      '25: train.batch is 800; allowed: at most 250, the windows to train on',
    ],
  };
  it.each(Object.entries(MISSING))('says file and line where %s is missing, and writes nothing', async (_, [text, says]) => {
    const [file, out] = [write('market.yaml', text), join(folder, 'none')];
    const message = await said(folder, () => trainMarket(file, { out }));
    // A store may hold others beside the default ones.
    const listed = /the store has no dataset .*; allowed: ([^;]*);/.exec(message)?.[1];
    if (listed) expect(listed.split(', ')).toEqual(expect.arrayContaining(DEFAULTS));
    expect(listed ? message.replace(listed, DEFAULTS.join(', ')) : message).toBe(`market.yaml:${says}`);
    expect(existsSync(out)).toBe(false);
  });

  it('does not go on from a run of another configuration, which it leaves as it was', async () => {
    const { folder: run } = await whole;
    const before = bytesOf(run, ['checkpoint.safetensors', ...readdirSync(run)]);
    const file = write('wider.yaml', TINY.replace('rate: 0.003', 'rate: 0.01'));
    expect(await said(folder, () => trainMarket(file, { out: join(folder, 'whole') }))).toBe(
      'wider.yaml:1: whole/tiny holds a run that this file does not go on from: resume: whole/tiny/checkpoint.safetensors is of another run: train.rate was 0.003 and is 0.01. ' +
        'Delete it to start afresh, or name another file; or give this one another name',
    );
    expect(bytesOf(run, ['checkpoint.safetensors', ...readdirSync(run)])).toEqual(before);
  });
});
