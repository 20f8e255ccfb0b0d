import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bundle } from '../base/display.js';
import { fit } from '../train/fit.js';
import { run } from '../train/run.js';
import { watch } from './watch.js';

const hook = Symbol.for('lemmata.display');
const seen: { bundle: Bundle; update?: string }[] = [];
const texts = () => seen.map(({ bundle }) => bundle['text/plain']);
beforeEach(() => {
  seen.length = 0;
  Object.assign(globalThis, { [hook]: (bundle: Bundle, options: { update?: string }) => seen.push({ bundle, ...options }) });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, hook);
  vi.restoreAllMocks();
});

// ½w² under gradient descent with rate 0.1: the loss of step k is ½·0.81^k.
const decay = { step: (w: number) => ({ state: 0.9 * w, loss: 0.5 * w * w }), batch: () => null };
const validate = { every: 10, loss: (w: number) => 0.5 * w * w };

interface Chart {
  layer: { mark: { type: string }; data?: { values: object[] } }[];
  data: { values: { step: number; loss: number; on: string }[] };
  title: { text: string; subtitle?: string };
}
const chart = (bundle: Bundle) => bundle['application/vnd.vegalite.v5+json'] as Chart;

describe('watch', () => {
  it('redraws one line and one chart while it trains, with rate, time left and losses', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 40)); // a quarter of a second for each step
    await fit(run(1), { ...decay, steps: 60, validate, watch: watch('decay') });
    expect(new Set(seen.map(({ update }) => update)).size).toBe(2);
    const lines = texts().filter((text) => text.includes('━'));
    expect(lines.at(-1)).toMatch(
      /^decay ━+─* \d+\/60 · [\d.]+ steps\/s · [\d.]+ s left · loss [\d.e−]+ · validation [\d.e−]+, best [\d.e−]+ at step 50$/,
    );
    const charts = seen.filter(({ bundle }) => bundle['application/vnd.vegalite.v5+json']);
    expect(charts.length).toBeGreaterThan(1); // one at the end; how many before depends on how fast charts are drawn
    expect(charts.length).toBeLessThan(30);
  });

  it('ends with a chart of all losses, on a logarithmic axis when they fall far, and a line without the rate', async () => {
    await fit(run(1), { ...decay, steps: 1000, validate: { ...validate, every: 500 }, watch: watch('decay') });
    const { bundle } = seen.at(-1)!;
    expect(texts().at(-2)).toMatch(/^decay: 1,000 steps · loss .* · validation .*, best .* at step 1,000$/);
    expect(bundle['text/plain']).toBe('[chart] decay: loss · x: step · y: loss');
    const { data, title } = chart(bundle);
    expect(title.subtitle).toBe('training: means over 5 steps; dashed: the best validation, step 1,000');
    const [head, first, ...others] = String(data.values).split('\n');
    expect([head, others.length]).toEqual(['step,loss,on', 201]);
    expect(first).toMatch(/^5,.*,training$/);
    expect(Number(first.split(',')[1])).toBeCloseTo((0.5 * (1 + 0.81 + 0.81 ** 2 + 0.81 ** 3 + 0.81 ** 4)) / 5, 4);
    expect(JSON.stringify(chart(bundle).layer)).toContain('"type":"log"');
  });

  it('measures the rate of a run that goes on by its own steps', async () => {
    const training = run(1);
    await fit(training, { ...decay, steps: 1000 });
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    await fit(training, { ...decay, steps: 1010, watch: watch('decay') });
    const rates = texts()
      .flatMap((text) => /· ([\d.]+) steps\/s/.exec(text)?.[1] ?? [])
      .map(Number);
    expect(rates.length).toBeGreaterThan(0);
    expect(Math.max(...rates)).toBeLessThan(11);
  });

  it('draws no chart of a run that ended before its second step', async () => {
    const broken = { step: () => ({ state: 0, loss: Number.NaN }), batch: () => null };
    await expect(fit(run(1), { ...broken, steps: 5, watch: watch('broken') })).rejects.toThrow('the loss is NaN at step 1');
    expect(seen.filter(({ bundle }) => bundle['application/vnd.vegalite.v5+json'])).toEqual([]);
  });
});
