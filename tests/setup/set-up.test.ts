import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Checkout, makeCheckout } from './checkout.js';

let checkout: Checkout;
afterEach(() => checkout.dispose());

/** All of it works: the package, the Python environment, the library, the data, the kernel; and nothing half-made lies about. */
function expectComplete({ at }: Checkout): void {
  expect(readFileSync(join(at, 'node_modules/typescript/package.json'), 'utf8')).toContain('"1.0.0"');
  expect(execFileSync(join(at, '.venv/bin/python'), ['-c', 'import tiny_lab; print(tiny_lab.answer)'], { encoding: 'utf8' })).toBe('42\n');
  expect(readdirSync(readFileSync(join(at, '.lemmata/openvino'), 'utf8').trim())).toEqual(['libopenvino_c.so']);
  expect(readFileSync(join(at, '.lemmata/lightgbm/lightgbm/lib/lib_lightgbm.so'), 'utf8')).toBe('trees');
  expect(readFileSync(join(at, 'data/prices.csv'), 'utf8')).toBe('1,2,3');
  const { sources } = JSON.parse(readFileSync(join(at, 'dist/kernel/install.js.map'), 'utf8'));
  expect(sources).toEqual(['../../src/kernel/install.ts']);
  const { argv } = JSON.parse(readFileSync(join(at, '.venv/share/jupyter/kernels/lemmata/kernel.json'), 'utf8'));
  expect(argv.map((path: string) => existsSync(path))).toEqual([true, true]);
  expect(readdirSync(join(at, '.lemmata')).sort()).toEqual(['data', 'lightgbm', 'openvino', 'python']);
  expect(readdirSync(join(at, '.lemmata/python'))).toHaveLength(1);
}

describe('set-up', { timeout: 120_000 }, () => {
  it('makes everything once; then does nothing, in half a second, without a network; and may be moved', async () => {
    checkout = await makeCheckout();
    const first = await checkout.setUp();
    expect(first, first.output).toMatchObject({ status: 0 });
    expectComplete(checkout);
    await checkout.goOffline();
    const again = await checkout.setUp();
    expect(again).toMatchObject({ status: 0, output: '' });
    expect(again.ms).toBeLessThan(500);

    const at = `${checkout.at}-moved`;
    renameSync(checkout.at, at);
    execFileSync(process.execPath, ['scripts/bootstrap.mjs'], { cwd: at });
    expectComplete({ ...checkout, at });
    renameSync(at, checkout.at);
  });

  it('goes on after being killed in every step, with its children left running', async () => {
    checkout = await makeCheckout();
    const steps = [
      /npm packages …/,
      /place for Python packages …/,
      /place for Python packages: done/,
      /Python environment .* …/,
      /LightGBM.* …/,
      /the library …/,
      /the default data …/,
    ];
    for (const until of steps) expect(await checkout.setUp({ until }), String(until)).toMatchObject({ signal: 'SIGKILL' });
    const last = await checkout.setUp();
    expect(last, last.output).toMatchObject({ status: 0 });
    expectComplete(checkout);
  });

  it('ends its children when it is interrupted; then two at a time share the work', async () => {
    checkout = await makeCheckout();
    const { child, ended } = checkout.begin(['scripts/bootstrap.mjs']);
    await new Promise<void>((resolve) => child.stdout.on('data', (chunk) => String(chunk).includes('place for Python') && resolve()));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ status: 130 });
    expect(readdirSync(join(checkout.at, '.lemmata'))).not.toContain('making');
    expect(existsSync(join(checkout.at, '.venv'))).toBe(false);

    const both = await Promise.all([checkout.setUp(), checkout.setUp()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.map(({ output }) => output.match(/the library …/g)?.length ?? 0).sort()).toEqual([0, 1]);
    expectComplete(checkout);
  });

  it('makes again only what changed or broke', async () => {
    checkout = await makeCheckout();
    checkout.write('.venv/bin/python', 'an environment that something else made');
    checkout.write('node_modules/.package-lock.json', '{ "packages": ');
    await checkout.setUp();
    expect(lstatSync(join(checkout.at, '.venv')).isSymbolicLink()).toBe(true);
    const made = async () => (await checkout.setUp()).output.match(/(?<=^ {2}).*(?=: done)/gm) ?? [];
    checkout.write('src/extra/index.ts', 'export const extra = 1;\n');
    expect(await made()).toEqual(['the library']);
    rmSync(join(checkout.at, 'src/extra'), { recursive: true });
    expect(await made()).toEqual(['the library']);
    expect(existsSync(join(checkout.at, 'dist/extra'))).toBe(false);
    rmSync(join(checkout.at, 'data/prices.csv'));
    expect(await made()).toEqual(['the default data']);
    rmSync(join(checkout.at, 'node_modules/typescript'), { recursive: true });
    expect(await made()).toEqual(['npm packages']);
    checkout.write('requirements-lightgbm.txt', `# changed\n${checkout.read('requirements-lightgbm.txt')}`);
    expect(await made()).toEqual(['LightGBM, which grows the trees']);
    checkout.write('requirements.txt', checkout.read('requirements.txt').replace('tiny', '# changed\ntiny'));
    expect(await made()).toEqual(['a place for Python packages', 'the Python environment (JupyterLab, OpenVINO)']);
    expectComplete(checkout);
  });
});
