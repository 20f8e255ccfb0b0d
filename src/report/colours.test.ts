import { describe, expect, it } from 'vitest';
import type { Bundle } from '../base/index.js';
import { residualDiagnostics } from './diagnostics.js';
import { bars, coefficientPath, histogram, intervals, line, scatter } from './figures.js';
import { GREY, PALETTE } from './plot.js';
import { monthlyReturns } from './tear-sheet/months.js';

/** Relative luminance and contrast of sRGB colours, WCAG 2.2, definitions of its glossary. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const LIGHT = '#ffffff';
const DARK = '#111111';

const rows = Array.from({ length: 40 }, (_, t) => ({ t, y: Math.sin(t) + 2, low: 1, high: 3, of: t % 2 ? 'ridge' : 'mean' }));
const figure = { title: 'T', rows, x: { field: 't', title: 't' }, y: { field: 'y', title: 'y' }, series: 'of', rules: [{ y: 2 }] };
const CHARTS: Record<string, () => Promise<Bundle>> = {
  line: () => line({ ...figure, band: { low: 'low', high: 'high' } }),
  scatter: () => scatter({ ...figure, through: { intercept: 2, slope: 0 }, interval: { low: 'low', high: 'high' } }),
  histogram: () => histogram({ title: 'T', x: 'x', samples: { a: rows.map(({ y }) => y), b: rows.map(({ t }) => t / 20) } }),
  bars: () => bars(figure),
  intervals: () => intervals({ ...figure, x: figure.y, y: { field: 'of', title: 'of' }, low: 'low', high: 'high' }),
  coefficientPath: () => coefficientPath(figure),
  monthlyReturns: () => monthlyReturns(['2020-01-31', '2020-02-28', '2021-01-29'], Float64Array.of(0.1, -0.2, 0.3)),
  residualDiagnostics: () =>
    residualDiagnostics(
      rows.map(({ y }) => y),
      { title: 'T' },
    ),
};

describe('the contrast of charts (WCAG 2.2)', () => {
  it('is computed as its definition says', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2); // the best-known grey that just fails for text
  });

  it('of marks is at least 3 on the light page and on the dark one', () => {
    for (const colour of [...PALETTE, GREY])
      for (const page of [LIGHT, DARK]) expect(contrast(colour, page), `${colour} on ${page}`).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(CHARTS))(
    "of %s: marks from the palette, words in the page's own colour, a file with its own ground",
    async (_, draw) => {
      const bundle = await draw();
      const spec = bundle['application/vnd.vegalite.v5+json'] as { usermeta: { embedOptions: { renderer: string } } };
      expect(spec.usermeta.embedOptions.renderer).toBe('svg'); // on a canvas `currentColor` would be black
      const colours = JSON.stringify(spec).match(/#[0-9a-f]{3,8}\b/gi) ?? [];
      expect(colours.filter((colour) => ![...PALETTE, GREY].includes(colour))).toEqual([]);
      const svg = String(bundle['image/svg+xml']);
      const drawn = [...svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map((match) => match[1]);
      const expected = [...PALETTE, GREY, '#ffffff', '#1b1b1b', 'none', 'transparent'];
      expect([...new Set(drawn)].filter((colour) => !expected.includes(colour))).toEqual([]); // no black by default
      const ground = /<rect width="[^"]*" height="[^"]*" fill="(#\w+)"/.exec(svg)?.[1] ?? '';
      const inks = [...svg.matchAll(/<text[^>]*fill="([^"]*)"/g)].map((match) => match[1]);
      expect(inks.length).toBeGreaterThan(4);
      for (const ink of inks) expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    },
  );
});

describe('line', () => {
  const ends = async (values: number[]) => {
    const series = values.flatMap((y, i) => [0, 1].map((t) => ({ t, y: t * y, of: `s${i}` })));
    const spec = (await line({ ...figure, rules: [], rows: series }))['application/vnd.vegalite.v5+json'] as {
      layer: { mark: { type: string }; data: { values: { y: number; of: string }[] } }[];
    };
    return spec.layer.find(({ mark }) => mark.type === 'text')!.data.values;
  };

  it('names each series at its right end, moved apart where two would overlap', async () => {
    expect((await ends([0, 5, 10])).map(({ y }) => y)).toEqual([0.25, 5, 10]); // half a name above the axis
    expect((await ends([0, 0.1, 10])).map(({ y }) => y)).toEqual([0.25, 0.75, 10]);
    const [a, b, c] = (await ends([9.9, 10, 9.95])).map(({ y }) => y);
    expect(b - a).toBeCloseTo(0.5, 6); // 13 of 260 pixels, of a range of 10
    expect(c).toBeCloseTo(10, 6);
    expect((await ends([9.9, 10, 9.95])).map(({ of }) => of)).toEqual(['s0', 's2', 's1']);
  });

  it('draws each series in the colour that the notebook gave its name, and refuses one without', async () => {
    const colours = { mean: PALETTE[3], ridge: PALETTE[1] };
    const text = JSON.stringify((await line({ ...figure, colours }))['application/vnd.vegalite.v5+json']);
    expect(text).toContain(`"domain":["mean","ridge"],"range":["${PALETTE[3]}","${PALETTE[1]}"]`);
    expect(() => line({ ...figure, colours: { mean: PALETTE[0] } })).toThrow("figure: 'ridge' has no colour; colours has mean");
  });
});
