import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { speedTable } from '../bench/report.js';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const readme = read('README.md');
const all = (pattern: RegExp, text = readme) => [...text.matchAll(pattern)].map((match) => match[1]);

describe('the README', () => {
  it('names commands that exist, and every one that exists', () => {
    const named = [...new Set(all(/npm run ([a-z:-]+)/g))];
    const { scripts } = JSON.parse(read('package.json'));
    const known = Object.keys(scripts).filter((name) => !['start', 'test', 'build'].includes(name));
    expect(named.sort()).toEqual(known.sort());
  });

  it('names folders, files and pictures that exist', () => {
    const links = all(/\]\((?!https?:)([^)]+)\)/g);
    const folders = all(/^\| ((?:`[a-z/]+\/`(?:, )?)+) \|/gm).flatMap((cell) => all(/`([^`]+)`/g, cell));
    const made = ['data/'];
    expect([...links, ...folders].filter((path) => !made.includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
    expect(folders.length).toBeGreaterThan(10);
    expect(statSync(join(ROOT, 'docs/notebook.png')).size).toBeLessThan(300_000);
  });

  it('names every folder of the repository', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
    const folders = new Set(tracked.filter((file) => file.includes('/') && !file.startsWith('.')).map((file) => file.split('/')[0]));
    expect([...folders].filter((folder) => folder !== 'docs' && !readme.includes(`\`${folder}/`))).toEqual([]);
  });

  it('has the speeds that the last full benchmark found', () => {
    expect(readme).toContain(speedTable(JSON.parse(read('results/bench.json'))));
  });

  it('says which of these speeds show no lead', () => {
    const { numbers } = JSON.parse(read('results/bench.json')) as { numbers: Record<string, { value: number }> };
    const open = Object.keys(numbers).filter((key) => key.endsWith('.low') && numbers[key].value < 1);
    expect(open.sort()).toEqual(['W2.pytorch.2.low', 'W6.pytorch.1.low']);
    expect(readme.replace(/\s+/g, ' ')).toContain(
      'below one beside PyTorch for W2 with a budget of two and for W6 on one thread, which shows no lead',
    );
  });

  it('names the system packages that CI installs and that messages ask for', () => {
    const lines = all(/^sudo apt install (.+)$/gm);
    expect(lines).toHaveLength(3);
    expect(read('.ci/run')).toContain("s/^sudo apt install //p' README.md");
    const named = lines.flatMap((line) => line.split(' '));
    const asked = ['scripts/latex.mjs', 'scripts/doctor.mjs'].flatMap((file) =>
      all(/((?:texlive-[a-z-]*[a-z]|biber|latexmk|lmodern)(?= ))/g, read(file)),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('has the system packages of each workflow that builds PDFs in one line, and workflows call what there is', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT }).sort();
    expect(workflows.map((file) => file.split('/')[2])).toEqual(['ci.yml', 'pages.yml', 'release.yml']);
    for (const file of workflows) {
      expect([file, all(/npm run ([a-z:-]+)/g, read(file)).filter((name) => !(name in scripts))]).toEqual([file, []]);
      expect([file, all(/run: (\S+\/\S+)$/gm, read(file)).filter((path) => !existsSync(join(ROOT, path)))]).toEqual([file, []]);
    }
    for (const file of workflows.slice(1)) {
      const [, pattern] = /sed -n 's\/\^sudo apt install \/\/p' README\.md \| grep -E '([^']+)'/.exec(read(file)) ?? [];
      const lines = all(/^sudo apt install (.+)$/gm).filter((line) => new RegExp(pattern).test(line));
      expect(lines.flatMap((line) => line.split(' '))).toEqual(
        expect.arrayContaining(['texlive-latex-base', 'biber', 'latexmk', 'librsvg2-bin']),
      );
      expect(lines.join(' ')).not.toMatch(/nodejs|npm/);
    }
  });
});
