import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { PREFIX, ROOT, serve } from './built.js';

const { bundle } = await import(join(ROOT, 'scripts/blog/bundle.mjs'));
const { copyAssets } = await import(join(ROOT, 'scripts/blog/build.mjs'));
const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Pages to play with in the frame of the site under the base path, without the rest of the site, which takes longer to build. */
export async function servePages(names: readonly string[]): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'lemmata-play-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const nunjucks = createRequire(require.resolve('@11ty/eleventy'))('nunjucks');
  const frames = new nunjucks.Environment(new nunjucks.FileSystemLoader(join(ROOT, 'blog/_includes')), { throwOnUndefined: false });
  const frame = (name: string) => readFileSync(join(ROOT, 'blog/_includes', name), 'utf8').replace(/^---[\s\S]*?\n---\n/, '');
  for (const name of names) {
    const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(ROOT, 'blog/play', name, 'index.njk'), 'utf8'))!;
    const data = Object.fromEntries(head.split('\n').map((line) => line.split(/: (.*)/).slice(0, 2)));
    const given = { ...data, kind: 'play', site: { name: 'Lemmata', url: '', prefix: PREFIX }, page: { url: `/play/${name}/` } };
    const content = frames.renderString(frame('play.njk'), { ...given, content: body });
    const html: string = frames.renderString(frame('base.njk'), { ...given, content });
    mkdirSync(join(out, 'play', name), { recursive: true });
    writeFileSync(join(out, 'play', name, 'index.html'), html.replace(/ (href|src|action)="\/(?!\/)/g, ` $1="${PREFIX}`));
  }
  await bundle(ROOT, out);
  copyAssets(ROOT, out);
  return (await serve(out)) + PREFIX;
}

/** A page, and what went wrong while it was shown: errors, warnings, requests to others. */
export async function opened(
  browser: Browser,
  address: string,
  options: { colorScheme?: 'light' | 'dark'; width?: number; before?: (page: Page) => Promise<unknown> } = {},
) {
  const { colorScheme = 'light', width = 1000 } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).host !== new URL(address).host) wrong.push(`asked ${request.url()}`);
  });
  await options.before?.(page);
  await page.goto(address);
  return { page, wrong, close: () => context.close() };
}

/** Axe finds nothing, in light and in dark, and a phone needs no scroll sideways. */
export async function expectReadable(page: Page): Promise<void> {
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
    });
    expect(found, colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
}
