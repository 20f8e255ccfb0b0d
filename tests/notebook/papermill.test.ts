import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-papermill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The text that the last cell shows when papermill runs the notebook with parameters. */
function run(name: string, sources: string[], ...parameters: string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: 'code',
    id: `c${i}`,
    metadata: i === 0 ? { tags: ['parameters'] } : {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { name: 'lemmata', display_name: 'TypeScript (Lemmata)', language: 'typescript' };
  const file = join(folder, `${name}.ipynb`);
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const out = join(folder, `${name}.out.ipynb`);
  const prefix = join(folder, 'jupyter');
  execFileSync(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), 'kernel', 'install', '--prefix', prefix]);
  execFileSync(join(ROOT, '.venv', 'bin', 'papermill'), ['--no-progress-bar', ...parameters, file, out], {
    stdio: 'pipe',
    env: { ...process.env, JUPYTER_PATH: join(prefix, 'share', 'jupyter') },
  });
  const last = JSON.parse(readFileSync(out, 'utf8')).cells.at(-1);
  return last.outputs.map((output: { data?: Record<string, string> }) => [output.data?.['text/plain']].flat().join('')).join('');
}

it('papermill passes typed parameters to a notebook that has them as one object, or as names', { timeout: 60_000 }, () => {
  const given = ['-p', 'seed', '7', '-p', 'asset', 'O\'Neil "Q"', '-y', '{weights: [0.5, 2], log: true}'];
  const shown = `{ seed: 7, asset: ${'`O\'Neil "Q"`'}, weights: [ 0.5, 2 ], log: true }`;
  const type = '{ seed: number; asset: string; weights: number[]; log: boolean }';
  const object = [`const parameters: ${type} = { seed: 1, asset: 'SPY', weights: [1], log: false };`, 'parameters'];
  expect(run('object', object, ...given)).toBe(shown);
  const names = [
    "let seed = 1; let asset = 'SPY'; let weights = [1]; let log = false;",
    `const all: ${type} = { seed, asset, weights, log }; all`,
  ];
  expect(run('names', names, ...given)).toBe(shown);
});
