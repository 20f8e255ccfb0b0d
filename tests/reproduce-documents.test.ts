import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const absent = spawnSync('latexmk', ['--version']).error !== undefined;
const PARTS = ['scripts', 'proofs', 'summaries', 'paper', 'results', 'notebooks', 'src'];

describe('without LaTeX', () => {
  it('says how to install it, and fails only where it must be there', () => {
    const stamp = join(ROOT, 'build/stamps/summaries-week01.json');
    const kept = existsSync(stamp) ? readFileSync(stamp) : undefined;
    onTestFinished(() => kept && writeFileSync(stamp, kept));
    const run = (CI: string) => {
      const env = { ...process.env, PATH: '/nonexistent', CI };
      rmSync(stamp, { force: true });
      return spawnSync(process.execPath, ['scripts/reproduce.mjs', 'summaries', 'week01'], { cwd: ROOT, env, encoding: 'utf8' });
    };
    const quiet = run('');
    expect(quiet.stderr).toMatch(/^summaries\/week01: not built\nLaTeX is not installed \(missing: latexmk, pdflatex\)/);
    expect(quiet.stderr).toMatch(/apt-get install .*texlive-latex-extra.*\n.*brew install --cask mactex-no-gui/);
    expect([quiet.status, run('true').status]).toEqual([3, 1]);
  });
});

describe.skipIf(absent && !process.env.CI)('LaTeX (latexmk; npm run doctor says how to install it)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lemmata-documents-'));
    for (const name of ['one', 'two'])
      for (const part of PARTS)
        cpSync(join(ROOT, part), join(folder, name, part), { recursive: true, filter: (file) => !file.endsWith('.pdf') });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const reproduce = (name: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/reproduce.mjs', 'summaries', 'week01', ...args], {
      cwd: join(folder, name),
      encoding: 'utf8',
    });
    return { status, stderr, stdout: stdout.replace(/ {2}[\d.]+ s$/m, '') };
  };
  const pdf = (name: string) => readFileSync(join(folder, name, 'summaries/week01.pdf'));

  it('a document has equal bytes in two folders, stands while nothing changes, and follows a digit of a result or stops as stale', {
    timeout: 600_000,
  }, () => {
    for (const name of ['one', 'two']) expect(reproduce(name)).toEqual({ status: 0, stderr: '', stdout: 'summaries/week01.pdf  1 page\n' });
    expect(pdf('one').equals(pdf('two'))).toBe(true);
    expect(reproduce('two').stdout).toBe('summaries/week01  up to date\n');
    expect(reproduce('two', '--dry-run').stdout).toBe('nothing to do\n');

    const tex = readFileSync(join(ROOT, 'summaries/week01.tex'), 'utf8');
    const [, format, key] = /\\resnum\[([^\]]*)\]\{week01\.([^}]*)\}/.exec(tex) ?? [];
    const file = join(folder, 'two/results/week01.json');
    const result = JSON.parse(readFileSync(file, 'utf8'));
    result.numbers[key].value *= 2;
    writeFileSync(file, JSON.stringify(result));
    expect(reproduce('two', '--dry-run').stdout).toMatch(`summaries/week01: week01.${key} as ${format} changed`);
    expect(reproduce('two')).toEqual({ status: 0, stderr: '', stdout: 'summaries/week01.pdf  1 page\n' });
    expect(pdf('two').equals(pdf('one'))).toBe(false);

    writeFileSync(file, JSON.stringify({ ...result, code: 'of an older notebook' }));
    const before = pdf('two');
    const stale = reproduce('two');
    expect(stale.status).toBe(1);
    expect(stale.stderr).toMatch(/^summaries\/week01\.tex:\d+: \\resnum\{week01\.\S+\}: results\/week01\.json is stale/);
    expect(stale.stderr).toContain('summaries/week01: failed; what was built before is as it was');
    expect(pdf('two').equals(before)).toBe(true);
  });

  it('a summary that runs over its page is refused, and the page of before stays', { timeout: 300_000 }, () => {
    const file = join(folder, 'one/summaries/week01.tex');
    writeFileSync(file, readFileSync(file, 'utf8').replace('\\end{document}', '\\newpage More.\n\\end{document}'));
    const before = pdf('one');
    const { status, stderr } = reproduce('one');
    expect(status).toBe(1);
    expect(stderr).toContain('summaries/week01.tex: a summary is one page, this one has 2; shorten it');
    expect(pdf('one').equals(before)).toBe(true);
  });
});
