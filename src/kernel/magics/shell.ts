import { spawn } from 'node:child_process';
import { cellHook } from '../../base/internal.js';
import { unboundTimeout } from '../runtime/timers.js';

/** How a command is run. */
export interface ShellOptions {
  /** The shell that reads the text: `sh` or `bash`. */
  with?: 'sh' | 'bash';
}

const END_AFTER_MS = 1000;

/**
 * Runs a command and shows what it prints while it runs. An interrupt of the cell ends it and what it started.
 *
 *     await shell('git log --oneline | head -3');        in a cell also: !git log --oneline | head -3
 *
 * @throws when the command ends with another status than 0, or by a signal; `command || true` lets it pass
 */
export async function shell(command: string, { with: program = 'sh' }: ShellOptions = {}): Promise<void> {
  const signal = cellHook('abort');
  signal?.throwIfAborted();
  const child = spawn(program, ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (how: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, how);
    } catch {
      // It has ended.
    }
  };
  let last: NodeJS.Timeout | undefined;
  const stop = () => {
    end('SIGINT');
    last = unboundTimeout(() => end('SIGKILL'), END_AFTER_MS);
  };
  signal?.addEventListener('abort', stop);
  child.stdout.setEncoding('utf8').on('data', (text: string) => process.stdout.write(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text));
  try {
    const [status, killer] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT' ? new Error(`shell: there is no '${program}' on the PATH; install it, or use another shell`) : error,
        ),
      );
      child.once('close', (code, by) => resolve([code, by]));
    });
    signal?.throwIfAborted();
    if (status !== 0)
      throw new Error(`the command ended ${killer ? `by ${killer}` : `with status ${status}`}: ${command.trim().split('\n')[0]}`);
  } finally {
    clearTimeout(last);
    signal?.removeEventListener('abort', stop);
  }
}
