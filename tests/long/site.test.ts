import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'lemmata-twice-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The site of a copy of this checkout in a folder of that name, file by file. */
function builtIn(name: string): Map<string, string> {
  const folder = join(home, name);
  const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout.split('\0');
  for (const file of tracked.filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  for (const made of ['node_modules', 'dist']) symlinkSync(join(ROOT, made), join(folder, made));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/blog.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const out = join(folder, 'build/site');
  const files = globSync('**/*', { cwd: out }).filter((file) => statSync(join(out, file)).isFile());
  return new Map(files.sort().map((file) => [file, readFileSync(join(out, file)).toString('base64')]));
}

describe('the website', () => {
  it('has the same bytes wherever it is built', { timeout: 1_200_000 }, () => {
    const [one, two] = [builtIn('a'), builtIn('another/place/b')];
    expect([...one.keys()]).toEqual([...two.keys()]);
    expect(one.size).toBeGreaterThan(1500);
    expect([...one.keys()].filter((file) => one.get(file) !== two.get(file))).toEqual([]);
  });
});
