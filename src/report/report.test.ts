import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bundle, show } from '../base/display.js';
import { fixed, percent, significant } from '../base/format.js';
import { table } from '../base/table.js';
import { answer } from './answer.js';
import { checklist } from './checklist.js';
import { residualDiagnostics } from './diagnostics.js';
import { estimate, findingRows } from './estimate.js';
import { evidence } from './evidence.js';
import { coefficientPath, line } from './figures.js';
import { macrosOf, toMarkdown } from './latex.js';
import { markdown, maths } from './markdown.js';
import { GREY, plot } from './plot.js';
import { duration, progress } from './progress.js';
import { type Findings, num, save } from './results.js';
import { statement } from './statement.js';

afterEach(() => vi.unstubAllEnvs());

describe('numbers', () => {
  it('are written for people', () => {
    expect([0.0123456, 1234.56, -0.5, 1e-9, 12345678, Number.NaN, 0].map((x) => significant(x))).toEqual([
      '0.01235',
      '1,235',
      '−0.5000',
      '1.00e−9',
      '1.23e7',
      '–',
      '0',
    ]);
    expect([fixed(-0.001), fixed(1234.5), percent(0.0123)]).toEqual(['0.00', '1,234.50', '1.23 %']);
    expect([0.42, 12.3, 200, 7500].map(duration)).toEqual(['0.4 s', '12 s', '3 min 20 s', '2 h 5 min']);
  });
});

describe('table', () => {
  const rows = [
    { stock: '<b>A&B</b>', beta: 1.23456 },
    { stock: 'PG', beta: -0.5 },
  ];

  it('escapes what it shows and right-aligns numbers', () => {
    const html = String(table(rows, { title: 'β & co', decimals: { beta: 2 } })['text/html']);
    expect(html).toContain('<caption>β &amp; co</caption>');
    expect(html).toContain('<td style="text-align: left">&lt;b&gt;A&amp;B&lt;/b&gt;</td><td style="text-align: right">1.23</td>');
  });

  it('has a text form with aligned columns', () => {
    const text = table(
      [
        { stock: 'PG', beta: -0.5 },
        { stock: 'AAPL', beta: 1.25 },
      ],
      { units: { beta: '1' }, decimals: { beta: 2 } },
    );
    expect(text['text/plain']).toBe('stock  beta (1)\n─────  ────────\nPG        −0.50\nAAPL       1.25');
  });

  it('takes a data frame, and says which part of it it shows', () => {
    const frame = {
      columns: ['a', 'b'],
      values: [
        [1, 'x'],
        [2, 'y'],
        [3, 'z'],
      ],
    };
    expect(table(frame, { limit: 2 })['text/plain']).toMatch(/^first 2 of 3 rows\na {2}b/);
  });

  it('names the columns when one is wrong', () => {
    expect(() => table(rows, { units: { alpha: '%' } })).toThrow("table: there is no column 'alpha'; the columns are stock, beta");
    expect(() => table([])).toThrow('table: there are no rows to show');
  });
});

describe('plot', () => {
  const figure = {
    title: 'Walk',
    rows: [
      { t: 0, p: 1 },
      { t: 1, p: 2 },
      { t: 2, p: 1.5 },
    ],
    x: { field: 't', title: 'time (days)' },
    y: { field: 'p', title: 'price ($)' },
  };

  it('gives a Vega-Lite 5 specification, an SVG and a line of text', async () => {
    const bundle = await line(figure);
    expect(bundle['text/plain']).toBe('[chart] Walk · x: time (days) · y: price ($)');
    expect(bundle['application/vnd.vegalite.v5+json']).toMatchObject({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json' });
    const svg = String(bundle['image/svg+xml']);
    expect(svg).toContain('price ($)');
    expect(svg).not.toMatch(/fill="white"|<script/);
  });

  it('keeps long data as CSV, which draws what the rows would', async () => {
    const day = (i: number) => `2008-09-${String(i + 1).padStart(2, '0')}`;
    const rows = Array.from({ length: 30 }, (_, i) => ({ date: day(i), p: i === 3 ? null : i / 7, of: 'a, "b"' }));
    const bundle = await line({ ...figure, rows, x: { field: 'date', title: 'day' }, series: 'of' });
    const { data } = bundle['application/vnd.vegalite.v5+json'] as { data: { values: string; format: object } };
    const text = ['date,p,of', '2008-09-01,0,"a, ""b"""', '2008-09-02,0.142857,"a, ""b"""', '2008-09-03,0.285714,"a, ""b"""'];
    expect(data.values.split('\n').slice(0, 5)).toEqual([...text, '2008-09-04,,"a, ""b"""']);
    expect(data.format).toEqual({ type: 'csv', parse: { p: 'number' } });
    const svg = String(bundle['image/svg+xml']);
    expect(svg).toContain('a, "b"');
    expect(svg).toMatch(/Sep 7<.*2008/); // an axis of days, not of names
  });

  it('draws the same bytes again', async () => {
    expect(await line(figure)).toEqual(await line(figure));
  });

  it('refuses a chart without a title or with a nameless axis', async () => {
    const encoding = { x: { field: 't', type: 'quantitative', title: 'time (days)' }, y: { field: 'p', type: 'quantitative' } };
    const spec = { title: 'Walk', mark: 'line', data: { values: figure.rows }, encoding };
    await expect(plot(spec)).rejects.toThrow("plot: the y axis (p) has no title; add title: 'quantity (unit)'");
    await expect(plot({ ...spec, title: undefined })).rejects.toThrow('plot: the chart has no title');
  });

  it('turns a warning of Vega into an error', async () => {
    const log = { field: 'p', type: 'quantitative', title: 'p', scale: { type: 'log', zero: true } };
    const spec = { title: 'Walk', mark: 'line', data: { values: figure.rows }, encoding: { x: { ...log, field: 't' }, y: log } };
    await expect(plot(spec)).rejects.toThrow(/^plot: .*zero/);
  });

  it('names every path of coefficients, twelve pixels apart, in their order', async () => {
    const rows = [0.1, 0.2, 0.21, 0.22].flatMap((c, i) => [1, 10].map((lambda) => ({ lambda, name: `s${i}`, c: c / lambda })));
    const path = { ...figure, rows, x: { field: 'lambda', title: 'λ', log: true }, y: { field: 'c', title: 'β' }, series: 'name' };
    const labels = (bundle: Bundle) =>
      (bundle['application/vnd.vegalite.v5+json'] as { layer: { data?: { values: { name: string; c: number }[] } }[] }).layer.at(-1)!.data!
        .values;
    const named = labels(await coefficientPath(path));
    const pixel = (0.22 - 0.01) / 260;
    expect(named.map(({ name }) => name)).toEqual(['s0', 's1', 's2', 's3']);
    for (let i = 1; i < 4; i++) expect(named[i].c - named[i - 1].c).toBeGreaterThanOrEqual(12 * pixel - 1e-9);
    expect(named[3].c).toBeCloseTo(0.22, 12);
    const one = await coefficientPath({ ...path, named: ['s2'] });
    expect(labels(one).map(({ name }) => name)).toEqual(['s2']);
    expect(String(one['image/svg+xml'])).toContain(GREY);
  });

  it('names a column that no row has', () => {
    expect(() => line({ ...figure, y: { field: 'q', title: 'q' } })).toThrow("no row has a value in 'q'; the columns are t, p");
  });
});

describe('residual diagnostics', () => {
  it('draw both pictures', async () => {
    const residuals = Array.from({ length: 400 }, (_, t) => Math.sin(t * t));
    const { 'text/plain': text } = await residualDiagnostics(residuals, { title: 'e' });
    expect(text).toContain('y: autocorrelation · x: lag (days) · x: quantile of the normal (σ)');
  });
});

describe('prose', () => {
  it('takes its numbers from values', () => {
    expect(markdown`β is ${1.23456} of ${1234}, ${'**high**'}.`['text/markdown']).toBe('β is 1.23 of 1,234, **high**.');
  });

  it('rejects LaTeX that MathJax would show in red', () => {
    expect(maths('\\beta^2')['text/latex']).toBe('$$\\beta^2$$');
    expect(() => maths('\\frac{1}{')).toThrow(/KaTeX parse error/);
  });
});

describe('in the kernel', () => {
  const hook = Symbol.for('lemmata.display');
  const seen: { bundle: Bundle; update?: string }[] = [];
  beforeEach(() => {
    seen.length = 0;
    Object.assign(globalThis, { [hook]: (bundle: Bundle, options: { update?: string }) => seen.push({ bundle, ...options }) });
  });
  afterEach(() => Reflect.deleteProperty(globalThis, hook));

  it('outputs arrive as bundles', async () => {
    await show(table([{ a: 1 }]), markdown`b`);
    expect(seen.map(({ bundle }) => bundle['text/plain'])).toEqual(['a\n─\n1', 'b']);
  });

  it('an answer is folded, with its prose and tables in order', async () => {
    await answer(markdown`b`, table([{ a: 1 }]));
    expect(seen).toHaveLength(1);
    expect(seen[0].bundle['text/markdown']).toMatch(/^<details><summary>Answer<\/summary>\n\nb\n\n<table>.*<\/table>\n\n<\/details>$/);
    expect(seen[0].bundle['text/plain']).toBe('b\na\n─\n1');
    await expect(answer({ 'text/plain': '[chart] x' })).rejects.toThrow("answer: '[chart] x' cannot be folded");
  });

  it('progress is one display, redrawn a few times, and ends without a rate', () => {
    const bar = progress(10_000, { label: 'ridge' });
    for (let i = 1; i <= 10_000; i++) bar.tick(i);
    bar.end('loss 0.1');
    expect(new Set(seen.map(({ update }) => update)).size).toBe(1);
    expect(seen.length).toBeLessThan(20);
    expect(seen.at(-1)!.bundle['text/plain']).toBe('ridge: 10,000 steps · loss 0.1');
  });
});

describe('estimates', () => {
  it('are written with their uncertainty', () => {
    expect(estimate(0.802, 0.026)).toBe('0.80 ± 0.03');
    expect(estimate(0.02, [-0.5, 0.6], 1)).toBe('0.0 [−0.5, 0.6]');
    expect(estimate(0.02, { low: -0.5, high: 0.6 }, 1)).toBe('0.0 [−0.5, 0.6]');
    expect(estimate(252, 'exact: a count', 0)).toBe('252');
    const gain = { value: 0.12345, uncertainty: 0.0312, unit: '%', description: 'gain', tolerance: 0 };
    expect(findingRows({ gain })).toEqual([{ what: 'gain', value: 0.1235, uncertainty: '± 0.031', unit: '%' }]);
  });
});

describe('checklist', () => {
  it('shows a claim that holds and throws on one that does not', () => {
    const checks = checklist();
    const claim = { claim: 'largest |Xᵀe|', value: 3e-12, atMost: 1e-9 };
    expect(checks.check('thm:normal-equations', claim)['text/plain']).toBe(
      '✓ largest |Xᵀe| is 3.00e−12, at most 1.00e−9 — thm:normal-equations',
    );
    expect(() => checks.check('thm:normal-equations', { ...claim, value: 1 })).toThrow(
      'thm:normal-equations fails: largest |Xᵀe| is 1.000, and should be at most 1.00e−9',
    );
    expect(() => checks.check('thm:normal-equations', { ...claim, value: Number.NaN })).toThrow('fails');
    expect(() => checks.check('thm:x', { claim: 'c', value: 1 })).toThrow('it could not fail');
    expect(checks.count()).toBe(1);
  });
});

describe('results', () => {
  const findings: Findings = {
    title: 'Regression',
    seed: 1,
    parameters: { lambda: 2 },
    data: [{ name: 'x', sha256: '0'.repeat(64) }],
    trials: 3,
    numbers: {
      'beta.median': { value: 1 / 3, uncertainty: 0.02, unit: '1', description: 'median β', tolerance: 1e-9 },
      gain: { value: 0.1, uncertainty: { low: -0.2, high: 0.4 }, unit: '%', description: 'gain over the mean', tolerance: 1e-9 },
      days: { value: 252, uncertainty: 'exact: a count', unit: '1', description: 'days', tolerance: 0 },
    },
  };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'results-'));
    vi.stubEnv('LEMMATA_RESULTS', folder);
  });

  it('are read back by key', () => {
    save('week01', findings);
    expect(num('week01.beta.median')).toBe(0.3333333333);
    expect(() => num('week01.beta.mean')).toThrow("num: results/week01.json has no number 'beta.mean'; it has beta.median, days, gain");
    expect(() => num('week02.x')).toThrow("num: no result 'week02' for 'week02.x'; there are week01. Run npm run notebooks week02");
  });

  it('carry their uncertainty: a standard error, an interval, or the word why there is none', () => {
    const { numbers } = JSON.parse(readFileSync(save('week01', findings), 'utf8'));
    expect(numbers).toMatchObject({ 'beta.median': { uncertainty: 0.02 }, gain: { uncertainty: [-0.2, 0.4] } });
    expect(numbers.days.uncertainty).toBe('exact: a count');
    expect(['beta.median.se', 'gain.low', 'gain.high'].map((key) => num(`week01.${key}`))).toEqual([0.02, -0.2, 0.4]);
    expect(() => num('week01.gain.se')).toThrow("has no number 'gain.se'");
    expect(() => num('week01.days.low')).toThrow("has no number 'days.low'");
  });

  it('of an experiment are read with their uncertainty, tables and charts', async () => {
    const axes = { x: { field: 't', title: 't (d)' }, y: { field: 'p', title: 'p' } };
    const walk = await line({ title: 'Walk', rows: [1, 2].map((t) => ({ t, p: t })), ...axes });
    save('experiments/week09/race', { ...findings, tables: { times: [{ net: 'mlp', seconds: 2 }] }, figures: { walk } });
    const race = evidence('week09/race');
    expect([race.about, race.trials, race.number('gain').unit]).toEqual(['Regression', 3, '%']);
    expect([race.estimate('gain', 1), race.estimate('beta.median')]).toEqual(['0.1 [−0.2, 0.4]', '0.33 ± 0.02']);
    expect(race.table('times')).toEqual([{ net: 'mlp', seconds: 2 }]);
    expect(Object.keys(race.figure('walk'))).toEqual(Object.keys(walk));
    expect(race.figure('walk')['text/plain']).toBe(walk['text/plain']);
    expect(num('experiments/week09/race.gain.high')).toBe(0.4);
    expect(() => race.number('loss')).toThrow("evidence: week09/race has no number 'loss'; it has beta.median, days, gain");
    expect(() => race.table('walks')).toThrow("has no table 'walks'; it has times");
    expect(() => evidence('week09/walk')).toThrow(
      "evidence: no experiment 'week09/walk' has a result; there are week09/race. Run npm run experiments week09/walk",
    );
    expect(() => num('experiments/week09/walk.gain')).toThrow(
      "num: no result 'experiments/week09/walk' for 'experiments/week09/walk.gain'; there are experiments/week09/race. Run npm run experiments week09/walk",
    );
    expect(() => num('experiments/week09/walk.x')).toThrow('Run npm run experiments week09/walk');
    vi.stubEnv('LEMMATA_EVIDENCE', folder);
    vi.stubEnv('LEMMATA_RESULTS', join(folder, 'elsewhere')); // as when a notebook runs
    expect(num('experiments/week09/race.days')).toBe(252);
    expect(evidence('week09/race').number('days').value).toBe(252);
    writeFileSync(join(folder, 'bench-race.json'), JSON.stringify({ numbers: { gain: findings.numbers.gain } }));
    expect(num('bench-race.gain.high')).toBe(0.4);
    expect(() => num('bench-walk.gain')).toThrow("num: no result 'bench-walk' for 'bench-walk.gain'");
    expect(() => num('bench-walk.gain')).toThrow('Run npm run bench -- walk');
  });

  it('have the same bytes whatever the order of their keys, and no time', () => {
    const first = readFileSync(save('week01', findings), 'utf8');
    const { seed, ...rest } = findings;
    expect(readFileSync(save('week01', { ...rest, seed }), 'utf8')).toBe(first);
    expect(first).not.toMatch(/20\d\d-/);
  });

  it('keep each chart as a file and drop charts that are gone', async () => {
    const chart = await line({
      title: 'Walk',
      rows: [
        { t: 0, p: 1 },
        { t: 1, p: 2 },
      ],
      x: { field: 't', title: 't (d)' },
      y: { field: 'p', title: 'p (1)' },
    });
    save('week01', { ...findings, figures: { old: chart } });
    save('week01', { ...findings, figures: { walk: chart } });
    expect(readdirSync(join(folder, 'week01')).sort()).toEqual(['walk.svg', 'walk.vl.json']);
    expect(readdirSync(folder).sort()).toEqual(['week01', 'week01.json']);
  });

  it('keep the old charts when a new one is none', async () => {
    const chart = await line({
      title: 'Walk',
      rows: [
        { t: 0, p: 1 },
        { t: 1, p: 2 },
      ],
      x: { field: 't', title: 't (d)' },
      y: { field: 'p', title: 'p (1)' },
    });
    save('week01', { ...findings, figures: { walk: chart } });
    const broken = { ...findings, figures: { walk: chart, words: { 'text/plain': 'no chart' } } };
    expect(() => save('week01', broken)).toThrow("report.save: figure 'words' is not a chart; pass what plot() or line() gave");
    expect(readdirSync(join(folder, 'week01')).sort()).toEqual(['walk.svg', 'walk.vl.json']);
    expect(readdirSync(folder).sort()).toEqual(['week01', 'week01.json']);
  });

  it('are refused when a number could mislead', () => {
    const broken = (change: object) => () => save('w', { ...findings, numbers: { x: { ...findings.numbers['beta.median'], ...change } } });
    expect(broken({ value: Number.NaN })).toThrow('report.save: w.x is NaN; a saved number is finite');
    expect(broken({ unit: '' })).toThrow("report.save: w.x needs a unit ('1' when it has none) and a description");
    for (const uncertainty of [undefined, 0, Number.NaN, '', 'small', 'exact:', [1], [2, 1], [0, Number.NaN]])
      expect(broken({ uncertainty })).toThrow(
        /^report\.save: w\.x needs its uncertainty, got .*; give its standard error, an interval \[low, high\], or why there is none: 'exact: a count'/,
      );
    expect(() => save('w', { ...findings, numbers: { 'beta.se': findings.numbers.days } })).toThrow(
      'report.save: w.beta.se ends like a part of an uncertainty (.se, .low, .high); call it otherwise',
    );
    expect(broken({ tolerance: Number.NaN })).toThrow('report.save: w.x needs a tolerance ≥ 0');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('statement', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proofs-'));
  writeFileSync(
    join(folder, 'lemmata.sty'),
    String.raw`\newcommand\R{\mathbb R} \newcommand\T{^{\mathsf T}} \newcommand\half[1]{\tfrac{#1}2} \DeclarePairedDelimiter\norm{\lVert}{\rVert}`,
  );
  writeFileSync(
    join(folder, 'week01.tex'),
    String.raw`
\begin{theorem}[Another]\thmlabel{thm:other} Nothing. \end{theorem}
\begin{theorem}[Frisch--Waugh]\thmlabel{thm:fwl}\uses{thm:other}
\implementedby{src/a.ts#f}\checkedby{src/a.test.ts#thm:fwl}
Let $x\in\R^n$, % a remark
with \emph{any} $\norm x$, as in Theorem~\ref{thm:other}. Then
\[
  \half{\norm{X\T y}^2} = 0 .
\]
\begin{enumerate}[label=(\alph*)]
  \item one,
  \item two.
\end{enumerate}
\end{theorem}`,
  );

  it('is the theorem of the proof, folded behind its idea, with its number in the PDF, macros expanded, without its bindings', () => {
    expect(statement('thm:fwl', 'Clean, then regress.', folder)['text/markdown']).toBe(
      String.raw`<details><summary><b>Theorem 2 (Frisch–Waugh).</b> Clean, then regress.</summary>

> Let $x\in\mathbb R^n$, with *any* $\lVert x\rVert$, as in Theorem 1. Then
>
> $$\tfrac{\lVert X^{\mathsf T} y\rVert^2}2 = 0 .$$
>
> (a) one,
>
> (b) two.
>
> Proof: ${'`proofs/week01.tex`, `thm:fwl`'}.

</details>`,
    );
    expect(statement('thm:other', 'Nothing at all.', folder)['text/plain']).toMatch(/^Theorem 1 \(Another\): Nothing at all\./);
  });

  it('keeps a command apart from the letter that a macro behind it stands for', () => {
    const macros = macrosOf([String.raw`\newcommand{\w}{w}\newcommand{\T}{\mathsf T}`]);
    expect(toMarkdown(String.raw`$\hat\w^\T X\T y\w_1$`, macros)).toBe(String.raw`$\hat w^\mathsf T X\mathsf T yw_1$`);
  });

  it('keeps commands of a macro apart from the letters of its arguments, and the other way round', () => {
    const macros = macrosOf([
      String.raw`\newcommand\norms[2]{\lVert#1\rVert_{#2}}\newcommand\pair[2]{\langle#1,#2\rangle}\newcommand\by[1]{#1x}`,
    ]);
    expect(toMarkdown(String.raw`$\norms gq+\norms{w_t-w}1+\norms\delta p$`, macros)).toBe(
      String.raw`$\lVert g\rVert_{q}+\lVert w_t-w\rVert_{1}+\lVert\delta\rVert_{p}$`,
    );
    expect(toMarkdown(String.raw`$\pair{z-\pi}v=\by\delta$`, macros)).toBe(String.raw`$\langle z-\pi,v\rangle=\delta x$`);
  });

  it('sets formulas in lines, and ends none at a dollar within its words', () => {
    const none = macrosOf([]);
    expect(toMarkdown(String.raw`Let \begin{gather*} a=1,\\ b=2. \end{gather*}`, none)).toBe(
      'Let\n\n' + String.raw`$$\begin{gathered} a=1,\\ b=2. \end{gathered}$$`,
    );
    expect(toMarkdown(String.raw`$\sup\{f:f\text{ is $1$-Lipschitz}\}$`, none)).toBe(
      String.raw`$\sup\{f:f\text{ is }1\text{-Lipschitz}\}$`,
    );
  });

  it('needs an idea and a theorem', () => {
    expect(() => statement('thm:fwl', 'clean', folder)).toThrow("thm:fwl needs its idea in one sentence, got 'clean'");
    expect(() => statement('thm:missing', 'It is not.', folder)).toThrow(
      'has \\thmlabel{thm:missing}; is the label spelt as in proofs/*.tex?',
    );
  });
});
