import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../src/kernel/build.js';
import { type Kernel, ROOT, sleep, startKernel } from './client.js';

const opened: Kernel[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((kernel) => kernel.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const start = async (...options: Parameters<typeof startKernel>) => {
  const kernel = await startKernel(...options);
  opened.push(kernel);
  return kernel;
};

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-life-'));
  folders.push(folder);
  return folder;
};

/** Waits until it is gone; a process that stays fails the test. */
async function gone(pid: number, timeout = 5000): Promise<void> {
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(50))
    try {
      process.kill(pid, 0);
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
  throw new Error(`process ${pid} still lives`);
}

/** What a process has used so far, in Linux's hundredths of a second. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return 10 * (user + system);
}

/** The process of the TypeScript compiler that the kernel started. */
function compilerOf(kernel: Kernel): number {
  const runner = kernel.runner();
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const own = processes
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === runner && args.includes('--api'));
  expect(own).toHaveLength(1);
  return Number(own[0][0]);
}

describe('the kernel process', () => {
  it('starts and runs a cell without TensorFlow, which loads when a cell asks for it', async () => {
    const folder = temporary();
    const [hook, log] = [join(folder, 'hook.mjs'), join(folder, 'loaded.txt')];
    writeFileSync(log, '');
    writeFileSync(
      hook,
      `import { appendFileSync } from 'node:fs'; import { registerHooks } from 'node:module';
       registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(log)}, url + '\\n'); return next(url, context); } });`,
    );
    const kernel = await start({ env: { NODE_OPTIONS: `--import=${hook}` } });
    const loaded = () => readFileSync(log, 'utf8').split('\n');
    expect((await kernel.run('[{ a: 1 }]')).text).toContain('a');
    expect(loaded()).toEqual(expect.arrayContaining([expect.stringContaining('/dist/base/'), expect.stringContaining('/typescript')]));
    expect(loaded().filter((url) => /tensorflow|^(?!.*node_modules).*\/dist\/(?!base|kernel)\w+\//.test(url))).toEqual([]);
    expect((await kernel.run("import * as tf from '@tensorflow/tfjs';\ntf.scalar(2).dataSync()[0]")).text).toBe('2');
    expect(loaded().some((url) => url.includes('tensorflow'))).toBe(true);
  });

  // Two processes that load neither the compiler nor TensorFlow. Of processor time, for other tests run beside this one.
  it.skipIf(process.platform !== 'linux')('greets within 2 s of processor time (/proc of Linux)', async () => {
    const kernel = await start();
    expect(processorMs(kernel.process.pid!) + processorMs(kernel.runner())).toBeLessThan(2000);
  });

  it('shuts down when asked, says so, and takes with it what its cells started', async () => {
    const kernel = await start();
    const { text } = await kernel.run("import { spawn } from 'node:child_process'; const child = spawn('sleep', ['600']); child.pid");
    const reply = await kernel.request('shutdown_request', { restart: false }, 'control');
    expect(reply).toEqual({ status: 'ok', restart: false });
    expect(await kernel.exited).toBe(0);
    await gone(Number(text));
  });

  it('shuts down also while a cell blocks the main thread', async () => {
    const kernel = await start();
    kernel.start('while (true) {}');
    await sleep(500);
    await kernel.request('shutdown_request', { restart: true }, 'control');
    await gone(kernel.process.pid!);
  });

  it('ends when its parent dies without a word, whatever a cell does', async () => {
    const folder = temporary();
    const connection = join(folder, 'connection.json');
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const ports = Object.fromEntries(['shell', 'control', 'iopub', 'stdin', 'hb'].map((name, i) => [`${name}_port`, port + i]));
    writeFileSync(connection, JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', key: '', ...ports }));
    const kernelOf = `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, [${JSON.stringify(join(ROOT, 'dist/kernel/main.js'))}, ${JSON.stringify(connection)}], { detached: true, stdio: 'ignore' });
      console.log(child.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', kernelOf], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    await sleep(1500);
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await gone(pid, 15_000); // a build of the library may come first
  });

  it("outlives its compiler, which starts anew with the notebook's names", async () => {
    const kernel = await start();
    await kernel.run('const kept: number = 41;');
    process.kill(compilerOf(kernel), 'SIGKILL');
    expect((await kernel.run('kept + 1')).text).toBe('42');
    expect((await kernel.run('kept.length')).reply.ename).toBe('TS2339');
    const compiler = compilerOf(kernel);
    const runner = kernel.runner();
    kernel.process.kill('SIGKILL');
    await gone(runner);
    await gone(compiler);
  });

  it('drops a message that is not signed with its key', async () => {
    const kernel = await start();
    const { Dealer } = await import('zeromq');
    const { Wire } = await import('../../src/kernel/server/wire.js');
    const stranger = new Dealer({ receiveTimeout: 300 });
    stranger.connect(kernel.shellAddress);
    await stranger.send(new Wire('wrong key').encode('kernel_info_request', {}, undefined));
    await expect(stranger.receive()).rejects.toThrow();
    await expect
      .poll(() => kernel.said, { timeout: 10_000 })
      .toBe('lemmata kernel: a message is not signed with the key of the connection file\n');
    kernel.said = '';
    stranger.close();
    expect((await kernel.run('1')).text).toBe('1');
  });
});

describe('a stale build', () => {
  it('is made anew before the kernel starts, and reload() brings later edits', async () => {
    const root = temporary();
    for (const name of ['src', 'dist', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    mkdirSync(join(root, 'src/sample'));
    const write = (text: string) => writeFileSync(join(root, 'src/sample/index.ts'), `export const sample = () => ${text};\n`);
    write("'built at start'");

    const kernel = await start({ root, directory: temporary() });
    const { text, stderr, traceback } = await kernel.run("import { sample } from 'lemmata/sample'; sample()");
    expect(stderr + traceback).toBe('');
    expect(text).toBe("'built at start'");

    write('42');
    await kernel.run("import { reload } from 'lemmata/kernel'; await reload();");
    expect((await kernel.run('sample().toFixed(1)')).text).toBe("'42.0'");
  }, 120_000);

  const checkout = (script: string) => {
    const root = temporary();
    for (const folder of ['src', 'dist', 'scripts']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'src/a.ts'), '');
    writeFileSync(join(root, 'dist/.lemmata'), '');
    writeFileSync(join(root, 'scripts/bootstrap.mjs'), script);
    return { root, age: (file: string, seconds: number) => utimesSync(join(root, file), seconds, seconds) };
  };

  it('is known by a source younger than it; a test is no source', async () => {
    const { root, age } = checkout("import fs from 'node:fs'; fs.appendFileSync('built', process.argv[2]);");
    const built = () => readFileSync(join(root, 'built'), 'utf8');
    age('src/a.ts', 1000);
    age('dist/.lemmata', 2000);
    writeFileSync(join(root, 'src/a.test.ts'), '');
    await buildIfStale(root);
    expect(built).toThrow('ENOENT');
    age('src/a.ts', 3000);
    expect(await buildIfStale(root)).toBeUndefined();
    expect(built()).toBe('library');
  });

  it('that cannot be made is said, and the last one runs', async () => {
    const { root } = checkout("console.log('src/a.ts(1,1): error TS1000'); process.exit(1);");
    rmSync(join(root, 'dist/.lemmata'));
    expect(await buildIfStale(root)).toBe(
      'lemmata: src/ changed but does not build, so its last build runs.\nsrc/a.ts(1,1): error TS1000\n',
    );
  });
});

describe('a checkout', () => {
  it('works under any path', async () => {
    const root = join(temporary(), "it's a #1 %20 checkout, ünïcode?");
    for (const name of ['src', 'dist', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(ROOT, name), join(root, name), { recursive: true, preserveTimestamps: true });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const directory = join(root, 'note#books 100%');
    mkdirSync(directory);
    writeFileSync(join(directory, 'local.ts'), "import { other } from './other.js';\nexport const local: number = other + 1;");
    writeFileSync(join(directory, 'other.ts'), 'export const other = 1;');
    const kernel = await start({ root, directory });
    expect((await kernel.run("import { table } from 'lemmata/report'; import { local } from './local'; [typeof table, local]")).text).toBe(
      "[ 'function', 2 ]",
    );
    expect((await kernel.run("import { z } from 'zod'; [z.string().parse('a'), (await import('./other.ts')).other]")).text).toBe(
      "[ 'a', 1 ]",
    );
    expect(
      (
        await kernel.run(
          "import { existsSync } from 'node:fs'; existsSync(new URL('./local.ts', import.meta.url)) && existsSync(__dirname)",
        )
      ).text,
    ).toBe('true');
    writeFileSync(join(directory, 'other.ts'), 'export const other = 41;');
    expect((await kernel.run("import { reload } from 'lemmata/kernel'; await reload(); local")).text).toBe('42');
    expect((await kernel.run('table([])')).traceback).toMatch(/at .*src\/base\/table\.ts:\d+/);
  }, 60_000);
});

describe('a registered kernel', () => {
  it('is found and run by Jupyter from another folder, and restarts', () => {
    const prefix = temporary();
    const directory = temporary();
    execFileSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'kernel', 'install', '--prefix', prefix], { cwd: directory });
    const output = execFileSync(join(ROOT, '.venv/bin/python'), [join(ROOT, 'tests/kernel/elsewhere.py')], {
      cwd: directory,
      env: { ...process.env, JUPYTER_PATH: join(prefix, 'share/jupyter') },
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual({
      folder: `'${directory}'`,
      library: "'function'",
      interrupted: 'Interrupted',
      afterRestart: 'TS2304',
      alive: false,
    });
  });
});
