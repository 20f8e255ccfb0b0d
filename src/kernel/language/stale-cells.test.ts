import { describe, expect, it } from 'vitest';
import { StaleCells } from './stale-cells.js';

describe('stale cells', () => {
  const notebook = () => {
    const stale = new StaleCells();
    let count = 0;
    return (cell: string, code: string, ...uses: number[]) =>
      stale.ran(cell, { id: `In[${++count}]`, code, uses: new Set(uses.map((n) => `In[${n}]`)) });
  };

  it('are those that took a name of a cell which then changed, and those that rest on them', () => {
    const run = notebook();
    expect(run('prices', 'const prices = [1];')).toEqual([]);
    expect(run('returns', 'const returns = f(prices);', 1)).toEqual([]);
    expect(run('plot', 'plot(returns)', 2)).toEqual([]);
    expect(run('other', '1 + 1')).toEqual([]);
    expect(run('prices', 'const prices = [2];')).toEqual(['In[2]', 'In[3]']);
    expect(run('returns', 'const returns = f(prices);', 5)).toEqual([]);
    expect(run('prices', 'const prices = [3];')).toEqual(['In[3]', 'In[6]']);
  });

  it('are none when a cell runs again as it was, or a later cell takes the name over', () => {
    const run = notebook();
    run('a', 'const x = 1;');
    run('b', 'x', 1);
    expect(run('a', 'const x = 1;')).toEqual([]);
    expect(run('c', 'const x = 2;')).toEqual([]);
    expect(run('d', 'x', 4)).toEqual([]);
    expect(run('c', 'const x = 3;')).toEqual(['In[5]']);
  });
});
