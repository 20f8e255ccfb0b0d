import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentCell } from './cell-context.js';
import { send } from './link.js';

type Stdio = string | unknown[] | undefined;
const NAMES = ['stdout', 'stderr'] as const;

const childProcess = createRequire(import.meta.url)('node:child_process');

/** Shows what programs print that cells start with this process's own output, and ends them with an interrupt of their cell. */
export function bindChildrenToCells(checkpoint: () => void): void {
  const running = new Set<number>();
  bindSpawn(running);
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) childProcess[name] = synchronous(childProcess[name], running, checkpoint);
  syncBuiltinESMExports();
}

/** `spawn`, `exec`, `execFile` and `fork` all come through here. */
function bindSpawn(running: Set<number>): void {
  const { prototype } = childProcess.ChildProcess;
  const { spawn } = prototype;
  prototype.spawn = function (options: { stdio?: Stdio }) {
    const cell = currentCell();
    if (!cell) return spawn.call(this, options);
    const stdio = listOf(options.stdio);
    const inherited = [1, 2].filter((fd) => isInherited(stdio[fd], fd));
    for (const fd of inherited) stdio[fd] = 'pipe';
    const result = spawn.call(this, inherited.length ? { ...options, stdio } : options);
    for (const fd of inherited) {
      const name = NAMES[fd - 1];
      this[name]?.on('data', (chunk: Buffer) => process[name].write(chunk));
      this[name] = null; // as for a program whose output is inherited
    }
    if (this.pid === undefined) return result;
    const stop = () => this.kill('SIGINT');
    running.add(this.pid);
    cell.abort.signal.addEventListener('abort', stop);
    this.once('exit', () => {
      running.delete(this.pid);
      cell.abort.signal.removeEventListener('abort', stop);
    });
    return result;
  };
}

/** While such a call lasts this thread hears nothing, so the server shows what the program prints, and ends it. */
function synchronous(original: (...args: unknown[]) => unknown, running: Set<number>, checkpoint: () => void) {
  return (...args: unknown[]): unknown => {
    const cell = currentCell();
    if (!cell) return original(...args);
    const last = args.at(-1);
    const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
    const options = hasOptions ? (args.pop() as { stdio?: Stdio }) : {};
    const stdio = listOf(options.stdio);
    const tails = [1, 2].filter((fd) => isInherited(stdio[fd], fd)).map((fd) => ({ fd, ...openTail(NAMES[fd - 1]) }));
    for (const { fd, descriptor } of tails) stdio[fd] = descriptor;
    send({ type: 'blocked', cell: cell.id, tails: tails.map(({ name, file }) => ({ name, file })), spare: [...running] });
    try {
      return original(...args, tails.length ? { ...options, stdio } : options);
    } finally {
      for (const { descriptor } of tails) closeSync(descriptor);
      send({ type: 'unblocked', cell: cell.id });
      checkpoint();
    }
  };
}

function openTail(name: 'stdout' | 'stderr') {
  const file = join(mkdtempSync(join(tmpdir(), 'lemmata-child-')), name);
  return { name, file, descriptor: openSync(file, 'a') };
}

const listOf = (stdio: Stdio): unknown[] => (Array.isArray(stdio) ? [...stdio] : [stdio, stdio, stdio]);

const isInherited = (way: unknown, fd: number) => way === 'inherit' || way === fd || way === process[NAMES[fd - 1]];
