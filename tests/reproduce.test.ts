import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { dryRun, ordered, run } = await import(join(ROOT, 'scripts/publish/engine.mjs'));
const { filesOf } = await import(join(ROOT, 'scripts/publish/stamps.mjs'));
const { inputsOf } = await import(join(ROOT, 'scripts/publish/documents.mjs'));
const { chosen, allTargets } = await import(join(ROOT, 'scripts/publish/targets.mjs'));
const { watch } = await import(join(ROOT, 'scripts/publish/watch.mjs'));
const { weeksTable } = await import(join(ROOT, 'scripts/publish/weeks.mjs'));
const { lessonsTable } = await import(join(ROOT, 'scripts/publish/lessons.mjs'));
const { release } = await import(join(ROOT, 'scripts/publish/release.mjs'));
const { behind, needed } = await import(join(ROOT, 'scripts/publish/needed.mjs'));

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lemmata-reproduce-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
const get = (file: string) => readFileSync(join(root, file), 'utf8');

interface Toy {
  name: string;
  from: string[];
  after?: string[];
  missing?: () => string | undefined;
  build?: () => void;
}

/** A target that writes what it reads, in capitals, into `<name>.out`. */
const toy = ({ name, from, after, missing, build }: Toy) => ({
  name,
  group: 'toys',
  after,
  outputs: [`${name}.out`],
  inputs: () => filesOf(root, from),
  missing,
  build: () => {
    build?.();
    put(`${name}.out`, from.map(get).join('').toUpperCase());
    return `${name}.out`;
  },
});

const told = async (targets: object[], work = run) => {
  const [lines, complaints]: string[][] = [[], []];
  const options = { root, jobs: 1, log: (line: string) => lines.push(line), complain: (line: string) => complaints.push(line) };
  const result = await work(targets, options);
  return { result, lines: lines.map((line) => line.replace(/ {2}[\d.]+ s$/, '')), complaints };
};

describe('what is built', () => {
  const targets = () => [
    toy({ name: 'site', from: ['post', 'paper.out'], after: ['paper', 'proofs'] }),
    toy({ name: 'paper', from: ['paper'] }),
    toy({ name: 'proofs', from: ['proofs'] }),
  ];
  beforeEach(() => {
    for (const name of ['post', 'paper', 'proofs']) put(name, name);
  });

  it('is everything at first, in order, and nothing the second time', async () => {
    expect((await told(targets())).lines).toEqual(['paper.out', 'proofs.out', 'site.out']);
    expect(get('site.out')).toBe('POSTPAPER');
    expect((await told(targets())).lines).toEqual(['paper  up to date', 'proofs  up to date', 'site  up to date']);
    expect((await told(targets(), dryRun)).lines).toEqual([]);
  });

  it('is what reads a changed input, and what reads that; a dry run said so by name and built nothing', async () => {
    await told(targets());
    put('paper', 'another');
    expect((await told(targets(), dryRun)).lines).toEqual(['paper: paper changed', 'site: if what paper leaves is another']);
    expect(get('paper.out')).toBe('PAPER');
    expect((await told(targets())).lines).toEqual(['paper.out', 'proofs  up to date', 'site.out']);
    put('proofs', 'PROOFS'); // in capitals it is the same: nothing above it has to be built
    expect((await told(targets())).lines).toEqual(['paper  up to date', 'proofs.out', 'site  up to date']);
  });

  it('is an output that is gone or was changed by hand', async () => {
    await told(targets());
    rmSync(join(root, 'proofs.out'));
    put('paper.out', 'by hand');
    const { lines } = await told(targets(), dryRun);
    expect(lines.slice(0, 2)).toEqual(['paper: paper.out changed since it was built', 'proofs: proofs.out is not there']);
    await told(targets());
    expect(get('paper.out')).toBe('PAPER');
  });

  it('leaves what was there when a build fails, builds nothing on it, and goes on with the rest', async () => {
    await told(targets());
    for (const name of ['post', 'paper', 'proofs']) put(name, `${name}2`);
    const failing = targets();
    failing[1].build = () => {
      throw new Error('paper.tex:7: there is no week03.gain');
    };
    const { lines, complaints, result } = await told(failing);
    expect(lines).toEqual(['proofs.out']);
    expect(complaints).toEqual([
      'paper.tex:7: there is no week03.gain',
      'paper: failed; what was built before is as it was',
      'site: not built, since paper failed; what was built before is as it was',
    ]);
    expect([get('paper.out'), get('site.out'), get('proofs.out')]).toEqual(['PAPER', 'POSTPAPER', 'PROOFS2']);
    expect(Object.fromEntries(result)).toEqual({ paper: 'failed', proofs: 'built', site: 'failed' });
    expect((await told(targets())).lines).toEqual(['paper.out', 'proofs  up to date', 'site.out']);
  });

  it('says once which program is missing, and builds what needs none', async () => {
    const missing = () => 'LaTeX is not installed';
    const { lines, complaints } = await told([
      toy({ name: 'paper', from: ['paper'], missing }),
      toy({ name: 'proofs', from: ['proofs'], missing }),
      toy({ name: 'site', from: ['post'], after: ['paper'] }),
    ]);
    expect(lines).toEqual(['site.out']);
    expect(complaints.filter((line) => line === 'LaTeX is not installed')).toHaveLength(1);
    expect(complaints).toContain('proofs: not built');
  });

  it('is in no circle', () => {
    expect(() => ordered([toy({ name: 'a', from: [], after: ['b'] }), toy({ name: 'b', from: [], after: ['a'] })])).toThrow(
      'a is built from itself, by way of a, b',
    );
  });

  it('says what a part was built with that is behind', async () => {
    await told(targets());
    put('paper', 'another');
    rmSync(join(root, 'proofs.out'));
    const all = targets();
    await told([all[0]]);
    expect(await behind(all, [all[0]], root)).toEqual(['paper']);
    expect(await behind(all, all, root)).toEqual([]);
  });

  it('took what its stamp says, and that is summed', async () => {
    await told(targets());
    const stamp = join(root, 'build/stamps/paper.json');
    writeFileSync(stamp, JSON.stringify({ ...JSON.parse(readFileSync(stamp, 'utf8')), seconds: 90 }));
    const [site, paper, proofs] = targets();
    const sum = needed([site, { ...paper }, { ...proofs, minutes: 30 }], ['paper', 'proofs', 'site'], root);
    expect(sum.minutes).toBeCloseTo(31.5, 1);
    expect(sum.line).toBe('3 to build; when they were last made they took 32 minutes in all');
  });
});

it('goes on where a run was killed half-way, and ends as one that was left alone', { timeout: 60_000 }, async () => {
  put('data', 'data');
  const script = (slow: boolean) => `
    import { writeFileSync, readFileSync } from 'node:fs';
    import { run } from ${JSON.stringify(join(ROOT, 'scripts/publish/engine.mjs'))};
    import { filesOf } from ${JSON.stringify(join(ROOT, 'scripts/publish/stamps.mjs'))};
    const root = ${JSON.stringify(root)};
    const step = (name, from, after) => ({
      name, group: 'steps', after, outputs: [name], inputs: () => filesOf(root, [from]),
      build: async () => {
        const text = readFileSync(root + '/' + from, 'utf8') + '>' + name;
        if (${slow} && name === 'notebook') { console.log('half-way'); await new Promise((done) => setTimeout(done, 60000)); }
        writeFileSync(root + '/' + name, text);
        return name;
      },
    });
    await run([step('experiment', 'data', []), step('notebook', 'experiment', ['experiment']), step('paper', 'notebook', ['notebook'])], { root, jobs: 1 });`;
  const start = (slow: boolean) =>
    spawn(process.execPath, ['--input-type=module', '-e', script(slow)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const outputOf = async (child: ReturnType<typeof start>, until?: string) => {
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (until && text.includes(until)) child.kill('SIGKILL');
    }
    return text;
  };
  const killed = start(true);
  const ended = once(killed, 'exit');
  expect(await outputOf(killed, 'half-way')).toMatch(/^experiment {2}[\d.]+ s\nhalf-way\n$/);
  expect((await ended)[1]).toBe('SIGKILL');
  expect(existsSync(join(root, 'notebook'))).toBe(false);
  expect((await outputOf(start(false))).replace(/ {2}[\d.]+ s/g, '')).toBe('experiment  up to date\nnotebook\npaper\n');
  expect(get('paper')).toBe('data>experiment>notebook>paper');
});

it('watches: builds again when an input changes, after a fault too', { timeout: 30_000 }, async () => {
  put('paper', 'one');
  const paper = toy({
    name: 'paper',
    from: ['paper'],
    build: () => {
      if (get('paper') === 'wrong') throw new Error('paper:1: wrong');
    },
  });
  const [lines, end] = [[] as string[], new AbortController()];
  const said = (line: string) => lines.push(line);
  await run([paper], { root, log: said, complain: said });
  const watching = watch([paper], { root, signal: end.signal, log: said, complain: said });
  await expect.poll(() => lines.at(-1)).toBe('watching; Ctrl-C ends it');
  put('paper', 'wrong');
  await expect.poll(() => lines.at(-1), { timeout: 10_000 }).toBe('paper: failed; what was built before is as it was');
  expect(get('paper.out')).toBe('ONE');
  put('paper', 'right');
  await expect.poll(() => get('paper.out'), { timeout: 10_000 }).toBe('RIGHT');
  end.abort();
  await watching;
});

it('gathers the PDFs of a release under names that tell them apart, with their sums', async () => {
  const files = ['paper/paper.pdf', 'proofs/week01.pdf', 'summaries/week01.pdf'];
  for (const file of files) put(file, `PDF of ${file}`);
  const pdfs = files.map((file) => ({ name: file, outputs: [file] }));
  expect((await told([release(root, pdfs)])).lines).toEqual(['build/release  3 PDFs']);
  expect(readdirSync(join(root, 'build/release')).sort()).toEqual(['SHA256SUMS', 'paper.pdf', 'proofs-week01.pdf', 'summaries-week01.pdf']);
  const sum = createHash('sha256').update('PDF of summaries/week01.pdf').digest('hex');
  expect(get('build/release/SHA256SUMS')).toContain(`${sum}  summaries-week01.pdf\n`);
  put('proofs/week01.pdf', 'another');
  expect((await told([release(root, pdfs)], dryRun)).lines).toEqual(['release: proofs/week01.pdf changed']);
});

describe('what a document is made of', () => {
  const results = (gain: number, other = 1) =>
    put(
      'results/week99.json',
      JSON.stringify({ profile: 'full', code: 'stamp', numbers: { gain: { value: gain }, other: { value: other } } }),
    );
  const notebook = (stamp: string) =>
    put('notebooks/week99-x.ipynb', JSON.stringify({ cells: [], metadata: { lemmata: { provenance: { stamp } } } }));
  const inputs = (file = 'paper/paper.tex') => inputsOf(root, join(root, file));
  const moved = (before: Record<string, string>, now: Record<string, string>) =>
    [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);

  beforeEach(() => {
    mkdirSync(join(root, 'scripts/latex'), { recursive: true });
    put(
      'proofs/week01.tex',
      '\\begin{document}\n\\begin{theorem}[Ridge]\\thmlabel{thm:ridge}\\checkedby{src/ridge.test.ts#thm:ridge}\\implementedby{src/ridge.ts#ridge}\nx\n\\end{theorem}\n\\end{document}\n',
    );
    put('src/ridge.test.ts', "theorem('thm:ridge', () => {});\n");
    put('src/ridge.ts', 'export function ridge() {}\n');
    put('proofs/lemmata.sty', '\\RequirePackage{lemmata-bindings}\n');
    put('proofs/lemmata-bindings.sty', '');
    put('proofs/lemmata-book.sty', '');
    put('results/checks.json', JSON.stringify({ 'src/ridge.test.ts#thm:ridge': { status: 'passed', refused: ['adds'], clauses: '' } }));
    put('paper/refs.bib', '');
    put('paper/intro.tex', 'A gain of \\resnum[.2f]{week99.gain}, by \\thmref{thm:ridge}.\n');
    put('paper/paper.tex', '\\usepackage{lemmata}\\addbibresource{refs.bib}\n\\begin{document}\\input{intro}\\end{document}\n');
    results(0.123);
    notebook('stamp');
  });

  it('is a number as it is shown: a digit that shows is named, one that does not, and other numbers, are nothing', () => {
    const before = inputs();
    results(0.1234, 2);
    expect(moved(before, inputs())).toEqual([]);
    results(0.133);
    expect(moved(before, inputs())).toEqual(['week99.gain as .2f']);
  });

  it('is that the result is of the notebook as it is: another stamp, and the build sees it as stale', () => {
    const before = inputs();
    notebook('another');
    expect(moved(before, inputs())).toEqual(['week99.gain as .2f']);
    expect(inputs()['week99.gain as .2f']).toBe('none');
  });

  it('is what it takes in and loads, and nothing that it does not', () => {
    const before = inputs();
    expect(Object.keys(before)).not.toContain('proofs/lemmata-book.sty');
    for (const file of ['paper/intro.tex', 'paper/refs.bib', 'proofs/lemmata-bindings.sty']) put(file, `${get(file)}% more`);
    expect(moved(before, inputs())).toEqual(['paper/intro.tex', 'paper/refs.bib', 'proofs/lemmata-bindings.sty']);
  });

  it('is the verdict on the theorems that it names, and that what a theorem names is there', () => {
    const [paper, proofs] = [inputs(), inputs('proofs/week01.tex')];
    put('results/checks.json', JSON.stringify({ 'src/ridge.test.ts#thm:ridge': { status: 'failed', refused: ['adds'], clauses: '' } }));
    expect(moved(paper, inputs())).toEqual(['the verdict on src/ridge.test.ts#thm:ridge']);
    put('src/ridge.ts', '// a word more\nexport function ridge() {}\n');
    expect(moved(proofs, inputs('proofs/week01.tex'))).toEqual(['the verdict on src/ridge.test.ts#thm:ridge']);
    put('src/ridge.ts', 'export function rigde() {}\n');
    expect(moved(proofs, inputs('proofs/week01.tex'))).toContain('src/ridge.ts#ridge');
  });
});

describe('of this repository', () => {
  it('names choose groups and documents, and one that there is not is told what there is', async () => {
    const all = await allTargets(ROOT, { evidence: false });
    const names = (...words: string[]) => chosen(all, words).map(({ name }: { name: string }) => name);
    expect(names('proofs', 'week06')).toEqual(['proofs/week06']);
    expect(names('summaries/week02.tex')).toEqual(['summaries/week02']);
    expect(names('anthology').sort()).toEqual(['proofs/answers', 'proofs/anthology']);
    expect(names('proofs')).toEqual(expect.arrayContaining(['proofs/week01', 'proofs/anthology']));
    expect(names('paper')).toEqual(expect.arrayContaining(['paper/paper', 'paper/tables', 'paper/letters']));
    expect(() => names('proofs', 'week99')).toThrow(
      'there is no week99; there are proofs/answers, proofs/anthology, proofs/path, proofs/week01',
    );
    expect(() => names('nothing')).toThrow('there is no nothing; there are anthology, proofs, summaries');
  });

  it('whatever reads something is after what makes it, from the data to the site', async () => {
    const all: { name: string; after?: string[]; minutes?: number }[] = await allTargets(ROOT, { evidence: true });
    const names = new Set(all.map(({ name }) => name));
    expect(names.size).toBe(all.length);
    for (const { name, after = [] } of all) expect([name, after.filter((other) => !names.has(other))]).toEqual([name, []]);
    const above = (name: string): string[] =>
      (all.find((one) => one.name === name)?.after ?? []).flatMap((other) => [other, ...above(other)]);
    expect(above('paper/paper')).toEqual(expect.arrayContaining(['paper/tables', 'week12', 'experiments/week10/hybrid', 'data']));
    expect(above('blog')).toEqual(expect.arrayContaining(['paper/paper', 'checks', 'week11', 'summaries/greff']));
    const hybrid = JSON.parse(readFileSync(join(ROOT, 'results/experiments/week10/hybrid.json'), 'utf8')).machine.minutes;
    const minutes = Object.values<number>(hybrid).reduce((sum, part) => sum + part, 0);
    expect(minutes).toBeGreaterThan(0.1);
    expect(all.find(({ name }) => name === 'experiments/week10/hybrid')?.minutes).toBeCloseTo(minutes, 9);
  });

  it('a week is its data, experiments, notebook and documents, in full and in small', async () => {
    const week = async (quick: boolean, name: string) =>
      chosen(await allTargets(ROOT, { evidence: true, quick }), [name])
        .map((target: { name: string }) => target.name)
        .sort();
    expect(await week(false, 'week09')).toEqual(['data', 'experiments/week09/paths', 'proofs/week09', 'summaries/week09', 'week09']);
    expect(await week(true, 'week09')).toEqual([
      'data',
      'proofs/week09',
      'quick/experiments/week09/paths',
      'quick/week09',
      'summaries/week09',
    ]);
    expect(await week(false, 'week04')).toEqual(expect.arrayContaining(['experiments/week04/greff', 'summaries/greff', 'week04']));
    expect(await week(false, 'week12')).toEqual(expect.arrayContaining(['paper/paper', 'slides/slides', 'experiments/week12/planted']));
    await expect(week(false, 'week99')).rejects.toThrow('there is no week99');
    const small: { name: string; outputs: string[] }[] = await allTargets(ROOT, { evidence: true, quick: true });
    for (const { name, outputs } of small.filter((target) => target.name.startsWith('quick/')))
      expect(outputs, name).toEqual([`build/${name}.txt`]);
  });

  it('what all would take is summed from what experiments saved and from the times that are written down', async () => {
    const all: { name: string; minutes?: number }[] = await allTargets(ROOT, { evidence: true });
    const { seconds } = JSON.parse(readFileSync(join(ROOT, 'scripts/publish/times.json'), 'utf8'));
    const names = all.map(({ name }) => name);
    expect(Object.keys(seconds).filter((name) => !names.includes(name))).toEqual([]);
    // Of a clone that has built nothing: no stamps.
    put('scripts/publish/times.json', readFileSync(join(ROOT, 'scripts/publish/times.json'), 'utf8'));
    const { minutes, untimed, line } = needed(all, names, root);
    const saved = all.reduce((sum, one) => sum + (one.minutes || (seconds[one.name] ?? 0) / 60), 0);
    expect(minutes).toBeCloseTo(saved, 9);
    expect(minutes).toBeGreaterThan(300);
    expect(untimed).not.toContain('proofs/anthology');
    expect(line).toBe(`${names.length} to build; when they were last made they took ${minutes.toFixed(0)} minutes in all`);
  });

  it('a digit of a result that paper, slides and site show makes each of them stale', async () => {
    const all = await allTargets(ROOT, { evidence: false });
    const key = 'week12.all.contests as .0f';
    const { value } = JSON.parse(readFileSync(join(ROOT, 'results/week12.json'), 'utf8')).numbers['all.contests'];
    for (const name of ['paper/paper', 'slides/slides'])
      expect(all.find((target: { name: string }) => target.name === name).inputs()[key]).toBe(String(value));
    expect(Object.keys(all.find(({ name }: { name: string }) => name === 'blog').inputs())).toContain('results/week12.json');
  });

  it('the version is one, in the package, its lock, the README and the changelog, whose section the release shows', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`lemmata-${version}.tgz`);
    const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
    expect(/^## (\d\S+) - \d{4}-\d\d-\d\d$/m.exec(changelog)?.[1]).toBe(version);
    const section = changelog.split(`## ${version} `)[1].split(/^## \d/m)[0];
    for (const part of ['Week 12', '`npm run reproduce`', '### Changed, and how to migrate', '### Fixed']) expect(section).toContain(part);
  });

  it('the table of weeks in the README is what is there', () => {
    const [readme, table] = [readFileSync(join(ROOT, 'README.md'), 'utf8'), weeksTable(ROOT)];
    expect(readme.includes(table), 'write it with npm run reproduce -- README').toBe(true);
    const links = [...table.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    for (let week = 1; week <= 12; week++) expect(table).toMatch(new RegExp(`^\\| ${week} \\|`, 'm'));
  });

  it("the table of lessons in the path's index is what is there, and no lesson needs a later one", () => {
    const table: string = lessonsTable(ROOT);
    const folder = join(ROOT, 'notebooks/transformer');
    expect(readFileSync(join(folder, 'README.md'), 'utf8').includes(table), 'write it with npm run reproduce -- README').toBe(true);
    const links = [...table.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]);
    expect(links.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
    const rows = table.split('\n').slice(2);
    expect(rows.length).toBeGreaterThan(0);
    const before: number[] = []; // a day that is being written has no row yet, so none may need it
    for (const row of rows) {
      const day = Number(/^\| (\d+) \| \[/.exec(row)?.[1]);
      expect(row).toMatch(new RegExp(`^\\| ${day} \\| \\[.+\\]\\(day${String(day).padStart(2, '0')}-`));
      expect(day, row).toBeGreaterThan(before.at(-1) ?? 0);
      for (const [, needed] of row.matchAll(/\bday (\d+)/g)) expect(before, row).toContain(Number(needed));
      before.push(day);
    }
  });

  it('the table takes in a post that is new', () => {
    for (const folder of ['proofs', 'summaries']) cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
    put('blog/posts/week03.md', '---\ntitle: "Doubt, by the number"\n---\n');
    expect(weeksTable(root)).toMatch(/^\| 3 \|.*\[Doubt, by the number\]\(blog\/posts\/week03\.md\) \|$/m);
  });
});
