import { describe, expect, it } from 'vitest';
import { audit, frameOf, loadPanel, select } from '../market/index.js';
import { auditPlot } from './audit-plot.js';

describe('auditPlot', () => {
  it('draws when which rule found something of which asset, and says how much is left out', async () => {
    const prices = select(await loadPanel('skfolio/sp500-stocks', { to: '1997-12-31' }), { assets: ['RRC', 'KO', 'AMD'] });
    const frame = frameOf(prices);
    const chart = await auditPlot(frame);
    const spec = chart['application/vnd.vegalite.v5+json'] as { title: { subtitle: string } };
    const out = new Set(audit(frame).flatMap(({ asset, rows, excludes }) => (excludes ? [...rows].map((t) => `${asset} ${t}`) : []))).size;
    expect(spec.title.subtitle).toBe(
      `${((100 * out) / (3 * frame.dates.length)).toFixed(2)} % of the dates of 3 assets are left out where all fields are used`,
    );
    expect(chart['image/svg+xml']).toContain('RRC: stale');
    expect(chart['image/svg+xml']).not.toContain('KO: quantised');
    const calm = frameOf(select(prices, { assets: ['KO'], from: '1995-06-01', to: '1995-07-31' }));
    await expect(auditPlot(calm)).rejects.toThrow('auditPlot: the audit of skfolio/sp500-stocks found nothing, so there is no picture');
  });
});
