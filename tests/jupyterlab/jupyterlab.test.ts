import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noChromium, openChromium } from '../support/chromium.js';
import { type Lab, ROOT, startLab } from './lab.js';
import { NotebookPage } from './notebook-page.js';

const SHOTS = join(ROOT, 'build', 'screenshots');

const WEEK1 = readFileSync(join(ROOT, 'notebooks', 'week01-regression.ipynb'), 'utf8');
const CHARTS = WEEK1.split('"application/vnd.vegalite.v5+json"').length - 1;

/** WCAG 2.2 contrast of two colours as a browser computes them; a translucent one is laid over the other. */
function contrast(ink: string, page: string): number {
  const parts = (colour: string) => colour.match(/[\d.]+/g)!.map(Number);
  const [below, above] = [parts(page), parts(ink)];
  const alpha = above[3] ?? 1;
  const luminance = (rgb: number[]) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = [0, 1, 2].map((i) => alpha * above[i] + (1 - alpha) * below[i]);
  const [high, low] = [luminance(seen), luminance(below.slice(0, 3))].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** Week 1 with its quick parameters, so that a run takes seconds. */
function quickWeek1(): string {
  const notebook = JSON.parse(WEEK1);
  const at = notebook.cells.findIndex((cell: { metadata: { tags?: string[] } }) => cell.metadata.tags?.includes('parameters'));
  const source = [`Object.assign(parameters, ${JSON.stringify(notebook.metadata.lemmata.quick)});`];
  notebook.cells.splice(at + 1, 0, { cell_type: 'code', id: 'quick', metadata: {}, source, outputs: [], execution_count: null });
  return JSON.stringify(notebook);
}

const TO_DEBUG = `const bars = [{ close: 100 }, { close: 103 }];
const change = (now: number, before: number): number => {
  const ratio = now / before;
  return ratio - 1;
};
change(bars[1].close, bars[0].close).toFixed(2)`;

const TO_SLIDE = `import { interact, slider } from 'lemmata/kernel';
const window = slider({ min: 5, max: 250, value: 60, description: 'days' });
await interact({ window }, ({ window }) => 'window of ' + window + ' days');`;

/** A notebook of one cell for our kernel. */
function notebookOf(code: string): string {
  const cell = { cell_type: 'code', id: 'only', metadata: {}, source: code, outputs: [], execution_count: null };
  return JSON.stringify({ cells: [cell], metadata: JSON.parse(WEEK1).metadata, nbformat: 4, nbformat_minor: 5 });
}

/** What the engine says of a compilation that takes more than five seconds, as on a busy computer. */
const COMPILES_LONG = /^.*(is compiling|compiled) a graph of [\d,]+ operators.*compile faster\.\s*/m;

describe.skipIf(noChromium)('JupyterLab in Chromium (apt install chromium)', { timeout: 300_000 }, () => {
  let lab: Lab;
  let browser: Browser;
  let week1: NotebookPage;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    const training = readFileSync(join(ROOT, 'tests', 'jupyterlab', 'training.ipynb'), 'utf8');
    lab = await startLab({
      'week01.ipynb': quickWeek1(),
      'training.ipynb': training,
      'debugging.ipynb': notebookOf(TO_DEBUG),
      'sliding.ipynb': notebookOf(TO_SLIDE),
      'flooding.ipynb': notebookOf("while (true) console.log('spam line number with some length to it');"),
    });
    browser = await openChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  }, 30_000);

  it('has charts to show', () => expect(CHARTS).toBeGreaterThan(10));

  it('shows the committed charts, tables and maths of week 1 before anything is run or trusted', async () => {
    week1 = await NotebookPage.open(browser, lab.page('week01.ipynb'));
    await week1.page.getByTitle(/^Notebook not trusted/).waitFor();
    await week1.page
      .locator('.vega-embed')
      .nth(CHARTS - 1)
      .waitFor({ state: 'attached' });
    expect(await week1.count('.jp-RenderedHTML table')).toBeGreaterThanOrEqual(4);
    expect(await week1.count('.jp-OutputArea-output mjx-container')).toBeGreaterThan(100);
  });

  it('runs all of it: every cell green, charts drawn, maths set, nothing in the console', async () => {
    await week1.runAll();
    expect(await week1.failures()).toEqual([]);
    await week1.page
      .locator('.vega-embed')
      .nth(CHARTS - 1)
      .waitFor({ state: 'attached' });
    const marks = await week1.page
      .locator('.vega-embed')
      .evaluateAll((charts) => charts.map((chart) => chart.querySelectorAll('canvas, svg').length));
    expect(marks).toHaveLength(CHARTS);
    expect(marks.every((n) => n > 0)).toBe(true);
    expect(await week1.count('mjx-merror')).toBe(0);
    expect(week1.complaints).toEqual([]);
    expect(await inkContrast()).toBeGreaterThanOrEqual(4.5);
    await shoot('light');
  });

  it('keeps answers folded until a reader opens one, and a theorem until its idea is clicked', async () => {
    const answer = week1.page.locator('.jp-CodeCell', { hasText: '// Answer 1.1' }).first();
    expect(await answer.locator('.cm-content').isVisible()).toBe(false);
    const said = answer.locator('details', { hasText: 'AMD: β' });
    expect(await said.getByText('AMD: β').isVisible()).toBe(false);
    await said.locator('summary').click();
    await said.getByText('AMD: β').waitFor();
    await answer.locator('.jp-Placeholder-content').first().click();
    await answer.locator('.cm-content').waitFor();
    const theorem = week1.page.locator('details', { hasText: 'Theorem 1 (Normal equations).' }).first();
    expect(await theorem.locator('blockquote').isVisible()).toBe(false);
    await theorem.locator('summary').click();
    await theorem.locator('blockquote mjx-container').first().waitFor({ state: 'visible' });
  });

  it('points at the line of a cell that fails, in its own TypeScript', async () => {
    const shown = await week1.type('const spreads = new Map<string, number>();\nconst oil = spreads.get("oil")!;\noil.toFixed(2);');
    expect(shown).toMatch(/TypeError: .*undefined.*toFixed/);
    expect(shown).toMatch(/>\s+3 │ oil\.toFixed\(2\);/);
    expect(shown).not.toContain('node_modules');
    expect(await week1.type('const wrong: number = "text";')).toMatch(/Type 'string' is not assignable to type 'number'/);
  });

  it('reads as well in the dark theme', async () => {
    await week1.page.keyboard.press('Control+s');
    await lab.theme('JupyterLab Dark');
    await week1.page.reload();
    await week1.ready();
    await week1.page
      .locator('.vega-embed')
      .nth(CHARTS - 1)
      .waitFor({ state: 'attached' });
    expect(await inkContrast()).toBeGreaterThanOrEqual(4.5);
    await shoot('dark');
    await week1.page.close();
    await lab.theme('JupyterLab Light');
  });

  it('interrupts the training of the larger transformer within a step and 200 ms, and goes on from its state', async () => {
    const training = await NotebookPage.open(browser, lab.page('training.ipynb'));
    await training.run(0);
    expect((await training.run(1)).replace(COMPILES_LONG, '')).toBe("'2 steps'");
    const long = await training.start(2);
    await training.page.waitForTimeout(2500);
    const waited = await training.interrupt(long);
    expect(await long.locator('.jp-OutputArea-output').first().innerText()).toMatch(/Interrupted/);
    const after = await training.run(3);
    const [, from, to, longest] = /from step (\d+) to (\d+), longest step (\d+) ms/.exec(after) ?? [];
    expect(Number(from)).toBeGreaterThanOrEqual(3);
    expect(Number(to)).toBe(Number(from) + 1);
    expect(waited).toBeLessThan(Number(longest) + 200);
    expect(training.complaints).toEqual([]);
  });

  it('gives the prompt back within 3 s of a click while a cell prints without end', async () => {
    const flooding = await NotebookPage.open(browser, lab.page('flooding.ipynb'));
    const cell = await flooding.start(0);
    await cell.locator('.jp-OutputArea-output', { hasText: 'the notebook shows no more of it' }).waitFor();
    await flooding.page.waitForTimeout(2000);
    expect(await flooding.interrupt(cell)).toBeLessThan(3000);
    expect(await flooding.type('1 + 1')).toBe('2');
    await flooding.page.close();
  });

  it('debugs a cell: a breakpoint by a click, its variables, a step, and on to the end', async () => {
    const debugging = await NotebookPage.open(browser, lab.page('debugging.ipynb'));
    const { page } = debugging;
    await page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-DebuggerBugButton').click();
    await page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-DebuggerBugButton[aria-pressed="true"]').waitFor();
    await debugging.cells.nth(0).locator('.cm-breakpoint-gutter .cm-gutterElement').nth(4).click();
    await page.locator('.jp-DebuggerBreakpoint').first().waitFor();
    const cell = await debugging.start(0);
    await page.locator('.jp-DebuggerCallstack-body li', { hasText: 'change' }).waitFor();
    const variable = (name: string) =>
      page.locator('.jp-DebuggerVariables-body jp-tree-item', { hasText: new RegExp(`^${name}:?`) }).first();
    await variable('ratio').waitFor();
    await page.screenshot({ path: join(SHOTS, 'debugger.png') });
    expect(await variable('ratio').innerText()).toMatch(/ratio:?\s*1\.03/);
    await page.locator('select[aria-label="Scope"]').selectOption('Notebook');
    expect(await variable('bars').innerText()).toMatch(/bars:?\s*Array\(2\)/);
    await page.locator('.jp-SidePanel [data-command="debugger:stepOut"], .jp-SidePanel [title^="Step Out"]').first().click();
    await page.locator('.jp-DebuggerCallstack-body li', { hasText: 'change' }).waitFor({ state: 'detached' });
    await page.locator('.jp-SidePanel [data-command="debugger:continue"], .jp-SidePanel [title^="Continue"]').first().click();
    await cell.locator('.jp-OutputArea-output', { hasText: "'0.03'" }).waitFor();
    expect(debugging.complaints).toEqual([]);
    await page.close();
  });

  it('moves what a slider draws with the keyboard', async () => {
    const sliding = await NotebookPage.open(browser, lab.page('sliding.ipynb'));
    const cell = await sliding.start(0);
    await cell.locator('.jp-OutputArea-output', { hasText: "'window of 60 days'" }).waitFor();
    const handle = cell.locator('.widget-slider .noUi-handle').first();
    await handle.focus();
    for (let i = 0; i < 3; i++) await sliding.page.keyboard.press('ArrowRight');
    await cell.locator('.jp-OutputArea-output', { hasText: "'window of 63 days'" }).waitFor();
    await sliding.page.screenshot({ path: join(SHOTS, 'slider.png') });
    expect(await sliding.type('window.value')).toBe('63');
    expect(sliding.complaints).toEqual([]);
    await sliding.page.close();
  });

  /** The least contrast of a word in a chart with the page behind it. */
  async function inkContrast(): Promise<number> {
    const { inks, page } = await week1.page.evaluate(() => ({
      inks: [...document.querySelectorAll('.vega-embed text')].map((text) => getComputedStyle(text).fill),
      page: getComputedStyle(document.querySelector('.jp-Notebook')!).backgroundColor,
    }));
    expect(inks.length).toBeGreaterThan(100);
    return Math.min(...[...new Set(inks)].map((ink) => contrast(ink, page)));
  }

  /** The notebook from top to bottom, a screen at a time, for people to look at. */
  async function shoot(theme: string): Promise<void> {
    const scroller = week1.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
    const height = await scroller.evaluate((element) => element.scrollHeight);
    const screens = process.env.SCREENSHOTS === 'all' ? Math.ceil(height / 800) : 2;
    for (let i = 0; i < screens; i++) {
      await scroller.evaluate((element, top) => element.scrollTo(0, top), 800 * i);
      await week1.page.screenshot({ path: join(SHOTS, `week01-${theme}-${String(i).padStart(2, '0')}.png`) });
    }
  }
});
