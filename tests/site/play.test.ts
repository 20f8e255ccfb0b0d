import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphs, lossesOf, type starts } from '../../blog/play/train/make.js';
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

describe.skipIf(noChromium)('pages to play with (apt install chromium)', () => {
  let browser: Browser;
  let base = '';
  beforeAll(async () => {
    base = await servePages(['train']);
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
    }
    expect(wrong).toEqual([]);
    await close();
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
});
