import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const { wordProblems } = await import(join(ROOT, 'scripts/blog/words.mjs'));
const { shortcodes } = await import(join(ROOT, 'scripts/blog/shortcodes.mjs'));
const { quotable } = await import(join(ROOT, 'scripts/blog/numbers.mjs'));
const { notebookPage } = await import(join(ROOT, 'scripts/blog/notebook.mjs'));
const { toHtml } = await import(join(ROOT, 'scripts/blog/latex.mjs'));
const folder = mkdtempSync(join(tmpdir(), 'lemmata-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
const HEAD = '---\ntitle: A\ndescription: B.\ndate: 2026-01-05\n---\n';
const problemsOf = (text: string) => {
  write('blog/posts/a.md', text);
  return wordProblems(folder, quotable(ROOT).num);
};

describe('a post that is wrong', () => {
  it('is refused by file and line: a number that is not there, or of a result that is not', () => {
    expect(problemsOf(`${HEAD}\nIt is {{ num('week01.beta', '.2f') }}.`)).toEqual([]);
    expect(problemsOf(`${HEAD}\nIt is\n{{ num('week01.bta') }}.`)[0]).toMatch(
      /^blog\/posts\/a\.md:8: num\('week01\.bta'\): results\/week01\.json has no number 'bta'; it has /,
    );
    expect(problemsOf(`${HEAD}{{ num('week99.beta') }}`)[0]).toMatch(
      /^blog\/posts\/a\.md:6: .*results\/week99\.json does not exist; make it with npm run notebooks week99$/,
    );
    expect(problemsOf(`${HEAD}{{ num('week01.beta', '2f') }}`)[0]).toMatch(/^blog\/posts\/a\.md:6: .*a format is/);
  });

  it('is refused by file and line: a picture that is not there, a broken head', () => {
    expect(problemsOf(`${HEAD}![a](no.png)`)[0]).toBe(
      "blog/posts/a.md:6: the picture no.png is not there; put it beside the post, or show a saved chart by {% chart '…' %}",
    );
    expect(problemsOf('# No head')[0]).toBe('blog/posts/a.md:1: a page begins with its head: ---, title, description and date, ---');
    expect(problemsOf(HEAD.replace('date: 2026-01-05\n', ''))).toEqual(['blog/posts/a.md:1: the head has no date, as in 2026-01-05']);
    expect(problemsOf(HEAD.replace('title: A', 'title: A: b'))[0]).toBe(
      "blog/posts/a.md:2: a value with a colon in it stands in quotes: 'title: A: b'",
    );
    expect(problemsOf(HEAD.replace('title: A', 'title A'))[0]).toMatch(/^blog\/posts\/a\.md:2: 'title A' is no line of a head/);
  });

  it('is refused by file and line: a chart, a notebook or a theorem that is not there', () => {
    const made: Record<string, (this: object, ...names: string[]) => string> = {};
    const eleventy = {
      addShortcode: (name: string, make: (typeof made)[string]) => Object.assign(made, { [name]: make }),
      addFilter: () => {},
      addNunjucksGlobal: () => {},
    };
    const site = { root: ROOT, quotable: quotable(ROOT), notebooks: [], theorems: [], pdfs: [], charts: new Map(), data: { site: {} } };
    shortcodes(eleventy, site as never);
    const page = { page: { inputPath: './blog/posts/week06.md' } };
    const line =
      readFileSync(join(ROOT, 'blog/posts/week06.md'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('week06.trials')) + 1;
    expect(() => made.chart.call(page, 'week06.trials')).toThrow(
      `blog/posts/week06.md:${line}: chart 'week06.trials': results/week06/ has no trials.svg; it has baird`,
    );
    expect(() => made.theorem.call(page, 'thm:no')).toThrow("theorem 'thm:no': no proof has that label");
    expect(() => made.notebook.call(page, 'week99')).toThrow("notebook 'week99'");
    expect(made.chart.call(page, 'week06.schedules', 'How.')).toContain('<figcaption>How.</figcaption>');
  });
});

describe('a notebook that is wrong', () => {
  const notebook = (cells: object[]) => {
    write('notebooks/week01-x.ipynb', JSON.stringify({ metadata: {}, cells }));
    return () => notebookPage(folder, 'notebooks/week01-x.ipynb');
  };
  const head = { cell_type: 'markdown', metadata: {}, source: '# Week 1 · X\n\nWhat it asks.' };

  it('is refused by its cell: an error output, a formula', () => {
    const error = { output_type: 'error', ename: 'TypeError', evalue: 'x is no function', traceback: [] };
    expect(notebook([head, { cell_type: 'code', metadata: {}, source: 'x()', outputs: [error] }])).toThrow(
      'notebooks/week01-x.ipynb, cell 2 ended in an error (TypeError: x is no function); run it again: npm run notebooks -- week01-x',
    );
    expect(notebook([head, { cell_type: 'markdown', metadata: {}, source: '$\\no$' }])).toThrow(
      'notebooks/week01-x.ipynb, cell 2: KaTeX cannot set $\\no$',
    );
  });

  it('is a page, with prices in dollars and maths between dollars', () => {
    const { html, title, lead } = notebook([
      head,
      { cell_type: 'markdown', metadata: {}, source: 'It costs $5 and then $x$, <b>no</b> more.' },
    ])();
    expect([title, lead]).toEqual(['Week 1 · X', 'What it asks.']);
    expect(html).toContain('It costs $5 and then <span class="katex">');
  });
});

describe('a proof', () => {
  const context = {
    where: 'proofs/a.tex:1',
    macros: { '\\norm': '\\lVert #1\\rVert' },
    equations: new Map([['eq:a', 3]]),
    pictures: 0,
    ref: () => ({ text: '1.2', url: '/theorems/b/' }),
    cite: () => '1',
    num: () => '0.5',
  };
  it('keeps clauses, references, numbers and signs', () => {
    const html = toHtml(
      'By~\\eqref{eq:a} and Theorem~\\ref{thm:b}, \\emph{so}: \\resnum{a.b} of K\\"onig~\\cite{k}.\n\\begin{enumerate}\\item $a\\text{ is $b$}$,\\item two.\\end{enumerate}',
      context,
    );
    expect(html).toMatch(
      /^<p>By\u00a0\(3\) and Theorem\u00a0<a href="\/theorems\/b\/">1\.2<\/a>, <em>so<\/em>: 0\.5 of König\u00a0\[1\]\.<\/p>\n<ol class="clauses"><li>/,
    );
    expect(html.match(/<li>/g)).toHaveLength(2);
  });
  it('is refused by file and line where the site does not know a command, and counts what only the PDF has', () => {
    expect(() => toHtml('\\frobnicate{a}', context)).toThrow('proofs/a.tex:1: the site does not know the command \\frobnicate');
    expect(() => toHtml('\\begin{sidebar}a\\end{sidebar}', context)).toThrow(
      'proofs/a.tex:1: the site does not know the environment sidebar',
    );
    const counted = { ...context, pictures: 0, pdf: '/pdf/week01.pdf' };
    expect(toHtml('\\begin{center}\\begin{tikzpicture}\\draw (0,0);\\end{tikzpicture}\\end{center}', counted)).toContain(
      'A figure stands here in <a href="/pdf/week01.pdf">the PDF</a>.',
    );
    expect(counted.pictures).toBe(1);
  });
});

describe('a build that cannot be', () => {
  it('says that a port is in use before it builds', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { status, stderr } = spawnSync(process.execPath, ['scripts/blog.mjs', '--serve', '--port', String(port)], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    taken.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`blog: port ${port} is in use; take another: npm run blog -- --serve --port ${port + 1}`);
  }, 60_000);

  it('leaves the site that was there', () => {
    write('site/index.html', 'the site before');
    const build = `import { buildSite } from './scripts/blog/build.mjs'; await buildSite({ root: ${JSON.stringify(folder)}, out: ${JSON.stringify(join(folder, 'site'))} });`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', build], { cwd: ROOT, encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(readFileSync(join(folder, 'site/index.html'), 'utf8')).toBe('the site before');
  }, 60_000);
});
