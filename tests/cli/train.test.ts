import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/program.js';
import { marketYaml, TINY } from '../support/market-yaml.js';

const { folder, write } = marketYaml();

/** What the command prints, and its exit status. */
async function lemmata(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') => (text: unknown) => {
    printed[name] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const status = await runCommand(args);
  vi.restoreAllMocks();
  return { status, ...printed };
}
afterEach(() => void vi.restoreAllMocks());

describe('lemmata train', { timeout: 60_000 }, () => {
  it('shows how far it is, ends with the text and the folder, and leaves a report', async () => {
    const { status, out, err } = await lemmata('train', '--config', write('tiny.yaml', TINY), '--out', folder);
    expect(status).toBe(0);
    expect(err).toMatch(
      /^data: skfolio\/sp500-stocks, 3 features\ndata: 250, 100, 150 windows to train, choose and judge\ntraining 1 of 30: loss [\d.]+\n/,
    );
    expect(err).toMatch(/training 30 of 30: loss [\d.]+, validation [\d.]+, about 0 s left\njudging\ndone: .*tiny\n$/);
    expect(out).toMatch(/^At the close of 2009-12-21 .*\n.*\n.*\n.*tiny: 30 steps; report\.md says how it did\n$/);
    expect(readFileSync(join(folder, 'tiny', 'report.md'), 'utf8')).toContain('Trained on 250 windows, 2000-01-05 to 2004-12-20;');
  });

  it('says file and line of what is wrong, in one paragraph, and fails', async () => {
    const { status, out, err } = await lemmata('train', '--config', write('wrong.yaml', TINY.replace('days: 5', 'days: 0')));
    expect([status, out]).toEqual([1, '']);
    expect(err.replaceAll(`${folder}/`, '')).toBe('error: wrong.yaml:14: forecast.days is 0; allowed: a whole number from 1 to 63, as 5\n');
  });
});
