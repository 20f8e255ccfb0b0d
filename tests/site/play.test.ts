import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trained } from '../../blog/play/attack/train.js';
import { trained as trainedTransformer } from '../../blog/play/attention/make.js';
import { CANADA, CAPITAL, COVARIANCE, clash, GERMANY } from '../../blog/play/black-litterman/markets.js';
import { SLICE, trained as trainedAgent } from '../../blog/play/execution/make.js';
import { paired, tallyOf } from '../../blog/play/execution/tally.js';
import { graphs, lossesOf, type starts } from '../../blog/play/train/make.js';
import { blackLitterman, costMoments, impliedReturns, optimalHoldings, optimalWeights, twap, type View } from '../../src/trade/index.js';
import { noChromium, openChromium } from '../support/chromium.js';
import { ROOT } from './built.js';
import { expectReadable, opened, servePages } from './play.js';

const committed = (file: string) => readFileSync(join(ROOT, 'blog/play', file));
const AGAIN = 'make it again: node --import ./scripts/typescript.mjs blog/play/train/make.ts';

describe('the files of the page that trains', () => {
  it('are what the library writes', { timeout: 120_000 }, async () => {
    const { step, picture } = await graphs();
    expect(committed('train/step.onnx').equals(step), AGAIN).toBe(true);
    expect(committed('train/picture.onnx').equals(picture), AGAIN).toBe(true);
    const { rate, starts: kept } = JSON.parse(committed('train/starts.json').toString()) as Awaited<ReturnType<typeof starts>>;
    expect(rate).toBe(0.01);
    for (const [i, { node, reference }] of kept.entries())
      for (const [precision, losses] of [
        ['float32', node],
        ['float64', reference],
      ] as const)
        for (const [k, loss] of (await lossesOf(i + 1, precision)).entries())
          expect(Math.abs(losses[k] - loss), `${AGAIN}; ${precision}, start ${i + 1}, step ${k}`).toBeLessThan(1e-5);
  });
});

describe('the nets that are attacked', () => {
  it('begin as their training does, and are small', { timeout: 60_000 }, async () => {
    const { nets } = JSON.parse(committed('attack/nets.json').toString());
    const { losses } = await trained('natural', nets.natural.losses.length);
    for (const [k, loss] of losses.entries()) expect(Math.abs(nets.natural.losses[k] - loss), `step ${k}`).toBeLessThan(1e-3);
    for (const name of ['natural', 'hardened']) expect(committed(`attack/${name}.onnx`).length).toBeLessThan(300_000);
    expect(nets.natural.clean).toBeGreaterThan(0.95);
    expect(nets.hardened.attacked).toBeGreaterThan(nets.natural.attacked + 0.5);
  });
});

describe('the transformer', () => {
  it('begins as its training does, and comes near the noise that no forecast removes', { timeout: 60_000 }, async () => {
    const { loss, losses } = JSON.parse(committed('attention/transformer.json').toString());
    for (const [k, value] of (await trainedTransformer(losses.length)).losses.entries())
      expect(Math.abs(losses[k] - value), `step ${k}`).toBeLessThan(1e-3);
    // A return has variance 1 / (1 − 0.8²) = 2.78, of which 1 is noise; 4 of 32 forecasts have no echo to see: (28 + 4 · 2.78) / 32 = 1.22.
    expect(Math.abs(loss - 1.22)).toBeLessThan(0.08);
  });
});

describe('the agent that sells', () => {
  it('begins as its training does', { timeout: 60_000 }, async () => {
    const { slice } = JSON.parse(committed('execution/agent.json').toString());
    expect(slice.steps).toBe(SLICE);
    expect((await trainedAgent(SLICE)).size / slice.size).toBeCloseTo(1, 3);
  });
});

describe('views that cannot both be certain', () => {
  it('are named in the page’s words', () => {
    const certain = (weights: View['weights']) => ({ weights, mean: 0.02, confidence: 1 });
    expect(clash([certain(GERMANY), certain(CANADA), certain({ USA: 1, Canada: -1 })])).toContain('‘Canada earns more than the USA’');
    expect(clash([certain(GERMANY), certain(CANADA), certain({ Canada: 1 })])).toBeUndefined();
    expect(clash([certain(CANADA), { ...certain({ Canada: 1, USA: -1 }), confidence: 0.95 }])).toBeUndefined();
  });
});

describe('the sellers’ costs', () => {
  it('are of other paths each time, also where three runs are asked for at once', async () => {
    const { costs, run } = tallyOf(async (_, count) => new Float32Array(count));
    await Promise.all([run(50), run(50), run(50)]);
    expect(costs.twap).toHaveLength(150);
    expect(new Set(costs.twap).size).toBe(150);
  });

  it('differ in pairs by what luck does not touch', () => {
    const one = [1e5, 3e5, 8e5];
    const { mean } = paired(
      one.map((cost, i) => cost + [9, 10, 11][i]),
      one,
    );
    // 9, 10, 11: their deviation is 1, the error of their mean 1/√3.
    expect(mean.mean).toBeCloseTo(10, 9);
    expect(mean.error).toBeCloseTo(1 / Math.sqrt(3), 9);
  });
});

describe.skipIf(noChromium)('pages to play with (apt install chromium)', () => {
  let browser: Browser;
  let base = '';
  beforeAll(async () => {
    base = await servePages(['train', 'black-litterman', 'attack', 'execution', 'attention']);
    browser = await openChromium();
  }, 120_000);
  afterAll(() => browser?.close());

  it('trains by the graph that Node runs: 50 losses equal Node’s and the float64 reference’s to 1e-5', { timeout: 60_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/train/`);
    for (const start of [1, 2]) {
      const fifty = page.getByRole('button', { name: '50 steps' });
      await expect.poll(() => fifty.isEnabled(), { timeout: 30_000 }).toBe(true);
      await page.getByLabel('Weights to start from').selectOption(String(start));
      await fifty.click();
      await expect.poll(() => page.locator('#rows tr').count(), { timeout: 30_000 }).toBe(50);
      const here = (await page.locator('#rows td:nth-child(2)').allTextContents()).map(Number);
      for (const precision of ['float32', 'float64'] as const)
        for (const [k, loss] of (await lossesOf(start, precision)).entries())
          expect(Math.abs(here[k] - loss), `${precision}, step ${k}`).toBeLessThan(1e-5);
      expect(here[49]).toBeLessThan(here[0] - 0.03);
      expect(await page.locator('#losses text').allTextContents()).toContain('50 steps');
    }
    expect(wrong).toEqual([]);
    await close();
  });

  describe('that do not get what they load', () => {
    const RUNTIME = 'ort-wasm-simd-threaded.wasm';
    const FETCH = 'could not be fetched (Failed to fetch). Look at the connection, then reload the page.';
    const half = (file: string) => committed(file).subarray(0, Math.floor(committed(file).length / 2));
    it.each([
      ['a model that is cut off', 'train', 'step.onnx', 'abort', `step.onnx ${FETCH}`],
      ['the runtime that is cut off', 'attention', RUNTIME, 'abort', `${RUNTIME} ${FETCH}`],
      [
        'a model that is not there',
        'attack',
        'hardened.onnx',
        { status: 404 },
        'hardened.onnx could not be fetched (the site answered 404). Look at',
      ],
      [
        'half a model',
        'execution',
        'agent.onnx',
        { body: half('execution/agent.onnx') },
        'It was cut or changed on its way: reload the page',
      ],
      [
        'a page in a model’s place',
        'attention',
        'transformer.onnx',
        { body: '<html>Sign in</html>' },
        'came, 20 bytes of it, and cannot be read',
      ],
      ['an empty model', 'train', 'picture.onnx', { body: '' }, 'picture.onnx came, 0 bytes of it, and cannot be read'],
      ['half its data', 'train', 'starts.json', { body: half('train/starts.json') }, 'starts.json came, '],
      ['a runtime that is none', 'train', RUNTIME, { body: 'x'.repeat(999) }, 'ONNX Runtime did not start ('],
    ] as const)('say so and what to do: %s', { timeout: 60_000 }, async (_, name, file, answer, says) => {
      const { page, close } = await opened(browser, `${base}play/${name}/`, {
        before: (page) => page.route(`**/${file}`, (route) => (answer === 'abort' ? route.abort() : route.fulfill(answer))),
      });
      const alert = page.locator('#status[role=alert]');
      await alert.waitFor({ timeout: 30_000 });
      expect(await alert.textContent()).toContain(says);
      expect(await alert.locator('progress').count()).toBe(0);
      expect(await page.locator('main :is(button, select, input):enabled').count(), 'controls that would do nothing').toBe(0);
      await close();
    });

    it('say that a browser is too old for WebAssembly’s SIMD', { timeout: 60_000 }, async () => {
      const { page, close } = await opened(browser, `${base}play/train/`, {
        before: (page) => page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false })),
      });
      const alert = page.locator('#status[role=alert]');
      await alert.waitFor({ timeout: 30_000 });
      expect(await alert.textContent()).toContain('no WebAssembly with SIMD');
      await close();
    });
  });

  it('trains on with a live loss, at the rate that the keyboard sets', { timeout: 60_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/train/`);
    const train = page.getByRole('button', { name: 'Train' });
    await expect.poll(() => train.isEnabled(), { timeout: 30_000 }).toBe(true);
    await page.getByLabel('Learning rate').press('ArrowRight');
    expect(await page.locator('#rate-now').textContent()).toBe('0.018');
    await train.focus();
    await page.keyboard.press('Enter');
    const steps = async () => Number(await page.locator('#steps').textContent());
    await expect.poll(steps, { timeout: 40_000 }).toBeGreaterThan(400);
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    expect(Number.parseFloat((await page.locator('#loss').textContent())!)).toBeLessThan(0.5);
    expect(await page.locator('#apart').textContent()).toBe("not compared: Node's rate was 0.01");
    expect((await page.locator('#losses polyline.live').getAttribute('points'))!.split(' ').length).toBeGreaterThan(300);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/train.png`, fullPage: true });
    await expectReadable(page);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/train-phone.png`, fullPage: true });
    expect(wrong).toEqual([]);
    await close();
  });

  it('moves weights by views: the library’s to 1e-6, and He and Litterman’s tables 5 and 6', { timeout: 60_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/black-litterman/`);
    const read = async (column: number) =>
      (
        await page.locator(`#rows tr td:nth-child(${column}) data`).evaluateAll((all) => all.map((data) => (data as HTMLDataElement).value))
      ).map(Number);
    const expectWeights = async (views: readonly View[], riskAversion = 2.5) => {
      const prior = impliedReturns(CAPITAL, COVARIANCE, { riskAversion });
      const { mean, returnsCovariance } = blackLitterman(COVARIANCE, views, { prior, tau: 0.05 });
      const [means, weights] = [await read(3), await read(5)];
      for (const [i, weight] of optimalWeights(mean, returnsCovariance, { riskAversion }).entries()) {
        expect(Math.abs(weights[i] - weight)).toBeLessThan(1e-6);
        expect(Math.abs(means[i] - mean[i])).toBeLessThan(1e-6);
      }
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12); // with cash
    };
    const expectPrinted = async (printed: readonly number[]) => {
      const weights = await read(5);
      for (const [i, weight] of printed.entries()) expect(Math.abs(100 * weights[i] - weight)).toBeLessThan(0.1001);
    };
    await expectWeights([
      { weights: GERMANY, mean: 0.05 },
      { weights: CANADA, mean: 0.03 },
    ]);
    await expectPrinted([1.5, 41.9, -3.4, 33.6, 11.0, -8.2, 18.8]);
    const canada = page.getByRole('group', { name: 'Canada' }).getByLabel('by, a year');
    await canada.press('ArrowRight');
    await canada.press('ArrowRight');
    await expectPrinted([1.5, 53.3, -3.3, 33.1, 11.0, -7.8, 7.3]);
    await page.getByRole('group', { name: 'your own' }).getByLabel('How sure').press('End');
    await page.getByLabel('earns more than', { exact: true }).selectOption('USA');
    await page.getByLabel('Risk aversion').press('End');
    const third: View = { weights: { Japan: 1, USA: -1 }, mean: 0.02, confidence: 1 };
    await expectWeights([{ weights: GERMANY, mean: 0.05 }, { weights: CANADA, mean: 0.04 }, third], 10);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/views.png`, fullPage: true });
    await page.getByLabel('earns more than', { exact: true }).selectOption('Japan');
    expect(await page.locator('#status').textContent()).toContain('choose another than Japan');
    expect(await page.locator('#rows tr td:nth-child(5)').allTextContents()).toEqual(Array(8).fill('–'));
    expect(await page.locator('#bars .mine').count()).toBe(0);
    await page.getByRole('button', { name: 'He and Litterman' }).click();
    await expect.poll(() => page.locator('#status').textContent()).toBe('');
    await expectPrinted([1.5, 41.9, -3.4, 33.6, 11.0, -8.2, 18.8]);
    await expectReadable(page);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/views-phone.png`, fullPage: true });
    expect(wrong).toEqual([]);
    await close();
  });

  it('flips a digit of the natural net within the ball, and reads what is drawn', { timeout: 90_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/attack/`);
    const says = (name: string) => page.locator(`#${name}-says`).textContent();
    const largest = async (name: string) => Number(/[\d.]+\d/.exec((await page.locator(`#${name}-largest`).textContent())!)![0]);
    await expect.poll(() => says('natural'), { timeout: 40_000 }).toMatch(/^It said 3, and now says [^3]\.$/);
    expect(await says('hardened')).toBe('It said 3, and still does.');
    for (const name of ['natural', 'hardened']) {
      expect(await largest(name)).toBeGreaterThan(0.1);
      expect(await largest(name)).toBeLessThanOrEqual(0.15);
      for (const column of [1, 2]) {
        const shares = await page.locator(`#${name}-rows td:nth-of-type(${column})`).allTextContents();
        expect(shares.map(Number.parseFloat).reduce((a, b) => a + b, 0)).toBeCloseTo(100, 0);
      }
    }
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/attack.png`, fullPage: true });
    await page.getByLabel('ε, how far').press('Home');
    await expect.poll(() => says('natural'), { timeout: 20_000 }).toBe('It said 3, and still does.');
    await page.getByRole('button', { name: 'Clear' }).click();
    for (const name of ['natural', 'hardened'])
      for (const part of ['says', 'largest', 'rows'])
        expect(await page.locator(`#${name}-${part}`).textContent(), 'of the digit that is gone').toBe('');
    const box = (await page.locator('#pad').boundingBox())!;
    await page.mouse.move(box.x + 0.52 * box.width, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.48 * box.width, box.y + 0.8 * box.height, { steps: 8 });
    await page.mouse.up();
    for (const name of ['natural', 'hardened']) await expect.poll(() => says(name), { timeout: 20_000 }).toBe('It said 1, and still does.');
    await expectReadable(page);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/attack-phone.png`, fullPage: true });
    expect(wrong).toEqual([]);
    await close();
  });

  it('sells by the trained agent, which beats even sales with risk counted, and lets the reader sell', { timeout: 90_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/execution/`);
    const many = page.getByRole('button', { name: '5,000 paths' });
    await expect.poll(() => many.isEnabled(), { timeout: 40_000 }).toBe(true);
    expect(await page.locator('#costs polyline').count(), 'lines of paths that are not there').toBe(0);
    await many.click();
    await expect.poll(() => page.locator('#paths').textContent(), { timeout: 30_000 }).toBe('5,000');
    // With risk, the agent is below the closed form by 8.39 bp, by 200,000 paths of the same world written anew in numpy; the paired error of 5,000 is 0.4.
    const apart = (await page.locator('#apart-risky').textContent())!;
    const [less, error] = apart
      .replace('−', '-')
      .match(/-?[\d.]+/g)!
      .map(Number);
    expect(Math.abs(error - 0.4), apart).toBeLessThan(0.1);
    expect(Math.abs(less + 8.39), apart).toBeLessThan(4 * error);
    for (const name of ['agent', 'twap', 'optimum', 'apart'])
      expect(await page.locator(`#${name}-mean`).textContent()).toMatch(/ bp ± [\d.]+$/);
    const risky = async (name: string) => {
      const data = page.locator(`#${name}-risky`);
      const error = Number(/± ([\d.]+)/.exec((await data.textContent())!)![1]);
      return { mean: Number(await data.evaluate((found) => (found as HTMLDataElement).value)), error };
    };
    const [agent, even, optimum] = [await risky('agent'), await risky('twap'), await risky('optimum')];
    // E + λV of the closed forms, which paths show within four standard errors.
    const problem = { shares: 1e6, days: 5, slices: 5, volatility: 0.95, halfSpread: 0.0625, permanent: 2.5e-7, temporary: 2.5e-6 };
    for (const [{ mean, error }, holdings] of [
      [even, twap(problem)],
      [optimum, optimalHoldings(problem, 1e-6)],
    ] as const) {
      const { expected, variance } = costMoments(problem, holdings);
      expect(Math.abs(mean - (expected + 1e-6 * variance) / 5000)).toBeLessThan(4 * error);
    }
    expect(agent.mean).toBeLessThan(even.mean - 2 * Math.hypot(agent.error, even.error));
    expect((await page.locator('#costs polyline').count()) + (await page.locator('#holdings polyline').count())).toBe(6);
    for (let day = 0; day < 5; day++) await page.getByRole('button', { name: 'Sell', exact: true }).press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id), 'the focus, where there is no more to sell').toBe('another');
    expect(await page.locator('#sell-now').textContent()).toBe('');
    expect(await page.locator('#verdict').textContent()).toMatch(
      /^You lost .* bp; on the same path the agent lost .* bp, even sales .* bp, the closed form .* bp\.$/,
    );
    expect(await page.locator('#holdings polyline').count()).toBe(4);
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/execution.png`, fullPage: true });
    await expectReadable(page);
    expect(wrong).toEqual([]);
    await close();
  });

  it('draws attention whose rows sum to 1, and which finds the echo', { timeout: 60_000 }, async () => {
    const { page, wrong, close } = await opened(browser, `${base}play/attention/`);
    const another = page.getByRole('button', { name: 'Another window' });
    await expect.poll(() => another.isEnabled(), { timeout: 40_000 }).toBe(true);
    const day = page.getByRole('slider', { name: 'Day that attends' });
    let found = 0;
    for (const head of ['0', '1'])
      for (const chosen of [10, 20, 32]) {
        await page.getByLabel('Head').selectOption(head);
        await day.fill(String(chosen));
        const sum = await page.locator('#sum').evaluate((data) => Number((data as HTMLDataElement).value));
        expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
        const shares = await page.locator('#days .share').evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height')) / 60));
        expect(shares).toHaveLength(32);
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 1);
        expect(Math.max(0, ...shares.slice(chosen))).toBe(0); // no day sees those after it
        if ((await page.locator('#most').textContent())!.includes(', 4 days before')) found++;
      }
    expect(found).toBeGreaterThanOrEqual(3);
    const box = (await page.locator('#days').boundingBox())!;
    await page.mouse.move(box.x + 0.55 * box.width, box.y + 0.4 * box.height);
    expect(Number(await day.inputValue())).toBe(16);
    await page.setViewportSize({ width: 390, height: 844 });
    const [frame, names] = await page.evaluate(() => {
      const boxOf = (found: Element) => found.getBoundingClientRect().toJSON() as DOMRect;
      return [boxOf(document.getElementById('days')!), [...document.querySelectorAll('#days text')].map(boxOf)];
    });
    for (const [i, one] of names.entries()) {
      expect(one.left, `label ${i} is cut on a phone`).toBeGreaterThanOrEqual(frame.left - 0.5);
      for (const other of names.slice(i + 1))
        expect(
          Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
            Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1,
          `label ${i} stands on another on a phone`,
        ).toBe(false);
    }
    if (process.env.LEMMATA_PICTURES) await page.screenshot({ path: `${process.env.LEMMATA_PICTURES}/attention.png`, fullPage: true });
    await expectReadable(page);
    expect(wrong).toEqual([]);
    await close();
  });
});
