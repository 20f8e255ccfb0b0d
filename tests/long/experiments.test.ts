import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('every result follows from its experiment, the data and the library as they are, by its slice', () => {
  const args = ['--import', join(ROOT, 'scripts', 'typescript.mjs'), join(ROOT, 'scripts', 'experiments.mjs'), '--stale'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout + stderr.replace(/^.*(is compiling|compiled) a graph of.*\n/gm, '')).toBe('');
  expect(status).toBe(0);
});
