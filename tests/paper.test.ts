import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { paperTables, words } = await import(join(ROOT, 'scripts/paper/tables.mjs'));
const { filled } = await import(join(ROOT, 'scripts/paper/letters.mjs'));
const { quotable } = await import(join(ROOT, 'scripts/blog/numbers.mjs'));
const json = (name: string) => JSON.parse(readFileSync(join(ROOT, 'results', `${name}.json`), 'utf8'));
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the tables of the paper', () => {
  const tables: Record<string, string> = paperTables(json('week12'));

  it.each(Object.keys(tables))('%s is what the results say', (name) => {
    expect(text(`paper/tables/${name}.tex`), 'write it with node scripts/paper/tables.mjs').toBe(tables[name]);
  });

  it('type no number: what is not a \\resnum is a word, a label or a measure of the page', () => {
    const read = [tables.main, tables.further]
      .join('\n')
      .split('\n')
      .filter((line) => line.endsWith('\\\\') && line.includes('resnum'))
      .map((line) => line.replace(/\\resnum\[[^\]]*\]\{[^}]*\}/g, ''));
    expect(read).toHaveLength(json('week12').tables.main.length);
    for (const line of read)
      expect(line.replace(/\$<0\.001\$|\$\\lambda.*?\$|22 days|1 parameter|[15]\\,\\%|\$\^[24]\$|\^2/g, '')).not.toMatch(/\d/);
  });

  it('follow a verdict that changes', () => {
    const changed = structuredClone(json('week12'));
    changed.tables.main[0].verdict = 'net';
    expect(paperTables(changed).main).not.toBe(tables.main);
    expect(paperTables(changed).main).toContain(`\\textbf{${changed.tables.main[0].deep}}`);
  });

  it('write letters that LaTeX has otherwise', () => {
    expect(words('value at risk, 5 %²')).toBe('value at risk, 5\\,\\%$^2$');
  });
});

describe('the words of the paper', () => {
  it('cite nothing that references.md does not account for, and the other way round', () => {
    const keys = [...text('paper/refs.bib').matchAll(/^@\w+\{(\w+),/gm)].map((match) => match[1]).sort();
    const listed = [...text('paper/references.md').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]).sort();
    expect(listed).toEqual(keys);
    const cited = globSync('paper/*.tex', { cwd: ROOT }).flatMap((file) =>
      [...text(file).matchAll(/\\(?:paren|text)cites?(?:\[[^\]]*\])*\{([^}]*)\}/g)].flatMap((match) => match[1].split(',')),
    );
    expect([...new Set(cited)].sort()).toEqual(keys);
  });

  it('say that depth wins nowhere, and loses on one session of ticks and on the variances of a portfolio, while that is what was found', () => {
    const { numbers, tables } = json('week12');
    expect([numbers['all.net'].value, numbers['stocks.closed-form'].value, numbers['session.closed-form'].value]).toEqual([0, 1, 3]);
    const lost = tables.main.filter(({ verdict }: { verdict: string }) => verdict === 'closed form').map(({ key }: { key: string }) => key);
    expect(lost).toEqual(['graph-fused', 'ticks-direction', 'ticks-change', 'ticks-interval']);
    expect(numbers['careless.wins'].value).toBe(2); // those that "would be called winners": the law of a day's return, and fifty sales with the price in sight
    expect(numbers['schedule-fifty-2.alone'].value).toBeLessThan(0.05);
    // A committee's loss to the regression on its graph: 0.0160, from 0.0083 to 0.0237 by the experiment, so 4.09 errors of months.
    const [low, high] = numbers['graph-fused'].uncertainty;
    expect(numbers['graph-fused'].value).toBeCloseTo(-0.016, 4);
    expect((2 * numbers['graph-fused'].value) / (high - low)).toBeCloseTo(-4.09 / 1.99, 1); // 1.99: Student's law at 74 degrees of freedom
    expect(numbers['law-day.alone'].value).toBeLessThan(0.05);
  });
});

describe('letters', () => {
  const num = (key: string, format = '.3g') => `<${key} ${format}>`;

  it.each(globSync('paper/letters/*.md', { cwd: ROOT }).filter((file) => basename(file) !== 'README.md'))(
    '%s fills, from results, and leaves people to a person',
    (file) => {
      const { letter, open } = filled(text(file), quotable(ROOT).num, file);
      expect(letter).not.toMatch(/\{\{|NaN|undefined/);
      const placeholders = open.map(({ placeholder }: { placeholder: string }) => placeholder);
      for (const wanted of ['name', 'their paper', 'your name']) expect(placeholders).toContain(wanted);
    },
  );

  it('list what is to be filled in, once, with its line', () => {
    const { letter, open } = filled("Dear [[name]],\n{{ num('week12.all.contests', '.0f') }} for [[name]] by [[your name]]", num, 'a.md');
    expect(letter).toBe('Dear [[name]],\n<week12.all.contests .0f> for [[name]] by [[your name]]');
    expect(open).toEqual([
      { placeholder: 'name', line: 1 },
      { placeholder: 'your name', line: 2 },
    ]);
  });

  it('stop at what is no number and at a placeholder that says nothing', () => {
    expect(() => filled('a\n{{ nmu(1) }}', num, 'a.md')).toThrow(
      "a.md:2: '{{ nmu(1) }}…' is no number; write {{ num('week12.all.contests', '.0f') }}",
    );
    expect(() => filled('a [[ ]]', num, 'a.md')).toThrow('a.md:1: [[]] says nothing; name what is to be filled in, as [[name]]');
  });
});

describe('the talk', () => {
  it('has a note for each slide, and a handout of the same', () => {
    const talk = text('slides/talk.tex');
    const frames = talk.match(/\\begin\{frame\}/g)!.length;
    expect(frames).toBeGreaterThanOrEqual(6);
    expect(frames).toBeLessThanOrEqual(8);
    expect(talk.match(/\\note\{/g)).toHaveLength(frames);
    for (const file of ['slides/slides.tex', 'slides/handout.tex']) expect(text(file)).toContain('\\input{talk}');
    expect(existsSync(join(ROOT, 'slides/look.tex'))).toBe(true);
  });
});
