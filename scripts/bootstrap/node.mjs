import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { onEnd, run } from './command.mjs';
import { explain, SetUpFailure } from './failure.mjs';
import { at, discard, readJson, swap, workshop } from './files.mjs';

/** How often and how long npm tries again; unhindered it would take a minute to find that there is no network. */
const PATIENCE = { npm_config_fetch_retries: '3', npm_config_fetch_retry_factor: '2', npm_config_fetch_retry_mintimeout: '1000' };
const NPM = 'npm@11.19.1';
const BIN = at('node_modules', '.bin');
const WHY = 'Lemmata is developed and tested on Node 24, and its set-up starts on Node 20.19';

/** Refuses what cannot work, in one line. */
export function checkPlatform({ platform, arch, versions } = process) {
  if (platform === 'win32')
    throw new SetUpFailure('On Windows Lemmata runs inside WSL2: `wsl --install`, then clone and start it in that Linux.');
  /** @type {Version} */
  const needed = platform === 'darwin' && arch === 'arm64' ? [22, 12] : [20, 19];
  if (older(versions.node, needed))
    throw new SetUpFailure(
      `Lemmata needs Node ${needed.join('.')} or later here: this is Node ${versions.node}. ${WHY}; npm then locks Node 24 by itself, ` +
        'except on Macs with Apple silicon, for which no such package exists. Install it: ' +
        '`sudo apt install nodejs npm` (Debian 13, Ubuntu 25.04 or later; else from nodejs.org) or `brew install node` (macOS).',
    );
}

/** @typedef {[major: number, minor: number]} Version */

/**
 * @param {string} version
 * @param {Version} than
 */
const older = (version, [major, minor]) => {
  const [a, b] = version.split('.').map(Number);
  return a < major || (a === major && b < minor);
};

/** @type {import('./set-up.mjs').Step} */
export const packages = {
  name: 'packages',
  what: 'npm packages',

  /** Whether node_modules holds what the lock file says, by npm's own record of the last installation. */
  current() {
    const [wanted, installed] = [at('package-lock.json'), at('node_modules', '.package-lock.json')].map((file) => readJson(file)?.packages);
    return Boolean(wanted && installed) && Object.entries(wanted).every(([path, entry]) => path === '' || holds(installed, path, entry));
  },

  /** npm installs into a folder of its own, which then takes the place of node_modules: the old one serves until that moment. */
  async make() {
    const [program, npm] = findNpm();
    const folder = workshop('packages');
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(at(file), join(folder, file));
    for (const shim of localPackages()) cpSync(at(shim), join(folder, shim), { recursive: true });
    const args = [
      ...npm,
      'ci',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
      '--loglevel=http',
    ];
    const env = { ...PATIENCE, ...process.env, PATH: systemPath(), NODE_ENV: '' };
    const output = await run(this.what, program, args, {
      cwd: folder,
      env,
      detail: (text) => /npm http fetch GET 200 \S*\/([^/\s]+)/.exec(text)?.[1],
    });
    if (/TAR_ENTRY_ERROR/.test(output)) throw explain(this.what, output); // npm only warns of files that it could not write
    linkNode(join(folder, 'node_modules'));
    swap(join(folder, 'node_modules'), at('node_modules'));
    discard(folder);
  },
};

/**
 * npm 10 does not put programs of packages that a local package needs on the path; npm 11 does.
 *
 * @param {string} modules
 */
function linkNode(modules) {
  const binary = join('..', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  const link = join(modules, '.bin', 'node');
  if (existsSync(join(modules, '.bin', binary)) && !existsSync(link)) symlinkSync(binary, link);
}

/**
 * A locked package is there in the locked version; an optional one may be absent (another platform, a failed download).
 *
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, resolved?: string }} Locked
 * @param {Record<string, Locked>} installed
 * @param {string} path
 * @param {Locked} entry
 */
function holds(installed, path, { version, link, optional, resolved }) {
  if (!existsSync(at(path))) return optional === true;
  if (link) return installed[path]?.link === true && installed[path].resolved === resolved;
  return installed[path] === undefined ? !path.startsWith('node_modules/') : installed[path].version === version;
}

/** Folders of the checkout that the lock file links to. */
const localPackages = () =>
  Object.keys(readJson(at('package-lock.json')).packages).filter((path) => path && !path.includes('node_modules'));

/** npm, with a Node from outside node_modules: it is about to be replaced. npm 9, which Debian ships, misreads overrides: it fetches a newer one. @returns {[program: string, args: string[]]} */
function findNpm() {
  const [program, args] = installedNpm();
  const { stdout } = spawnSync(program, [...args, '--version'], { encoding: 'utf8', env: { ...process.env, PATH: systemPath() } });
  return older(stdout?.trim() || '0.0', [10, 0]) ? [program, [...args, 'exec', '--yes', '--package', NPM, '--', 'npm']] : [program, args];
}

/** @returns {[program: string, args: string[]]} */
function installedNpm() {
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  if (node && npm?.endsWith('.js') && existsSync(node) && !within(node)) return [node, [npm]];
  const found = systemPath()
    .split(delimiter)
    .find((folder) => existsSync(join(folder, 'npm')));
  if (found) return [join(found, 'npm'), []];
  throw new SetUpFailure(
    'npm is missing: it installs the packages of Lemmata. Install it: `sudo apt install npm` (Debian, Ubuntu) or `brew install node` (macOS), then run the same command again.',
  );
}

/** PATH without node_modules/.bin, which npm and we put there. */
const systemPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/[/\\]node_modules[/\\]\.bin[/\\]?$/.test(folder) && !folder.includes('node-gyp-bin'))
    .join(delimiter);

const within = (/** @type {string} */ file) => realpathSync(file).startsWith(`${realpathSync(at())}/node_modules`);

/** Goes on in the locked Node, if this is another one. Resolves at once when it is not, and never when it is. */
export async function handOver() {
  const node = join(BIN, 'node');
  const here = existsSync(node) ? realpathSync(node) === realpathSync(process.execPath) : !older(process.versions.node, [22, 12]);
  if (here) {
    process.env.PATH = [BIN, systemPath()].join(delimiter);
    return;
  }
  if (!existsSync(node))
    throw new SetUpFailure(
      `npm has no Node 24 for ${process.platform}-${process.arch}, or could not download it, and this is Node ${process.versions.node}, too old to go on with. ${WHY}. ` +
        'Delete node_modules and run the same command again, or install Node 22.12 or later: from nodejs.org (Debian, Ubuntu) or with `brew install node` (macOS).',
    );
  const env = { ...process.env, PATH: [BIN, dirname(process.execPath), systemPath()].join(delimiter) };
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  onEnd((code) => child.kill(code === 130 ? 'SIGINT' : 'SIGTERM'));
  const [status, signal] = await new Promise((resolve, reject) => {
    child.once('exit', (...end) => resolve(end));
    child.once('error', (error) =>
      reject(
        new SetUpFailure(
          `The locked Node (${node}) does not start on this system: ${error.message}. ${WHY}; use a system with glibc 2.28 or later, or macOS 13.5 or later.`,
        ),
      ),
    );
  });
  process.exit(status ?? (signal === 'SIGINT' ? 130 : 143));
}
