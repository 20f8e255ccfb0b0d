import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const VERSION: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const project = mkdtempSync(join(tmpdir(), 'lemmata-package-'));
const run = (program: string, args: string[], cwd = project) => execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });

/** Installs the packed package into the empty project: its files copied, and beside them its locked dependencies, but none of ours for development. */
beforeAll(() => {
  run(process.execPath, ['scripts/bootstrap.mjs', 'library'], ROOT);
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project], ROOT));
  run('tar', ['-xzf', packed.filename]);
  mkdirSync(join(project, 'node_modules'));
  cpSync(join(project, 'package'), join(project, 'node_modules/lemmata'), { recursive: true });
  const lock: Record<string, { dev?: boolean }> = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  for (const [path, { dev }] of Object.entries(lock)) {
    if (dev || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || !existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(project, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(project, path));
  }
  for (const types of ['@types/node', 'undici-types']) {
    mkdirSync(dirname(join(project, 'node_modules', types)), { recursive: true });
    if (!existsSync(join(project, 'node_modules', types)))
      symlinkSync(join(ROOT, 'node_modules', types), join(project, 'node_modules', types));
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const options = { target: 'es2023', module: 'nodenext', strict: true, types: ['node'], skipLibCheck: true, preserveSymlinks: false };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['product.ts', 'waves.ts', 'momentum.ts', 'glu.ts', 'news.ts', 'paper.ts'] }),
  );
  const examples = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  for (const [i, name] of ['product', 'waves', 'momentum', 'glu', 'news', 'paper'].entries())
    writeFileSync(join(project, `${name}.ts`), examples[i]);
}, 120_000);

/** What a compiled program prints in an environment that holds Node alone. */
function executed(program: string): string {
  if (!existsSync(join(project, program))) run(process.execPath, [TSC]);
  const env = { PATH: dirname(process.execPath), HOME: project, LEMMATA_DATA: join(ROOT, 'data') };
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], { cwd: project, encoding: 'utf8', env });
  expect(status, stderr).toBe(0);
  return stdout;
}

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package, in an empty project', () => {
  it('holds the library and nothing of the checkout', () => {
    const installed = join(project, 'node_modules/lemmata');
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.lemmata/.test(file))).toEqual([]);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(
      Object.entries({ ...dependencies, ...optionalDependencies }).filter(
        ([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+/.test(String(version)),
      ),
    ).toEqual([]);
  });

  it('type-checks the programs of the README', () => {
    const { stdout } = spawnSync(process.execPath, [TSC, '--noEmit'], { cwd: project, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('trains the first and exports ONNX, without Python', () => {
    const stdout = executed('product.js');
    const [first, last] = [...stdout.matchAll(/loss .* (\d\.\d+)$/gm)].map((match) => Number(match[1]));
    expect(last).toBeLessThan(first / 100);
    const serve = `import { createRequire } from 'node:module';
      const ort = createRequire(process.cwd() + '/x.js')('onnxruntime-node');
      const session = await ort.InferenceSession.create('product.onnx');
      const x = new ort.Tensor('float32', Float32Array.of(0.5, 0.5), [1, 2]);
      const output = await session.run({ [session.inputNames[0]]: x });
      console.log(output[session.outputNames[0]].data[0]);`;
    expect(Number(run(process.execPath, ['--input-type=module', '-e', serve]))).toBeCloseTo(0.25, 1); // what it learnt: ½ · ½
  });

  // A forecaster that knows the wave errs by its noise, of deviation 0.1: a Huber loss of ½ 0.1² = 0.005.
  it('trains the second with validation and checkpoints, and goes on from where it ended', { timeout: 120_000 }, () => {
    const best = () => Number(/best validation loss (\S+)/.exec(executed('waves.js'))![1]);
    const first = best();
    expect(first).toBeGreaterThan(0.004);
    expect(first).toBeLessThan(0.008);
    expect(existsSync(join(project, 'waves.safetensors'))).toBe(true);
    expect(best()).toBe(first);
  });

  it('tests the strategy of the third, and draws its sheet', () => {
    const stdout = executed('momentum.js');
    expect(stdout).toMatch(/^rank IC 0\.0\d\d, 95 % from -?0\.\d{3} to 0\.\d{3}$/m);
    expect(stdout).toMatch(/^Sharpe ratio a year, over a rate of 0 +1\.\d\d +0\.\d\d to 1\.\d\d/m);
    expect(readFileSync(join(project, 'momentum.html'), 'utf8')).toContain('Momentum of twenty stocks');
  });

  it('checks, trains and exports the layer of the fourth', () => {
    expect(Number(/loss after 1,000 steps (\S+)/.exec(executed('glu.js'))![1])).toBeLessThan(1e-3);
    expect(existsSync(join(project, 'glu.onnx'))).toBe(true);
  });

  it('fills the order of the sixth at the next open, and does so once', () => {
    const first = executed('paper.js');
    expect(first).toContain('10 shares, equity 100088.62'); // 10 · (1986.45 − 1976.60) less 5 basis points of 19,766
    expect(executed('paper.js')).toBe(first);
  });

  it('has its command and every room', () => {
    expect(run(process.execPath, ['node_modules/lemmata/dist/cli/main.js', '--version']).trim()).toBe(VERSION);
    const rooms = readdirSync(join(project, 'node_modules/lemmata/dist')).filter((room) => room !== 'cli');
    const load = rooms.map((room) => `await import('lemmata/${room}');`).join(' ');
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', load], { cwd: project, encoding: 'utf8' })).toMatchObject({
      status: 0,
    });
  });
});
