import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'lemmata-twice-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A copy of this checkout, without what is built, in a folder of that name. */
function copied(name: string): string {
  const folder = join(home, name);
  const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout.split('\0');
  for (const file of tracked.filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  for (const made of ['node_modules', 'dist']) symlinkSync(join(ROOT, made), join(folder, made));
  return folder;
}

/** The site of a checkout, file by file. */
function built(folder: string): Map<string, string> {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/blog.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const out = join(folder, 'build/site');
  const files = globSync('**/*', { cwd: out }).filter((file) => statSync(join(out, file)).isFile());
  return new Map(files.sort().map((file) => [file, readFileSync(join(out, file)).toString('base64')]));
}

describe('the website', () => {
  it('has the same bytes wherever it is built', { timeout: 1_200_000 }, () => {
    const folders = [copied('a'), copied('another/place/b')];
    const [one, two] = folders.map(built);
    expect([...one.keys()]).toEqual([...two.keys()]);
    expect(one.size).toBeGreaterThan(1500);
    expect([...one.keys()].filter((file) => one.get(file) !== two.get(file))).toEqual([]);
  });
});
