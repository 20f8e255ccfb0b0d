import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Journal, type Remains } from './journal.js';
import type { Start } from './kernel.js';
import { endPrograms, programsOf, signal } from './programs.js';

const KERNEL = fileURLToPath(new URL('./process.js', import.meta.url));
/** What a process that died has written and nobody has read comes within this time. */
const DRAIN_MS = 100;
const LAST_WORDS = 4000;
/** How long a kernel that is asked to end may take: Jupyter asks for some two seconds, and then kills. */
const END_AFTER_MS = 1000;
const POLL_MS = 1000;
/** More would not fit on a command line. */
const MOST_PENDING = 100;

/**
 * Runs the kernel in a process of its own. V8 ends a process, with no exception, when an array or the heap grows beyond its limits, and so
 * does native code that crashes; then the next process answers the cell that did it, so that the notebook learns what happened.
 *
 * @param parent the process that started this one; the kernel ends with it
 */
export function supervise(start: Omit<Start, 'supervisor'>, parent: number): void {
  let child: ChildProcess;
  let ending: Promise<void> | undefined;
  const run = (remains?: Remains) => {
    const journal = new Journal(remains?.count ?? 0);
    const argument = JSON.stringify({ ...start, notice: remains ? undefined : start.notice, remains, supervisor: process.pid });
    const stdio: ('inherit' | 'pipe')[] = ['inherit', 'inherit', 'pipe', 'pipe'];
    child = spawn(process.execPath, [...process.execArgv, KERNEL, argument], { stdio });
    let lastWords = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      lastWords = (lastWords + text).slice(-LAST_WORDS);
    });
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => journal.read(text));
    child.on('exit', async (code, by) => {
      await sleep(DRAIN_MS);
      const left = journal.remains(reasonOf(code, by, lastWords));
      if (ending || code === 0 || !journal.hasRun || MEANT.has(by)) {
        await ending;
        process.exit(code ?? 1);
      }
      run({ ...left, pending: left.pending.slice(0, MOST_PENDING) });
    });
  };
  const end = () => {
    ending ??= endPrograms(programsOf(child.pid!));
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), END_AFTER_MS);
  };
  run();
  process.on('SIGINT', () => child.kill('SIGINT'));
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  // What a kernel whose process died had started is still in the group, if Jupyter gave this process its own.
  process.on('exit', () => signal(-process.pid, 'SIGTERM'));
  process.stderr.on('error', () => {}); // nobody reads it any more
  const isAdopted = () => process.ppid !== parent || (parent === 1 && Number(process.env.JPY_PARENT_PID || 1) !== 1);
  const watch = setInterval(() => {
    if (!isAdopted()) return;
    clearInterval(watch);
    end();
  }, POLL_MS);
}

/** By these a process is asked to end; Jupyter also kills, but the whole group. */
const MEANT = new Set<NodeJS.Signals | null>(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

function reasonOf(code: number | null, signal: NodeJS.Signals | null, lastWords: string): string {
  const end = signal ? `by ${signal}` : `with status ${code}`;
  const v8 = /FATAL ERROR: (.*)|Fatal JavaScript (.*?)(?: \(see.*)?$/m.exec(lastWords)?.slice(1).find(Boolean);
  if (v8 && /memory/.test(v8))
    return `${end} (${v8}): drop what is not needed, use typed arrays, or start Jupyter with NODE_OPTIONS=--max-old-space-size=<MB>`;
  if (v8 && /invalid (?:size|array length|table size)/i.test(v8))
    return `${end} (${v8}): an array of plain JavaScript holds at most 2²⁷ items; use typed arrays, or work in parts`;
  if (v8) return `${end} (${v8})`;
  if (signal === 'SIGKILL') return `${end}, as the operating system does when memory runs out: work on less data at once`;
  return `${end}: native code of a library crashed, or something outside ended it; run the cell's steps one by one to find which`;
}
