import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

export const ROOT = join(import.meta.dirname, '..', '..');
const { answer } = await import(join(ROOT, 'scripts/blog/server.mjs'));
/** The base path under which the tests serve the site, as a project's GitHub Pages do. */
export const PREFIX = '/lemmata/';

/**
 * The site, built once for a test file under the base path; gone when its tests are done. LEMMATA_SITE names one to look at that was built before:
 * `npm run blog -- --pathprefix /lemmata/ --url https://example.org --out <folder>`.
 */
export function buildOnce(): { out: string; pages: string[]; html: (page: string) => string } {
  const before = process.env.LEMMATA_SITE;
  const out = before ?? join(mkdtempSync(join(tmpdir(), 'lemmata-site-')), 'site');
  if (!before) {
    afterAll(() => rmSync(join(out, '..'), { recursive: true, force: true }));
    const args = ['scripts/blog.mjs', '--pathprefix', PREFIX, '--url', 'https://example.org', '--out', out];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }
  const pages = globSync('**/*.html', { cwd: out }).sort();
  const kept = new Map<string, string>();
  const html = (page: string) => {
    if (!kept.has(page)) kept.set(page, readFileSync(join(out, page), 'utf8'));
    return kept.get(page)!;
  };
  return { out, pages, html };
}

/** Serves a built site on 127.0.0.1 until the tests of the file are done. */
export async function serve(out: string): Promise<string> {
  const server = createServer(answer(out, PREFIX));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
