import { existsSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot, replaceFolder } from '../base/internal.js';
import { installTranslator } from './papermill.js';

/** Where Jupyter is to find the kernel; one place at most. */
export interface InstallOptions {
  /** For this user: every Jupyter and VS Code finds it. The default. */
  user?: boolean;
  /** Into the active Python environment (`VIRTUAL_ENV` or `CONDA_PREFIX`). */
  sysPrefix?: boolean;
  /** Into `<prefix>/share/jupyter`. */
  prefix?: string;
}

/**
 * Registers the kernel with Jupyter: writes `kernels/lemmata/kernel.json`, which starts this package's kernel with the Node
 * that runs now, or the checkout's where this one is too old, from any folder. Into a Python environment comes also what papermill needs to pass parameters.
 *
 * @returns the folder that was written
 * @throws  when more than one place is asked for, `sysPrefix` without an active environment, or Node is older than 22.15 and no other is here
 */
export function installKernel(options: InstallOptions = {}): string {
  const folder = join(jupyterFolder(options), 'kernels', 'lemmata');
  const environment = options.prefix ?? (options.sysPrefix ? process.env.VIRTUAL_ENV || process.env.CONDA_PREFIX : undefined);
  if (environment) installTranslator(environment);
  replaceFolder(folder, (draft) => {
    writeFileSync(join(draft, 'kernel.json'), `${JSON.stringify(kernelSpec(), undefined, 2)}\n`);
    writeFileSync(join(draft, 'logo-svg.svg'), LOGO);
  });
  return folder;
}

export const kernelSpec = () => ({
  argv: [kernelNode(), fileURLToPath(new URL('./main.js', import.meta.url)), '{connection_file}'],
  display_name: 'TypeScript (Lemmata)',
  language: 'typescript',
  // A message reaches the kernel also where a signal cannot: on Windows, and while native code runs.
  interrupt_mode: 'message',
  metadata: { debugger: true },
});

/** What the kernel needs of `node:module`: of Node 22.15, or 23.7, and later. */
const NEEDED = ['registerHooks', 'setSourceMapsSupport', 'enableCompileCache', 'stripTypeScriptTypes'];

/** The Node that the kernel is to run on: this one, or the one that the checkout locks if this one lacks what the kernel needs. */
export function kernelNode(offered: object = nodeModule, root = packageRoot): string {
  const lacks = NEEDED.filter((name) => !(name in offered));
  if (!lacks.length) return process.execPath;
  const locked = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(locked)) return locked;
  throw new Error(
    `kernel install: the kernel needs Node 22.15 or later, and this is Node ${process.versions.node}, whose node:module has no ${lacks.join(', ')}; install a later Node and run the command with it`,
  );
}

function jupyterFolder({ user, sysPrefix, prefix }: InstallOptions): string {
  if ([user, sysPrefix, prefix].filter(Boolean).length > 1)
    throw new Error('kernel install: --user, --sys-prefix and --prefix name different places; give one of them');
  if (prefix) return join(prefix, 'share', 'jupyter');
  if (!sysPrefix) return userFolder();
  const environment = process.env.VIRTUAL_ENV || process.env.CONDA_PREFIX;
  if (!environment)
    throw new Error(
      'kernel install: --sys-prefix needs an active Python environment, and neither VIRTUAL_ENV nor CONDA_PREFIX is set; activate one or give --prefix',
    );
  return join(environment, 'share', 'jupyter');
}

/** Where Jupyter looks for what one user installed. */
function userFolder(): string {
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(process.env.APPDATA ?? homedir(), 'jupyter');
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <rect width="64" height="64" rx="12" fill="#3178c6"/>
  <path d="M20 14h7l19 36h-9l-8-16-8 16h-8l12-24-3-6h-5z" fill="#fff"/>
</svg>
`;
