import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const HOOK = join(import.meta.dirname, '..', '..', 'scripts', 'typescript.mjs');

describe('a program outside the checkout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-program-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (program: string) => {
    writeFileSync(join(folder, 'x.ts'), program);
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', HOOK, join(folder, 'x.ts')], { encoding: 'utf8', cwd: folder });
    return { stdout, stderr };
  };

  it('has the library and its packages, TypeScript of its own, and a package of its own first', () => {
    writeFileSync(join(folder, 'other.ts'), 'export const other: number = 3;');
    const own = join(folder, 'node_modules', 'katex');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), '{ "name": "katex", "type": "module", "exports": "./index.js" }');
    writeFileSync(join(own, 'index.js'), "export default 'its own';");
    const { stdout, stderr } = run(`
      import { writeFileSync } from 'node:fs';
      import * as tf from '@tensorflow/tfjs';
      import katex from 'katex';
      import { key, uniform } from 'lemmata/tensor';
      import { other } from './other.js';
      const shape: readonly number[] = uniform(key(1), [2]).shape;
      console.log(shape, typeof writeFileSync, typeof tf.tensor, katex, other);
    `);
    expect([stdout, stderr]).toEqual(['[ 2 ] function function its own 3\n', expect.not.stringContaining('Error')]);
  });

  it('is told the file that asks for what is nowhere', () => {
    expect(run("import 'nowhere-at-all';").stderr).toMatch(/Cannot find package 'nowhere-at-all' imported from \S+x\.ts/);
    expect(run("import 'lemmata/nowhere';").stderr).toMatch(/Cannot find module '\S+dist\/nowhere\/index\.js'/);
  });
});
