import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const absent = spawnSync('latexmk', ['--version']).error !== undefined;
const copy = join(mkdtempSync(join(tmpdir(), 'lemmata-week-')), 'copy');
afterAll(() => rmSync(dirname(copy), { recursive: true, force: true }));

/** The way of one week in small, from the raw data on, in a copy that has built nothing and has no data. */
const SCRIPT = `
  import { onEnd, stopAll } from './scripts/bootstrap/command.mjs';
  import { run } from './scripts/publish/engine.mjs';
  import { allTargets, chosen } from './scripts/publish/targets.mjs';
  onEnd(async (code) => { await stopAll(); process.exit(code); });
  const root = process.cwd();
  await run(chosen(await allTargets(root, { evidence: true, quick: true }), ['week09']), { root, jobs: 1 });`;

/** What one way may take, in ms: it takes some minutes alone, and eleven were seen where others computed too. */
const PATIENCE = 900_000;

/** Runs it to its end, or until a line says that something is done, when it is killed; what does not end is killed too, and says what it had done. */
function go(until?: RegExp): Promise<{ lines: string[]; errors: string; killed: boolean }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: copy,
    detached: true,
    env: { ...process.env, LEMMATA_DATA: join(copy, 'data') },
  });
  let [out, errors, killed] = ['', '', false];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    if (killed || !until?.test(out)) return;
    killed = true;
    end();
  });
  const end = () => process.kill(-child.pid!, 'SIGKILL'); // what it started sees its parent gone
  const late = setTimeout(() => {
    errors += `no end after ${PATIENCE / 60_000} minutes; until then it said: ${out}`;
    end();
  }, PATIENCE);
  child.stderr.on('data', (chunk) => (errors += chunk));
  return new Promise((done) =>
    child.on('close', () => {
      clearTimeout(late);
      done({ lines: out.split('\n').filter(Boolean), errors, killed });
    }),
  );
}

const built = (lines: string[]) => lines.map((line) => line.replace(/ {2}[\d.]+ s$/, ''));

describe.skipIf(absent && !process.env.CI)('a week in small, from nothing (latexmk; npm run doctor says how to install it)', () => {
  beforeAll(() => {
    const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout.split('\0');
    for (const file of tracked.filter((name) => name && existsSync(join(ROOT, name)))) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(ROOT, file), join(copy, file));
    }
    cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
    for (const made of ['node_modules', '.venv']) symlinkSync(join(ROOT, made), join(copy, made));
  });

  it('is killed half-way, goes on to the end, does nothing twice, and leaves the committed results as they were', {
    timeout: 3 * PATIENCE + 60_000,
  }, async () => {
    const committed = readFileSync(join(copy, 'results/week09.json'), 'utf8');
    const first = await go(/^build\/quick\/experiments\/week09\/paths\.txt/m);
    expect(first.errors).toBe('');
    expect(first.killed).toBe(true);
    expect(readdirSync(join(copy, 'data')).sort()).toEqual(expect.arrayContaining(['arch', 'skfolio']));
    expect(existsSync(join(copy, 'build/quick/week09.txt'))).toBe(false);

    const second = await go();
    expect(second.errors).toBe('');
    expect(second.lines).toEqual(expect.arrayContaining(['data  up to date', 'quick/experiments/week09/paths  up to date']));
    // Documents wait for nothing here, so that some may have been built before the kill.
    const now = built([...first.lines, ...second.lines]).join('\n');
    expect(now).toContain('build/quick/week09.txt');
    expect(now).toMatch(/proofs\/week09\.pdf {2}\d+ pages/);
    expect(now).toContain('summaries/week09.pdf  1 page');

    const third = await go();
    expect(third.lines.filter((line) => !line.endsWith('  up to date'))).toEqual([]);
    expect(third.lines).toHaveLength(5);
    expect(readFileSync(join(copy, 'build/quick/week09.txt'), 'utf8')).toMatch(/: -?[\d.]+/);
    for (const pdf of ['proofs/week09.pdf', 'summaries/week09.pdf'])
      expect(readFileSync(join(copy, pdf)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readFileSync(join(copy, 'results/week09.json'), 'utf8')).toBe(committed);
  });
});
