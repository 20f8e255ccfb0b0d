import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const absent = spawnSync('latexmk', ['--version']).error !== undefined;
const copy = join(mkdtempSync(join(tmpdir(), 'lemmata-downstream-')), 'copy');
afterAll(() => rmSync(dirname(copy), { recursive: true, force: true }));

/** Runs the engine of the copy on what stands downstream of results, set-up left out; the lines it printed. */
function engine(work: 'run' | 'dryRun') {
  const script = `
    import { ${work} } from './scripts/publish/engine.mjs';
    import { allTargets, chosen, DOWNSTREAM } from './scripts/publish/targets.mjs';
    const root = process.cwd();
    await ${work}(chosen(await allTargets(root, { evidence: false }), DOWNSTREAM), { root });`;
  const from = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(stderr).toBe('');
  return { lines: stdout.split('\n').filter(Boolean), seconds: (performance.now() - from) / 1000 };
}

describe.skipIf(absent && !process.env.CI)('downstream of the committed results (latexmk; npm run doctor says how to install it)', () => {
  beforeAll(() => {
    const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout.split('\0');
    // With what was built in this checkout, which is then only built again where it is not what its inputs say.
    const built = [...globSync('{proofs,summaries,paper,slides}/*.pdf', { cwd: ROOT }), 'build/stamps', 'build/site', 'build/letters'];
    for (const file of [...tracked, ...built].filter((name) => name && existsSync(join(ROOT, name)))) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(ROOT, file), join(copy, file), { recursive: true });
    }
    for (const made of ['node_modules', 'dist']) symlinkSync(join(ROOT, made), join(copy, made));
  });

  it('everything is built in ten minutes, a second run finds nothing to do in ten seconds, and a notebook that changes is the site alone', {
    timeout: 3_000_000,
  }, () => {
    const share = Math.max(1, 2 / availableParallelism()); // the minutes are those of two cores
    expect(engine('run').seconds).toBeLessThan(600 * share);

    const second = engine('run');
    expect(second.lines.filter((line) => !line.endsWith('  up to date'))).toEqual([]);
    expect(second.lines.length).toBeGreaterThan(25);
    expect(second.seconds).toBeLessThan(10 * share);

    const file = join(copy, 'notebooks/week03-bayes.ipynb');
    const notebook = JSON.parse(readFileSync(file, 'utf8'));
    const words = notebook.cells.filter((cell: { cell_type: string }) => cell.cell_type === 'markdown').at(-1);
    words.source = [words.source].flat().concat('\n\nA sentence more.');
    writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
    expect(engine('dryRun').lines).toEqual(['blog: notebooks/week03-bayes.ipynb changed']);
    const third = engine('run').lines.filter((line) => !line.endsWith('  up to date'));
    expect(third).toHaveLength(1);
    expect(third[0]).toMatch(/^build\/site: \d+ pages in /);
    expect(readFileSync(join(copy, 'build/site/notebooks/week03-bayes/index.html'), 'utf8')).toContain('A sentence more.');
  });
});
