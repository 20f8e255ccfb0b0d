import { describe, expect, it } from 'vitest';
import { simulatedPrices } from '../../tests/support/panels.js';
import { gaussian } from '../../tests/support/simulated.js';
import type { Row } from '../base/index.js';
import { histogram, line } from './figures.js';
import { table } from './index.js';
import { thin } from './thin.js';

const assets = Array.from({ length: 20 }, (_, n) => `A${n}`);
const day = (t: number) => new Date(Date.UTC(1990, 0, 2 + t)).toISOString().slice(0, 10);
const prices = simulatedPrices(1255, assets); // the trading days to the end of 2024
const T = 8313;
/** 33 years of twenty assets, 166,260 rows. */
const rows: Row[] = Array.from({ length: T * 20 }, (_, i) => {
  const [t, n] = [Math.floor(i / 20), i % 20];
  return { date: day(t), asset: assets[n], price: prices.values[(t % 1255) * 20 + n] };
});
const chart = {
  title: 'Prices of twenty assets',
  rows,
  x: { field: 'date', title: 'date' },
  y: { field: 'price', title: 'price ($)' },
  series: 'asset',
};

describe('a long line chart', () => {
  it('of twenty assets over 33 years has at most 300 kB, and says what it leaves out', async () => {
    const bundle = await line({ ...chart, subtitle: 'simulated' });
    expect(Buffer.byteLength(JSON.stringify(bundle))).toBeLessThanOrEqual(300_000);
    const spec = bundle['application/vnd.vegalite.v5+json'] as { title: { subtitle: string } };
    expect(spec.title.subtitle).toBe('simulated; drawn: the lowest and the highest of every 56 points');
  });

  it('draws each extreme of each span, and the ends', () => {
    const drawn = thin(rows, { x: 'date', heights: ['price'], series: 'asset' }).rows;
    expect(drawn.length).toBeLessThanOrEqual(6000 + 40);
    for (const asset of assets) {
      const [all, kept] = [rows, drawn].map((some) => some.filter((row) => row.asset === asset));
      expect([kept[0], kept.at(-1)]).toEqual([all[0], all.at(-1)]);
      const drawnRows = new Set(kept);
      for (let start = 0; start < all.length; start += 56) {
        const span = all.slice(start, start + 56);
        const heights = span.map(({ price }) => Number(price));
        const shown = span.filter((row) => drawnRows.has(row)).map(({ price }) => Number(price));
        expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...heights), Math.max(...heights)]);
      }
    }
  });

  it('keeps the ends of a band and where a gap begins', () => {
    const z = gaussian(1, 4000);
    const banded = Array.from(z, (value, t) => ({
      t,
      y: t > 1990 && t < 2010 ? null : value,
      low: value - 1,
      high: t === 777 ? 99 : value + 1,
    }));
    const { rows: drawn, note } = thin(banded, { x: 't', heights: ['y', 'low', 'high'] });
    expect(note).toBe('drawn: the lowest and the highest of every 15 points');
    expect(drawn).toContainEqual(expect.objectContaining({ t: 777, high: 99 }));
    expect(drawn).toContainEqual(expect.objectContaining({ t: 1991, y: null }));
    expect(drawn.length).toBeLessThan(2000);
  });

  it('leaves a short curve alone, and one that turns back', () => {
    const short = rows.slice(0, 400);
    expect(thin(short, { x: 'date', heights: ['price'] })).toEqual({ rows: short, note: '' });
    const circle = Array.from({ length: 5000 }, (_, i) => ({ x: Math.cos(i / 800), y: Math.sin(i / 800) }));
    expect(thin(circle, { x: 'x', heights: ['y'] }).rows).toBe(circle);
  });
});

describe('labels of an axis of numbers', () => {
  /** Of x, from `low` to `high` in equal ratios or steps, in 560 pixels. */
  async function labels(low: number, high: number, { log }: { log: boolean }): Promise<string[]> {
    const shares = Array.from({ length: 51 }, (_, i) => i / 50);
    const rows = shares.map((y) => ({ x: log ? low * (high / low) ** y : low + (high - low) * y, y }));
    const bundle = await line({ title: 'How far?', rows, x: { field: 'x', title: 'x', log }, y: { field: 'y', title: 'y' } });
    const texts = [...String(bundle['image/svg+xml']).matchAll(/<text([^>]*)>([^<]+)<\/text>/g)];
    const words = texts.filter(([, attributes]) => !attributes.includes('opacity="0"')).map(([, , word]) => word);
    return words.slice(0, words.indexOf('x'));
  }

  it('are digits on all of a logarithmic axis, or exponents on all of it', async () => {
    expect(await labels(1e-4, 1, { log: true })).toEqual(['0.0001', '0.001', '0.01', '0.1', '1']);
    expect(await labels(1e-8, 1, { log: true })).toEqual(['1e−8', '1e−7', '1e−6', '1e−5', '1e−4', '1e−3', '1e−2', '1e−1', '1e0']);
    expect((await labels(1, 1e8, { log: true })).slice(-2)).toEqual(['1e7', '1e8']);
  });

  it('are evenly spaced where there is no room for all', async () => {
    for (const [low, high] of [
      [-1234.5, 100],
      [0, 123_456_789],
    ]) {
      const values = (await labels(low, high, { log: false })).map((label) => Number(label.replace('−', '-').replaceAll(',', '')));
      const steps = values.slice(1).map((value, i) => value - values[i]);
      expect(values.length).toBeGreaterThan(4);
      expect(new Set(steps).size).toBe(1);
    }
  });
});

describe('histogram', () => {
  const values = (bundle: object) => {
    const { data } = (bundle as Record<string, { data: { values: string } }>)['application/vnd.vegalite.v5+json'];
    return data.values
      .split('\n')
      .slice(1)
      .map((row) => row.split(',').map(Number))
      .map(([, value, share]) => ({ value, share }));
  };
  const figure = { title: 'Returns', x: 'log return (1)' };

  it('takes as many values as there are', async () => {
    const all = gaussian(2, 300_000);
    const bars = values(await histogram({ ...figure, samples: { all } }));
    expect(bars.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 4);
    expect(Math.abs(bars.reduce((total, { value, share }) => total + value * share, 0))).toBeLessThan(0.01);
  });

  it('leaves out what is missing, and says so', async () => {
    const bundle = await histogram({ ...figure, samples: { oil: [1, Number.NaN, 2, 3, Number.NaN] }, bins: 10 });
    expect(
      values(bundle)
        .filter(({ share }) => share > 0)
        .map(({ share }) => share),
    ).toEqual([1, 1, 1].map((part) => expect.closeTo(part / 3, 5)));
    expect(JSON.stringify(bundle['application/vnd.vegalite.v5+json'])).toContain('"subtitle":"oil: 2 of 5 missing"');
  });

  it('draws one value as a bar, and refuses none and the infinite', async () => {
    const bars = values(await histogram({ ...figure, samples: { still: [3, 3, 3] }, bins: 9 }));
    expect(bars.filter(({ share }) => share > 0)).toEqual([{ value: 3, share: 1 }]);
    const refused = (samples: Record<string, number[]>) => expect(async () => histogram({ ...figure, samples })).rejects;
    await refused({ none: [] }).toThrow("histogram: 'none' has no value, so it has no distribution");
    await refused({ gap: [Number.NaN] }).toThrow("histogram: 'gap' has no value");
    await refused({ far: [1, Infinity] }).toThrow('histogram: values go from 1 to Infinity; leave out those that are infinite');
  });
});

describe('table', () => {
  it('shows a panel with its dates, and columns in their order though their names are numbers', () => {
    const panel = { dates: ['2020-01-02', '2020-01-03'], assets: ['9984', '7203'], values: Float64Array.of(1.5, Number.NaN, 2.5, 3.5) };
    expect(table(panel)['text/plain'].split('\n')).toEqual([
      'date         9984   7203',
      '──────────  ─────  ─────',
      '2020-01-02  1.500      –',
      '2020-01-03  2.500  3.500',
    ]);
    expect(table({ columns: ['2', '1'], values: [[20, 10]] })['text/plain'].split('\n')[0]).toBe(' 2   1');
    const told = { ...panel, field: 'close', source: 'test/prices', adjusted: 'splits' };
    expect(table(told)['text/plain']).toMatch(/^close of test\/prices, adjusted for splits\n/);
    expect(table({ ...told, adjusted: 'none' })['text/html']).toContain('<caption>close of test/prices, not adjusted</caption>');
    expect(table(told, { title: 'Two days' })['text/plain']).toMatch(/^Two days\n/);
    expect(() => table({} as never)).toThrow('table: shows an array of records, a data frame or a panel');
  });
});
