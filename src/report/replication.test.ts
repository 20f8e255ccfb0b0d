import { describe, expect, it } from 'vitest';
import { type Replication, replicationRows } from './replication.js';

const one: Replication = {
  figure: 'MNIST, test error (%)',
  published: 1.37,
  source: 'Antorán 2019, README table',
  ours: { value: 1.5, uncertainty: 0.1 },
  because: 'Ours trains for a tenth of the time.',
};

describe('replicationRows', () => {
  // 1.5 ± 1.96 · 0.1 reaches from 1.304 to 1.696.
  it('puts a published figure beside ours, with the gap and whether our interval holds it', () => {
    expect(replicationRows([one])).toEqual([
      {
        figure: 'MNIST, test error (%)',
        published: '1.37',
        source: 'Antorán 2019, README table',
        ours: '1.50 ± 0.10',
        gap: '+0.13, within',
        why: 'Ours trains for a tenth of the time.',
      },
    ]);
    expect(replicationRows([{ ...one, published: 1.3 }])[0].gap).toBe('+0.20, beyond');
    expect(replicationRows([{ ...one, published: 1.7 }])[0].gap).toBe('−0.20, beyond');
  });

  it('measures the gap to a range from its nearer end', () => {
    const range = { ...one, published: [1.32, 1.36] as const };
    expect(replicationRows([range])[0]).toMatchObject({ published: '1.32–1.36', gap: '+0.14, within' });
    expect(replicationRows([{ ...range, published: [1.4, 1.6] }])[0].gap).toBe('0.00, within');
    expect(replicationRows([{ ...range, published: [2.38, 2.61], decimals: 1 }])[0].gap).toBe('−0.9, beyond');
  });

  it('takes intervals as they are given, and judges no number that has none', () => {
    expect(replicationRows([{ ...one, ours: { value: 1.5, uncertainty: [1.4, 1.6] } }])[0].gap).toBe('+0.13, beyond');
    expect(replicationRows([{ ...one, ours: { value: 1.5, uncertainty: 'exact: a formula' } }])[0]).toMatchObject({
      ours: '1.50',
      gap: '+0.13',
    });
  });

  it.each<[string, Partial<Replication>, string]>([
    ['a source without its place', { source: 'Blundell et al. 2015' }, "cites 'Blundell et al. 2015'; say where in it the figure stands"],
    [
      'a gap without a sentence',
      { because: 'less time' },
      "needs a sentence that explains the gap, got 'less time'; end it with a full stop",
    ],
    ['a range out of order', { published: [2, 1] }, 'needs finite numbers, a range in order; got published 2 to 1, ours 1.5'],
    ['what is no number', { ours: { value: Number.NaN, uncertainty: 1 } }, 'ours NaN'],
  ])('refuses %s', (_, change, error) => {
    expect(() => replicationRows([{ ...one, ...change }])).toThrow(error);
  });
});
