import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './command.mjs';
import { SetUpFailure } from './failure.mjs';
import { at, digest, discard, OWN, read, swap, workshop, write } from './files.mjs';

const MINORS = [14, 13, 12, 11, 10];
const HOMES = join(OWN, 'python');

/** JupyterLab asks no questions and calls nobody. */
const SETTINGS = { '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false } };

/** The interpreter of the environment. */
export const PYTHON = at('.venv', 'bin', 'python');

/** What the environment is made from: the locked requirements. */
const wanted = () => digest({ texts: [JSON.stringify(SETTINGS)], files: ['requirements.txt'] });

/** @type {import('./set-up.mjs').Step} */
export const environment = {
  name: 'python',
  what: 'the Python environment (JupyterLab, OpenVINO)',
  current: () => existsSync(PYTHON) && read(at('.venv', '.lemmata')) === wanted(),

  /**
   * An environment cannot be moved, so each is made in a place of its own and `.venv` is a link to it that changes last:
   * one that was killed half-way is never seen, and a running JupyterLab keeps its files until the new one is complete.
   */
  async make() {
    const python = findPython();
    const home = join(HOMES, `${Date.now()}-${process.pid}`);
    const env = { PIP_RETRIES: '3', ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_USER: '0' };
    const locked = ['--no-deps', '--require-hashes', '--only-binary=:all:', '-r', at('requirements.txt')];
    const detail = (/** @type {string} */ text) => /^\s*(?:Downloading|Collecting|Installing) [^\n]{1,50}/.exec(text)?.[0];
    try {
      await run('a place for Python packages', python, ['-I', '-m', 'venv', home], { env });
      const pip = ['-I', '-m', 'pip', 'install', '--no-input', ...locked];
      await run(this.what, join(home, 'bin', 'python'), pip, { env, detail });
      write(join(home, 'package.json'), '{ "type": "commonjs" }\n'); // JupyterLab's own scripts are not modules, as ours are
      write(join(home, 'share', 'jupyter', 'lab', 'settings', 'overrides.json'), JSON.stringify(SETTINGS));
      write(join(home, '.lemmata'), wanted());
      link(home);
    } catch (error) {
      discard(home);
      throw error;
    }
    for (const other of readdirSync(HOMES)) if (other !== basename(home)) discard(join(HOMES, other));
  },
};

/**
 * Points .venv at an environment, in one step; what was there before as a folder goes.
 *
 * @param {string} home
 */
function link(home) {
  const place = at('.venv');
  const draft = join(workshop('link'), 'venv');
  symlinkSync(join('.lemmata', 'python', basename(home)), draft);
  if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) renameSync(draft, place);
  else swap(draft, place);
}

/** The first Python that can serve: LEMMATA_PYTHON, else python3, else one by version. */
function findPython() {
  const byVersion = MINORS.map((minor) => `python3.${minor}`);
  const candidates = process.env.LEMMATA_PYTHON ? [process.env.LEMMATA_PYTHON] : ['python3', ...byVersion];
  const seen = [];
  for (const name of candidates) {
    const probe = 'import sys, platform; print(platform.python_version(), sys.executable); import venv, ensurepip';
    const { stdout, status } = spawnSync(name, ['-c', probe], { encoding: 'utf8', timeout: 20_000 });
    const [, version, minor] = /^(3\.(\d+)\.\S+)/.exec(stdout ?? '') ?? [];
    if (minor === undefined) continue;
    if (!MINORS.includes(Number(minor))) seen.push(`${name} is ${version}`);
    else if (status !== 0) seen.push(`${name} is ${version} without its venv module`);
    else return name;
  }
  throw new SetUpFailure(
    `Lemmata needs Python 3.${MINORS.at(-1)} to 3.${MINORS[0]} with its venv module, for JupyterLab and for OpenVINO, which trains the models: ` +
      `${seen.length ? seen.join(', ') : `no ${candidates[0]} is there`}. Install it: \`sudo apt install python3 python3-venv\` (Debian, Ubuntu) or ` +
      '`brew install python@3.13` (macOS), or name another with LEMMATA_PYTHON; then run the same command again.',
  );
}

/** Where the engine finds OpenVINO: one line, the folder of its libraries. The engine itself knows no .venv. */
/** @type {import('./set-up.mjs').Step} */
export const openvino = {
  name: 'openvino',
  what: "the way to OpenVINO's libraries",
  current: () => read(join(OWN, 'openvino')) === librariesLine(),
  make: () => write(join(OWN, 'openvino'), librariesLine()),
};

function librariesLine() {
  const lib = at('.venv', 'lib');
  const libraries = (existsSync(lib) ? readdirSync(lib) : []).map((python) => join(lib, python, 'site-packages', 'openvino', 'libs'));
  const found = libraries.find((folder) => existsSync(folder));
  return found ? `${found}\n` : '';
}

const LIGHTGBM = join(OWN, 'lightgbm');
const wantedTrees = () => digest({ files: ['requirements-lightgbm.txt'] });

/**
 * LightGBM's library, beside the environment and not in it: its wheel asks for packages that only its Python part needs.
 *
 * @type {import('./set-up.mjs').Step}
 */
export const lightgbm = {
  name: 'lightgbm',
  what: 'LightGBM, which grows the trees',
  current: () => read(join(LIGHTGBM, '.lemmata')) === wantedTrees(),

  async make() {
    const env = { PIP_RETRIES: '3', ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_USER: '0' };
    const made = workshop('lightgbm');
    const locked = ['--no-deps', '--require-hashes', '--only-binary=:all:', '-r', at('requirements-lightgbm.txt')];
    await run(this.what, PYTHON, ['-I', '-m', 'pip', 'install', '--no-input', '--target', made, ...locked], { env });
    write(join(made, '.lemmata'), wantedTrees());
    swap(made, LIGHTGBM);
  },
};
