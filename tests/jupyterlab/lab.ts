import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PYTHON = join(ROOT, '.venv', 'bin', 'python');

export interface Lab {
  /** The page of a notebook, alone in a workspace of its own. */
  page(notebook: string): string;
  /** Sets the theme that pages have from their next load on. */
  theme(name: 'JupyterLab Light' | 'JupyterLab Dark'): Promise<void>;
  stop(): Promise<void>;
}

/** A JupyterLab of its own: free port, random token, our kernel, and no file or setting of the user who runs it. */
export async function startLab(notebooks: Readonly<Record<string, string>>): Promise<Lab> {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const home = mkdtempSync(join(ROOT, 'build', 'jupyterlab-'));
  const root = join(home, 'notebooks');
  mkdirSync(root);
  for (const [name, text] of Object.entries(notebooks)) writeFileSync(join(root, name), text);
  execFileSync(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), 'kernel', 'install', '--prefix', join(home, 'prefix')]);
  useSettings(home);
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const server = spawn(PYTHON, ['-m', 'jupyterlab', ...SETTINGS, `--ServerApp.port=${port}`, `--ServerApp.root_dir=${root}`], {
    env: { ...process.env, ...places(home), JUPYTER_TOKEN: token, LEMMATA_RESULTS: join(home, 'results') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
  const url = `http://127.0.0.1:${port}`;
  await answer(`${url}/api/status?token=${token}`, server, () => log);
  const put = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: 'PUT', body: JSON.stringify(body), headers: { authorization: `token ${token}` } });
  return {
    page: (notebook) => `${url}/lab/workspaces/${randomBytes(4).toString('hex')}/tree/${notebook}?token=${token}`,
    async theme(name) {
      const { status } = await put('/lab/api/settings/@jupyterlab/apputils-extension:themes', { raw: JSON.stringify({ theme: name }) });
      if (status !== 204) throw new Error(`JupyterLab refused the theme with status ${status}`);
    },
    async stop() {
      server.kill('SIGTERM');
      await Promise.race([new Promise((resolve) => server.once('exit', resolve)), sleep(20_000).then(() => server.kill('SIGKILL'))]);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const SETTINGS = [
  '--ServerApp.ip=127.0.0.1',
  '--ServerApp.port_retries=0',
  '--ServerApp.open_browser=False',
  '--ServerApp.allow_root=True',
  '--LabApp.news_url=None',
  '--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate',
];

/** Every cell is in the page, whether in view or not, so that a test can look at all of them; and no question about news. */
function useSettings(home: string): void {
  const settings = {
    'notebook-extension/tracker': { windowingMode: 'none' },
    'apputils-extension/notification': { fetchNews: 'false' },
  };
  for (const [name, values] of Object.entries(settings)) {
    const file = join(home, 'settings', '@jupyterlab', `${name}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(values));
  }
}

const places = (home: string) => ({
  HOME: home,
  JUPYTER_CONFIG_DIR: join(home, 'config'),
  JUPYTER_DATA_DIR: join(home, 'data'),
  JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
  JUPYTER_PATH: join(home, 'prefix', 'share', 'jupyter'),
  JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
  JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
});

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function answer(url: string, server: ChildProcess, log: () => string): Promise<void> {
  for (const end = Date.now() + 40_000; Date.now() < end; await sleep(100)) {
    if ((await fetch(url).catch(() => undefined))?.ok) return;
    if (server.exitCode !== null) break;
  }
  server.kill('SIGKILL');
  throw new Error(`JupyterLab did not answer:\n${log()}`);
}
