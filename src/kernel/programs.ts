import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
const KILL_AFTER_MS = 1000;

/**
 * The programs that a kernel's cells started and that still run, with what these started, the deepest first.
 *
 * @param root  the process that runs the cells
 * @param spare programs to leave out, with what is below them
 */
export function programsOf(root: number, spare: ReadonlySet<number> = new Set()): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const among = (pids: number[]): number[] =>
    pids.filter((pid) => !spare.has(pid)).flatMap((pid) => [...among(children.get(pid) ?? []), pid]);
  return among(startedByMainThread(root, children.get(root) ?? []));
}

/** Asks programs to end, and makes those end that have not after a second. */
export async function endPrograms(programs: readonly number[]): Promise<void> {
  let left = programs.filter((pid) => signal(pid, 'SIGTERM'));
  for (const end = Date.now() + KILL_AFTER_MS; left.length && Date.now() < end; left = left.filter((pid) => signal(pid, 0)))
    await sleep(POLL_MS);
  for (const pid of left) signal(pid, 'SIGKILL');
}

/** Sends a signal to a process, or with a negative number to a group. Whether there is such a one. */
export function signal(pid: number, which: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, which);
  } catch {
    return false;
  }
}

/** Not the compiler, which the server's thread started. */
function startedByMainThread(root: number, all: number[]): number[] {
  try {
    return readFileSync(`/proc/${root}/task/${root}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    const isCompiler = (pid: number) => /[/\\]typescript[/\\]|tsgo/.test(commandOf(pid));
    return all.filter((pid) => !isCompiler(pid));
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // it has just ended
  }
}

/** Every process with its parent: from `/proc`, or from `ps` where there is none; nothing where there is neither, as on Windows. */
function processes(): [pid: number, parent: number][] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8'); // `42 (name) S 1 …`, and a name may hold brackets
        return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as [number, number]];
      } catch {
        return []; // it has just ended
      }
    });
  } catch {
    return fromPs();
  }
}

function fromPs(): [pid: number, parent: number][] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  } catch {
    return [];
  }
}
