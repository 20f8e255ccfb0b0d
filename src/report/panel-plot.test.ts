import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../tests/support/panels.js';
import type { Panel } from '../market/index.js';
import { plotPanel } from './panel-plot.js';

const LOOK = { title: 'Which one grew?', y: 'close (US dollars)' };
const specOf = async (panel: Panel, more = {}) => {
  const bundle = await plotPanel(panel, { ...LOOK, ...more });
  return {
    bundle,
    spec: bundle['application/vnd.vegalite.v5+json'] as Record<string, never> & { title: { text: string; subtitle: string } },
  };
};

describe('plotPanel', () => {
  it('draws a curve for each asset, named, with title, unit, source and adjustment', async () => {
    const { bundle, spec } = await specOf({ ...simulatedPrices(40), adjusted: 'splits and dividends' });
    expect(spec.title).toMatchObject({ text: 'Which one grew?', subtitle: 'test, adjusted for splits and dividends' });
    const svg = String(bundle['image/svg+xml']);
    for (const word of ['close (US dollars)', '>A<', '>B<', 'Which one grew?']) expect(svg).toContain(word);
    expect(bundle['text/plain']).toBe('[chart] Which one grew? · x: date · y: close (US dollars)');
  });

  it('thins long curves, and keeps gaps as gaps', async () => {
    const gapped = panelOf(
      ['A'],
      Array.from({ length: 1200 }, (_, t) => [t > 500 && t < 700 ? Number.NaN : 100 + Math.sin(t / 20)]),
    );
    const { bundle, spec } = await specOf(gapped, { subtitle: 'with a gap' });
    expect(spec.title.subtitle).toBe('with a gap; test; drawn: the lowest and the highest of every 5 points');
    expect(Buffer.byteLength(JSON.stringify(bundle))).toBeLessThan(100_000);
    expect(
      String(bundle['image/svg+xml'])
        .match(/<path [^>]*d="(M[^"]*)"[^>]*stroke="#/)?.[1]
        .match(/M/g),
    ).toHaveLength(2);
  });

  it('takes times as UTC, wherever it is drawn', async () => {
    const hours = { ...panelOf(['A'], [[1], [2]]), dates: ['2020-03-05T14:30', '2020-03-05T15:30'] };
    const { bundle, spec } = await specOf(hours);
    expect(JSON.stringify(spec)).toContain('2020-03-05T14:30Z');
    expect(bundle['text/plain']).toContain('x: time (UTC)');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'more curves than can be told apart',
      () =>
        plotPanel(
          panelOf(
            Array.from({ length: 31 }, (_, n) => `A${n}`),
            [new Array(31).fill(1)],
          ),
          LOOK,
        ),
      'plotPanel: test has 31 assets, and a chart shows 30 at most; select(panel, { assets: [...] })',
    ],
    [
      'a panel without values',
      () => plotPanel(panelOf(['A'], [[Number.NaN]]), LOOK),
      'plotPanel: test has no value from 2020-01-02 to 2020-01-02',
    ],
    [
      'the logarithm of a return',
      () => plotPanel(panelOf(['A'], [[0.1], [-0.1]]), { ...LOOK, log: true }),
      "plotPanel: 'A' is -0.1 on 2020-01-03, and a logarithmic axis has positive values only; leave log out",
    ],
  ])('refuses %s', async (_, f, message) => {
    await expect((async () => f())()).rejects.toThrow(message);
  });
});
