import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onEnd, start, stopAll } from '../bootstrap/command.mjs';
import { endWith, explain, SetUpFailure } from '../bootstrap/failure.mjs';
import { at } from '../bootstrap/files.mjs';
import { PYTHON } from '../bootstrap/python.mjs';

const HOST = '127.0.0.1';
const FIRST_PAGE = 'week01-regression.ipynb';
const READY_WITHIN_MS = 60_000;

/** Local to this computer, closed without the token, and silent to other pages. Arguments overrule the user's own configuration. */
const SETTINGS = [
  `--ServerApp.ip=${HOST}`,
  '--ServerApp.port_retries=0',
  '--ServerApp.open_browser=False',
  '--ServerApp.allow_origin=',
  '--ServerApp.allow_origin_pat=',
  '--ServerApp.allow_root=True',
  '--ServerApp.allow_remote_access=False',
  '--ServerApp.disable_check_xsrf=False',
  `--ServerApp.root_dir=${at('notebooks')}`,
  '--MappingKernelManager.default_kernel_name=lemmata',
];

/**
 * Throws unless the port is free, and offers one that is.
 *
 * @param {number} port
 */
export async function checkPort(port) {
  if (await isFree(port)) return;
  const other = await isFree(0);
  throw new SetUpFailure(
    `Port ${port} is in use, perhaps by another JupyterLab, so the notebooks cannot be served there. Choose another, \`npm start -- --port ${other}\`, ` +
      `or end the program that holds it: \`lsof -i :${port}\` names it (\`sudo apt install lsof\` on Debian and Ubuntu; macOS has it).`,
  );
}

/**
 * A free port's number (the one asked for, or any for 0), or undefined.
 *
 * @param {number} port
 * @returns {Promise<number | undefined>}
 */
const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, HOST, () => {
      const found = server.address();
      server.close(() => resolve(typeof found === 'object' ? found?.port : undefined));
    });
  });

/**
 * Serves the notebooks until it is told to end; then the server, its kernels and we end together.
 *
 * @param {{ browser: boolean, port: number, begun: number }} options
 */
export async function serve({ browser, port, begun }) {
  const token = randomBytes(24).toString('hex');
  const env = { ...process.env, JUPYTER_TOKEN: token, JUPYTER_PREFER_ENV_PATH: '1' };
  const server = start(PYTHON, ['-m', 'jupyterlab', ...SETTINGS, `--ServerApp.port=${port}`], { env });
  let output = '';
  const listen = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  server.stdout.on('data', listen);
  server.stderr.on('data', listen);
  const ended = (/** @type {number | null} */ status) =>
    status === 0 ? process.exit(0) : endWith(explain('JupyterLab', `${output}\n(ended with status ${status})`));
  server.once('exit', ended);
  onEnd(async () => {
    server.off('exit', ended);
    console.log('\nEnding JupyterLab and its kernels.');
    await stopAll();
    process.exit(0);
  });

  const url = `http://${HOST}:${port}`;
  await answer(`${url}/api/status?token=${token}`);
  const page = `${url}/lab/tree/${FIRST_PAGE}?token=${token}`;
  console.log(`\nLemmata is ready (${((Date.now() - begun) / 1000).toFixed(1)} s). Open\n\n    ${page}\n\nand end it with Ctrl-C.`);
  if (browser)
    spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [page], { stdio: 'ignore', detached: true })
      .once('error', () => {})
      .unref();
}

/** @param {string} url */
async function answer(url) {
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(100))
    if ((await fetch(url).catch(() => undefined))?.ok) return;
  await stopAll();
  throw new SetUpFailure(
    `JupyterLab did not answer within ${READY_WITHIN_MS / 1000} s. Run the same command again; if it stays so, \`npm run doctor\` shows what is missing.`,
  );
}
