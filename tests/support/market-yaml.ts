import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A run of seconds: four stocks, ten years, a model of one block. */
export const TINY = `name: tiny
seed: 7
data:
  panel: skfolio/sp500-stocks
  assets: [AAPL, JNJ, KO, XOM]
  from: '2000-01-01'
  to: '2009-12-31'
  features: [log-har-week, return-shock-1, market-volatility-21]
split:
  train: '2004-12-31'
  validate: '2006-12-31'
forecast:
  what: volatility
  days: 5
model:
  lookback: 16
  patch: 4
  width: 8
  heads: 2
  layers: 1
gate:
  features: [market-volatility-21]
train:
  steps: 30
  batch: 8
  rate: 0.003
  validateEvery: 10
  patience: 4
  checkpointEvery: 10
alignment: {}
backtest:
  cost: 5
evaluation: {}
explanation:
  shuffles: 2
text:
  assets: 1
`;

/** A folder that goes when the tests of a file are done, and files in it. */
export function marketYaml(): { folder: string; write: (name: string, text: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-desk-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, text) {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    },
  };
}

/** What a function says when it throws, the file's folder taken off. */
export async function said(folder: string, work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  throw new Error('nothing was thrown');
}
