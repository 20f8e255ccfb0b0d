import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { loadPanel } from '../panel/load.js';
import { query } from './sql.js';

describe('query', () => {
  it('answers from any dataset by its name, in plain values', async () => {
    const [row] = await query(
      'SELECT count(*) AS n, min(date) AS first, max(SP500) AS high, max(SP500) > 4000 AS above FROM "skfolio/sp500-index"',
    );
    const { values } = await loadPanel('skfolio/sp500-index');
    expect(row).toEqual({ n: 8_313, first: '1990-01-02', high: Math.max(...values), above: true });
  });

  it('joins datasets by date', async () => {
    const rows = await query(
      'SELECT date, AAPL, SP500 FROM "skfolio/sp500-stocks" JOIN "skfolio/sp500-index" USING (date) WHERE date = \'1990-01-03\'',
    );
    expect(rows).toEqual([{ date: '1990-01-03', AAPL: 0.266, SP500: 358.76 }]);
  });

  it('gives null for what is missing', async () => {
    expect(await query('SELECT VIX FROM "arch/vix" WHERE date = \'2014-01-20\'')).toEqual([{ VIX: null }]);
  });

  it('says what is wrong and which tables there are', async () => {
    await expect(query('SELECT * FROM "arch/vox"')).rejects.toThrow(
      /^query: Catalog Error: .*arch\/vox.*; tables are "arch\/corporate-yields", /,
    );
  });

  it('works on an empty store', async () => {
    temporaryStore();
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
