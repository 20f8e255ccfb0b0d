// npm run doctor: everything Lemmata needs or can use, whether it is here, and the command that installs what is not.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { at, ROOT } from './bootstrap/files.mjs';
import { PYTHON } from './bootstrap/python.mjs';

const MAC = process.platform === 'darwin';
const install = (/** @type {string} */ debian, /** @type {string} */ mac) => (MAC ? `brew install ${mac}` : `sudo apt install ${debian}`);
const SET_UP = 'npm start';

/** @typedef {[what: string, need: string, found: string | undefined, remedy: string]} Row  found is undefined when it is absent */

/** @type {Row[]} */
const rows = [
  ['Node', 'needed', `${process.version}${process.execPath.startsWith(at('node_modules')) ? ', the locked one' : ''}`, ''],
  ['Python', 'needed', version(existsSync(PYTHON) ? PYTHON : 'python3', ['--version']), install('python3 python3-venv', 'python@3.13')],
  ['JupyterLab', 'needed', version(PYTHON, ['-m', 'jupyterlab', '--version']), SET_UP],
  [
    'TypeScript kernel',
    'needed',
    existsSync(at('.venv/share/jupyter/kernels/lemmata/kernel.json')) ? 'registered in .venv' : undefined,
    SET_UP,
  ],
  ...(await devices()),
  ['LightGBM', 'optional', lightgbm(), `${SET_UP}; ${install('libgomp1', 'libomp')}`],
  [
    'tfjs, native GPU',
    'optional',
    nativeTfjs('@tensorflow/tfjs-node-gpu'),
    'npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false (needs CUDA 11)',
  ],
  ['GPU', 'optional', version('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']), 'a driver from nvidia.com'],
  ['TeX: pdflatex', 'optional', version('pdflatex', ['--version']), tex()],
  ['TeX: latexmk', 'optional', version('latexmk', ['-v'], /Version \S+/), tex()],
  ['TeX: biber', 'optional', version('biber', ['--version']), tex()],
  ['PDF tools', 'optional', version('pdftotext', ['-v'], /version \S+/), install('poppler-utils', 'poppler')],
  ['SVG to PDF', 'optional', version('rsvg-convert', ['--version']), install('librsvg2-bin', 'librsvg')],
  ['Chromium', 'optional', chromium(), install('chromium', '--cask google-chrome')],
  ['Redis', 'optional', version('redis-server', ['--version'], /v=\S+/), install('redis-server', 'redis')],
  ['ssh server', 'optional', sshServer(), MAC ? 'System Settings, Sharing, Remote Login' : 'sudo apt install openssh-server'],
];

print(rows);
process.exitCode = rows.some(([, need, found]) => need === 'needed' && !found) ? 1 : 0;

/**
 * The first line that a program prints of itself, or undefined when it is absent.
 *
 * @param {string} program
 * @param {string[]} args
 */
function version(program, args, pattern = /.*\S.*/) {
  const { error, status, stdout = '', stderr = '' } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  if (error || (status !== 0 && !stdout)) return undefined;
  return pattern.exec(`${stdout}\n${stderr}`)?.[0].trim();
}

/**
 * What the library says of the runtimes it can compute with; it knows why one is not used.
 *
 * @returns {Promise<Row[]>}
 */
async function devices() {
  const engine = at('dist', 'tensor', 'index.js');
  if (!existsSync(engine)) return [['OpenVINO, ONNX Runtime', 'needed', undefined, SET_UP]];
  /** @type {ReturnType<typeof import('../src/tensor/index.ts').devices> | Error} */
  const found = await import(engine).then(
    (tensor) => tensor.devices(),
    (error) => error,
  );
  if (found instanceof Error)
    return [['OpenVINO, ONNX Runtime', 'needed', undefined, `${SET_UP} (the library does not load: ${found.message})`]];
  return found.map(({ name, available, isDefault, detail }) => {
    const need = name === 'ONNX Runtime, cpu' ? 'needed' : 'optional';
    return [name, need, available ? `${detail}${isDefault ? '; in use' : ''}` : undefined, detail];
  });
}

/** Whether the library of the trees is there and loads. */
function lightgbm() {
  const folder = at('.lemmata', 'lightgbm', 'lightgbm', 'lib');
  try {
    const { load } = createRequire(at('package.json'))('koffi');
    for (const name of readdirSync(folder)) if (/lib_lightgbm/.test(name)) load(join(folder, name));
    return 'in .lemmata, for boosted trees';
  } catch {
    return undefined;
  }
}

/** @param {string} name */
function nativeTfjs(name) {
  try {
    return `version ${createRequire(import.meta.url)(name).version['tfjs-core']}`;
  } catch {
    return undefined;
  }
}

function chromium() {
  const mac = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', ...(MAC ? mac : [])].filter(
    (name) => name !== undefined,
  );
  return names.map((name) => version(name, ['--version'])).find(Boolean);
}

/** Not on a user's PATH in Debian. */
function sshServer() {
  return ['sshd', '/usr/sbin/sshd'].map((name) => version(name, ['-V'], /OpenSSH\S*/) ?? version(name, ['-?'], /OpenSSH\S*/)).find(Boolean);
}

function tex() {
  const debian =
    'texlive-latex-base texlive-latex-recommended texlive-latex-extra texlive-pictures texlive-bibtex-extra biber latexmk lmodern';
  return install(debian, '--cask mactex-no-gui');
}

/** @param {Row[]} table */
function print(table) {
  const width = (/** @type {0 | 1} */ column) => Math.max(...table.map((row) => row[column].length));
  const [names, needs] = [width(0), width(1)];
  console.log(`Lemmata in ${ROOT}, ${process.platform}-${process.arch}\n`);
  for (const [name, need, found, remedy] of table)
    console.log(
      `${found ? '✓' : need === 'needed' ? '✗' : '–'} ${name.padEnd(names)}  ${need.padEnd(needs)}  ${found ?? `absent: ${remedy}`}`,
    );
}
