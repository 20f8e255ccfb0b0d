import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { alone } = await import(join(ROOT, 'scripts/latex/alone.mjs'));
const LATEX = join(ROOT, 'scripts/latex.mjs');

const NOTEBOOK = JSON.parse(readFileSync(join(ROOT, 'notebooks/week01-regression.ipynb'), 'utf8'));
const STAMP: string = NOTEBOOK.metadata.lemmata.provenance.stamp;

const run = (args: string[], { env = {}, script = LATEX }: { env?: Record<string, string>; script?: string } = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: dirname(dirname(script)),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

const absent = spawnSync('latexmk', ['--version']).error !== undefined;

describe('a lock', () => {
  const lock = join(mkdtempSync(join(tmpdir(), 'lemmata-lock-')), 'deep/document.lock');
  afterAll(() => rmSync(dirname(dirname(lock)), { recursive: true, force: true }));

  it('lets one work at a time, and is gone when the last is done, also where one failed', async () => {
    let [now, most] = [0, 0];
    const work = (k: number) =>
      alone(
        lock,
        async () => {
          most = Math.max(most, ++now);
          await new Promise((done) => setTimeout(done, 5));
          now--;
          if (k === 2) throw new Error('no');
          return k;
        },
        { every: 1 },
      );
    const ends = await Promise.allSettled(Array.from({ length: 8 }, (_, k) => work(k)));
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.message))).toEqual([0, 1, 'no', 3, 4, 5, 6, 7]);
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('that a killed process left, or one of long ago, does not hold', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(lock, String(gone));
    expect(await alone(lock, async () => 'done', { every: 1 })).toBe('done');
    writeFileSync(lock, String(process.pid));
    utimesSync(lock, 0, 0);
    expect(await alone(lock, async () => 'done', { every: 1 })).toBe('done');
  });
});

describe('without LaTeX', () => {
  it('says in one paragraph how to install it, and fails only where it must be there', () => {
    const quiet = run(['proofs'], { env: { PATH: '/nonexistent', CI: '' } });
    expect(quiet.status).toBe(3);
    expect(quiet.stderr).toMatch(/^LaTeX is not installed \(missing: latexmk, pdflatex\); proofs and summaries are PDFs/);
    expect(quiet.stderr).toMatch(/apt-get install .*texlive-latex-extra.*\n.*brew install --cask mactex-no-gui/);
    expect(run(['proofs'], { env: { PATH: '/nonexistent', CI: 'true' } }).status).toBe(1);
  });
});

describe.skipIf(absent && !process.env.CI)('LaTeX (latexmk; npm run doctor says how to install it)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lemmata-latex-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(ROOT, 'build', basename(folder)), { recursive: true, force: true });
  });

  /** Builds a document with the given body, against small results and, if given, those of checks. */
  const document = (body: string, results: object = {}, checks?: object) => {
    const file = join(folder, 'document.tex');
    writeFileSync(file, `\\documentclass{article}\n\\usepackage{lemmata}\n\\begin{document}\n${body}\n\\end{document}\n`);
    const found = join(folder, 'results');
    mkdirSync(found, { recursive: true });
    if (checks) writeFileSync(join(found, 'checks.json'), JSON.stringify(checks));
    else rmSync(join(found, 'checks.json'), { force: true });
    writeFileSync(join(found, 'week99.json'), JSON.stringify({ profile: 'full', code: STAMP, numbers: {}, ...results }));
    mkdirSync(join(found, 'experiments', 'week99'), { recursive: true });
    writeFileSync(join(found, 'experiments', 'week99', 'race.json'), JSON.stringify({ slice: {}, numbers: {}, ...results }));
    return run([file], { env: { LEMMATA_RESULTS: found } });
  };
  const theorem = (bindings: string) => `\\begin{theorem}[Name]\\thmlabel{thm:name}${bindings}\nA claim.\n\\end{theorem}`;
  const CHECK = '\\checkedby{src/stats/regression/partial-regression.test.ts#thm:frisch-waugh-lovell}';

  it('builds every proof and summary: each theorem has a check that exists, no reference is undefined, no line sticks out', {
    timeout: 480_000,
  }, () => {
    const proofs = run(['proofs']);
    expect(proofs.stderr).toBe('');
    const counts = {
      ...{ week01: [14, 15], week02: [11, 11], week03: [12, 14], week04: [9, 9], week05: [9, 9] },
      ...{ week07: [8, 9], week08: [6, 6], week09: [8, 11] },
    };
    for (const [week, [stated, checked]] of Object.entries(counts)) {
      expect(proofs.stdout).toMatch(new RegExp(`^proofs/${week}\\.pdf {2}\\d+ pages, ${checked} checks: `, 'm'));
      const theorems = JSON.parse(readFileSync(join(ROOT, `build/proofs/${week}/theorems.json`), 'utf8'));
      expect(theorems).toHaveLength(stated);
      for (const { checks, implementedBy } of theorems) {
        expect(checks.length).toBeGreaterThan(0);
        expect(implementedBy.length).toBeGreaterThan(0);
      }
    }
    expect(proofs.stdout).toMatch(/^proofs\/anthology\.pdf {2}1\d\d pages, 10\d checks: 10\d checked$/m);
    expect(proofs.stdout).toMatch(/^proofs\/answers\.pdf {2}\d+ pages$/m);
    const summaries = run(['summaries']);
    expect(summaries.stderr).toBe('');
    const folder = join(ROOT, 'summaries');
    const papers = readdirSync(folder).filter(
      (file) => file.endsWith('.tex') && / in a page\}/.test(readFileSync(join(folder, file), 'utf8')),
    );
    expect(papers.length).toBeGreaterThanOrEqual(17);
    for (const name of papers.map((file) => basename(file, '.tex')))
      expect(summaries.stdout).toMatch(new RegExp(`^summaries/${name}\\.pdf {2}1 page$`, 'm'));
  });

  it('takes names of a folder, and names what there is where one is missing', { timeout: 60_000 }, () => {
    expect(run(['summaries', 'week02']).stdout).toBe('summaries/week02.pdf  1 page\n');
    const missing = run(['proofs', 'week99']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/^latex: there is no proofs\/week99\.tex; there are .*\bweek01, week02, /);
  });

  it('is built by two runs at once as by one, which wait for one another', { timeout: 180_000 }, async () => {
    const file = join(folder, 'twice.tex');
    const text = (word: string) =>
      `\\documentclass{article}\n\\usepackage{lemmata}\n\\begin{document}\n\\tableofcontents\n${`\\section{${word}}\\label{s}\nSee \\ref{s}.\n`}\\end{document}\n`;
    writeFileSync(file, text('Once'));
    const started = () =>
      new Promise<{ status: number | null; said: string }>((done) => {
        const child = spawn(process.execPath, [LATEX, file], { cwd: ROOT });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
        child.on('close', (status) => done({ status, said }));
      });
    const one = run([file]);
    expect(one).toMatchObject({ status: 0, stderr: '' });
    const alone = readFileSync(file.replace('.tex', '.pdf'));
    writeFileSync(file, text('Twice'));
    run([file]);
    writeFileSync(file, text('Once'));
    for (const { status, said } of await Promise.all([started(), started(), started()]))
      expect({ status, said }).toEqual({ status: 0, said: one.stdout });
    expect(readFileSync(file.replace('.tex', '.pdf')).equals(alone)).toBe(true);
    expect(existsSync(join(ROOT, 'build', basename(folder), 'twice.lock'))).toBe(false);
  });

  it('gives equal bytes in two folders, with a figure and a citation, and embeds every font', { timeout: 600_000 }, () => {
    const source = `\\documentclass{article}
\\usepackage{lemmata-bindings}
\\usepackage[backend=biber]{biblatex}
\\addbibresource{small.bib}
\\begin{document}
Beta, \\resnum[.2f]{week01.hac-ratio}, as \\thmref{thm:ridge} says~\\cite{gauss}: \\thmstatus{thm:ridge}.

\\noindent\\resfig{week01.ridge}
\\printbibliography
\\end{document}
`;
    const pdfs = ['one', 'two'].map((name) => {
      const copy = join(folder, name);
      for (const part of ['scripts', 'proofs', 'results', 'notebooks', 'src'])
        cpSync(join(ROOT, part), join(copy, part), { recursive: true, filter: (file) => !file.endsWith('.pdf') });
      mkdirSync(join(copy, 'paper'));
      writeFileSync(join(copy, 'paper/small.tex'), source);
      writeFileSync(
        join(copy, 'paper/small.bib'),
        '@book{gauss, author = {C. F. Gauss}, title = {Theoria motus}, year = {1809}, publisher = {Perthes}}\n',
      );
      const built = run(['paper/small.tex'], { script: join(copy, 'scripts/latex.mjs') });
      expect(built).toEqual({ status: 0, stdout: 'paper/small.pdf  1 page\n', stderr: '' });
      return join(copy, 'paper/small.pdf');
    });
    expect(readFileSync(pdfs[0]).equals(readFileSync(pdfs[1]))).toBe(true);
    const text = spawnSync('pdftotext', [pdfs[0], '-'], { encoding: 'utf8' });
    if (text.error) return;
    const beta = JSON.parse(readFileSync(join(ROOT, 'results/week01.json'), 'utf8')).numbers['hac-ratio'].value.toFixed(2);
    expect(text.stdout).toContain(`Beta, ${beta}, as Theorem 9 of week 1 says [1]`);
    expect(text.stdout).toContain('λ'); // of the figure's axis: its letters are letters
  });

  it('names file and line of every binding that leads nowhere', () => {
    const cases: [string, string][] = [
      [theorem(''), 'thm:name has no \\checkedby; name the test that exercises it'],
      [theorem('\\checkedby{src/models/nothing.test.ts#thm:name}'), '\\checkedby names src/models/nothing.test.ts, which does not exist'],
      [
        theorem('\\checkedby{src/stats/regression/partial-regression.test.ts#thm:wrong}'),
        '\\checkedby names thm:wrong, but src/stats/regression/partial-regression.test.ts has only thm:frisch-waugh-lovell',
      ],
      [
        theorem(`${CHECK}\\implementedby{src/stats/regression/ridge.ts#rigde}`),
        '\\implementedby names rigde, but src/stats/regression/ridge.ts exports only ridge, ridgePath',
      ],
      [
        theorem(`${CHECK}\\uses{thm:other}`),
        "\\uses names thm:other, but no \\thmlabel of this document, or of a week's in proofs/, is called so",
      ],
    ];
    for (const [body, message] of cases) {
      const { status, stderr } = document(body);
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).toMatch(/document\.tex:4: /);
    }
  });

  it('calls a check unchecked whose saved verdict lacks a clause that its test file has now', { timeout: 120_000 }, () => {
    const name = 'src/stats/regression/press.theorem.test.ts#thm:press';
    const statement = `\\begin{theorem}[Name]\\thmlabel{thm:name}\\checkedby{${name}}
\\begin{enumerate}\\item One. \\item Two.\\end{enumerate}
\\end{theorem}`;
    const saved = { status: 'passed', refused: ['adds', 'doubles', 'forgets'] };
    const cases: [object, string][] = [
      [{ [name]: { ...saved, clauses: 'ab' } }, '{checked}{3}{2 of 2 clauses}'],
      [{ [name]: { ...saved, status: 'failed', clauses: 'ab' } }, '{failing}{3}{2 of 2 clauses}'],
      [{ [name]: { ...saved, clauses: 'a' } }, '{unchecked}{0}{0 of 2 clauses}'],
      [{ [name]: saved }, '{unchecked}{0}{0 of 2 clauses}'], // of a run that did not record clauses
      [{ [name]: { status: 'passed', mutants: 3, clauses: 'ab' } }, '{unchecked}{0}{0 of 2 clauses}'], // nor wrong formulas by name
      [{ 'src/stats/regression/old.test.ts#thm:press': { ...saved, clauses: 'ab' } }, '{unchecked}{0}{0 of 2 clauses}'],
    ];
    for (const [checks, verdict] of cases) {
      expect(document(statement, {}, checks).stderr).toBe('');
      const generated = readFileSync(join(ROOT, 'build', basename(folder), 'document/lemmata-checks.tex'), 'utf8');
      expect(generated).toBe(`\\lemmata@status{thm:name}${verdict}\n`);
    }
  });

  it('refuses a number that is missing, misspelt, from a quick run or from a notebook that has changed', () => {
    const numbers = { beta: { value: 0.5 } };
    expect(document('\\resnum{week98.beta}').stderr).toContain('results/week98.json does not exist; make it with npm run notebooks week98');
    expect(document('\\resnum{week99.bata}', { numbers }).stderr).toContain(
      "document.tex:4: \\resnum{week99.bata}: results/week99.json has no number 'bata'; it has beta",
    );
    expect(document('\\resnum[2]{week99.beta}', { numbers }).stderr).toContain(
      "a format is .2f, .3g, .1\\% or .0b, with a + before it where the sign is to be shown; got '2'",
    );
    expect(document('\\resnum{week99.beta}', { numbers, profile: 'quick' }).stderr).toContain(
      'results/week99.json is from a quick run, not a full one; make it',
    );
    expect(document('\\resnum{week99.beta}', { numbers, code: 'old' }).stderr).toContain('results/week99.json is stale: no notebook');
    expect(document('\\resnum[.2f]{week99.beta}', { numbers }).stderr).toBe('');
    const sure = { beta: { value: 0.5, uncertainty: 0.1 }, gain: { value: 1, uncertainty: [0, 2] } };
    expect(document('\\resnum{week99.beta.se}, \\resnum{week99.gain.low} to \\resnum{week99.gain.high}', { numbers: sure }).stderr).toBe(
      '',
    );
    expect(document('\\resnum{week99.gain.se}', { numbers: sure }).stderr).toContain("has no number 'gain.se'; it has beta, gain");
  });

  it('takes numbers of experiments that npm run experiments saved', () => {
    const numbers = { beta: { value: 0.5, uncertainty: 0.1 } };
    expect(document('\\resnum[.1f]{experiments/week99/race.beta.se}', { numbers }).stderr).toBe('');
    const generated = readFileSync(join(ROOT, 'build', basename(folder), 'document/lemmata-numbers.tex'), 'utf8');
    expect(generated).toBe('\\lemmata@number{.1f|experiments/week99/race.beta.se}{0.1}\n');
    expect(document('\\resnum{experiments/week99/walk.beta}').stderr).toContain(
      'results/experiments/week99/walk.json does not exist; make it with npm run experiments week99/walk',
    );
    expect(document('\\resnum{experiments/week99/race.beta}', { numbers, slice: undefined }).stderr).toContain(
      'was not saved by npm run experiments',
    );
  });

  it('sets a number in its format, with a real minus and grouped digits', () => {
    const cases: [number, string, string][] = [
      [0.5731, '.2f', '0.57'],
      [0.5731, '.3g', '0.573'],
      [0.5731, '.1\\%', '57.3\\%'],
      [-0.00125, '.1b', '\\ensuremath{-}12.5'],
      [-0.0001, '.2f', '0.00'], // no minus before zero
      [1234567.8, '.0f', '1\\,234\\,568'],
      [1.5e-9, '.2g', '\\ensuremath{1.5\\cdot10^{-9}}'],
    ];
    const numbers = Object.fromEntries(cases.map(([value], i) => [`x${i}`, { value }]));
    expect(document(cases.map(([, format], i) => `\\resnum[${format}]{week99.x${i}}`).join(' '), { numbers }).stderr).toBe('');
    const generated = readFileSync(join(ROOT, 'build', basename(folder), 'document/lemmata-numbers.tex'), 'utf8');
    const wanted = cases.map(([, format, text], i) => `\\lemmata@number{${format}|week99.x${i}}{${text}}`);
    expect(generated.trim().split('\n').sort()).toEqual(wanted.sort());
  });

  it('refuses an undefined reference, a line that sticks out, and an error of LaTeX', { timeout: 120_000 }, () => {
    const lost = document('See~\\ref{thm:nowhere},\n\\cite{nobody} and \\resfig{week01.nothing}.').stderr;
    expect(lost).toMatch(/document\.tex:4: there is no \\label\{thm:nowhere\}/);
    expect(lost).toMatch(/document\.tex:5: \\cite names nobody, which no bibliography of this document has/);
    expect(lost).toMatch(
      /document\.tex:5: \\resfig\{week01\.nothing\}: there is no results\/week01\/nothing\.svg; no figure is saved for week01/,
    );
    expect(document('\\noindent\\rule{200mm}{1pt}').stderr).toMatch(/document\.tex: sticks out by 1\d\d\.\d+ pt/);
    const broken = document('\\undefinedcommand');
    expect(broken.stderr).toMatch(/did not build:\n.*document\.tex:4: Undefined control sequence/);
  });
});
