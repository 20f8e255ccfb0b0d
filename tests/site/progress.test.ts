import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const { isEdited } = await import(join(ROOT, 'scripts/blog/progress.mjs'));
const { canDrawCards, dayPicture } = await import(join(ROOT, 'scripts/blog/cards.mjs'));
const { sharesOf } = await import(join(ROOT, 'scripts/blog/shares.mjs'));
const folder = mkdtempSync(join(tmpdir(), 'lemmata-progress-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = (date: string) => join(folder, 'blog/progress', `${date}.md`);
const shared = (date: string, name: string) => readFileSync(join(folder, 'build/progress', date, name), 'utf8');

function git(args: string[], day = '2026-03-01'): void {
  const date = `${day}T12:00:00Z`;
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.c', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b.c' };
  const env = { ...process.env, ...who, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const { status, stderr } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function commit(day: string, subject: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  git(['add', file]);
  git(['commit', '-qm', subject], day);
}

function log(): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/progress.mjs'), folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const beta = (value: number) => JSON.stringify({ numbers: { beta: { value, uncertainty: 0.1, unit: '1' } } });

beforeAll(() => {
  git(['init', '-q', '-b', 'main']);
  commit('2026-03-01', 'Prove the first theorem', 'proofs/week01.tex', 'one\n');
  commit('2026-03-01', 'Save what was found', 'results/week01.json', beta(1));
  commit('2026-03-03', 'Say {{ what }} *gains* 5 % and <more>', 'proofs/week02.tex', 'a\n'.repeat(9));
  commit('2026-03-03', 'Take {{ braces }} and *stars* for what they are', 'proofs/week02.tex', 'b\n');
  commit('2026-03-03', 'Find another number', 'results/week01.json', beta(2));
  for (let i = 0; i < 16; i++)
    commit('2026-03-04', `Go on for long enough, step ${'by step '.repeat(9)}${i}`, `src/room${'abcdefgh'[i % 8]}/a.ts`, `${i}\n`);
  commit('2026-03-05', 'Begin a day that is not over', 'README.md', 'x\n');
  log();
}, 120_000);

describe('the log', () => {
  it('has an entry for each day with commits that is over, and for no other', () => {
    expect(readdirSync(dirname(entry('x'))).sort()).toEqual(['2026-03-01.md', '2026-03-03.md', '2026-03-04.md']);
  });

  it('says what was worked on, and what numbers came and moved', () => {
    const first = readFileSync(entry('2026-03-01'), 'utf8');
    expect(first).toContain('title: 1 March 2026\n');
    expect(first).toContain('2 changes went in.');
    expect(first).toContain('- **week 1** (2): Prove the first theorem.');
    expect(first).toContain('Of the saved numbers 1 came, 0 moved and 0 went.');
    expect(readFileSync(entry('2026-03-03'), 'utf8')).toContain('Of the saved numbers 0 came, 1 moved and 0 went.');
  });

  it('quotes no subject that types a number with a unit, and keeps signs of Markdown and Nunjucks as they are', () => {
    const text = readFileSync(entry('2026-03-03'), 'utf8');
    expect(text).not.toContain('5 %');
    expect(text).toContain('Take &#123;&#123; braces &#125;&#125; and &#42;stars&#42; for what they are.');
    expect(shared('2026-03-03', 'linkedin.txt')).toContain('Take {{ braces }} and *stars* for what they are.');
  });

  it('is the same when it is made again', () => {
    const before = readFileSync(entry('2026-03-03'), 'utf8');
    log();
    expect(readFileSync(entry('2026-03-03'), 'utf8')).toBe(before);
    expect(isEdited(before)).toBe(false);
  });

  it('keeps an entry that a person edited, shares its words, and makes anew one that is lost', () => {
    const edited = readFileSync(entry('2026-03-01'), 'utf8').replace('2 changes went in.', 'A theorem.');
    writeFileSync(entry('2026-03-01'), edited);
    rmSync(entry('2026-03-04'));
    expect(log()).toContain('2026-03-01: edited by hand, kept');
    expect(readFileSync(entry('2026-03-01'), 'utf8')).toBe(edited);
    expect(shared('2026-03-01', 'linkedin.txt')).toContain('A theorem.');
    expect(existsSync(entry('2026-03-04'))).toBe(true);
  });
});

describe.skipIf(!canDrawCards() && !process.env.CI)('the picture of a day (apt install librsvg2-bin)', () => {
  const picture = (date: string) => readFileSync(join(folder, 'build/progress', date, 'picture.png'));
  /** Width and height that a PNG says of itself. */
  const size = (png: Buffer) => [png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)];

  it('is a PNG of 1200 by 630 beside the texts, the same when it is made again', () => {
    const before = ['2026-03-01', '2026-03-03', '2026-03-04'].map(picture);
    log();
    for (const [i, date] of ['2026-03-01', '2026-03-03', '2026-03-04'].entries()) {
      expect(size(picture(date))).toEqual(['PNG', 1200, 630]);
      expect(picture(date).equals(before[i])).toBe(true);
    }
    expect(before[0].equals(before[1])).toBe(false); // another title
  });

  it('shows the chart of the day, within its frame', () => {
    const chart = readFileSync(join(ROOT, 'results/week06/schedules.svg'), 'utf8');
    const [bare, drawn] = [dayPicture('1 March 2026', 'Worked.'), dayPicture('1 March 2026', 'Worked.', chart)];
    expect(size(drawn)).toEqual(['PNG', 1200, 630]);
    expect(drawn.length).toBeGreaterThan(bare.length + 10_000);
  });
});

describe('what is shared of a day', () => {
  const num = () => '0.80';

  it('fits: 1,300 characters for LinkedIn, 280 for X, whole lines and whole words', () => {
    const body = Array.from({ length: 60 }, (_, i) => `- line ${i} ${'word '.repeat(9)}end`).join('\n');
    const { linkedin, x } = sharesOf(`---\ntitle: A day\ndescription: "${'Said '.repeat(99)}"\n---\n${body}\n`, num);
    expect(linkedin.length).toBeGreaterThan(1200);
    expect(linkedin.length).toBeLessThanOrEqual(1300);
    expect(linkedin).toMatch(/end\n$/);
    expect(x.length).toBeGreaterThan(270);
    expect(x.length).toBeLessThanOrEqual(280);
    expect(x).toMatch(/Said…\n$/);
    for (const date of ['2026-03-01', '2026-03-03', '2026-03-04']) {
      expect(shared(date, 'linkedin.txt').length).toBeLessThanOrEqual(1300);
      expect(shared(date, 'x.txt').length).toBeLessThanOrEqual(280);
    }
  });

  it('is plain: numbers read, links and charts by their words or gone', () => {
    const body = "It is {{ num('week01.beta', '.2f') }}, in **[the post](/posts/week01/)**.\n\n{% chart 'week01.ridge', 'A chart.' %}";
    const { linkedin, chart } = sharesOf(`---\ntitle: A\ndescription: B.\n---\n${body}\n`, num);
    expect(linkedin).toBe('Lemmata, A. B.\n\nIt is 0.80, in the post.\n');
    expect(chart).toBe('week01.ridge');
  });
});
