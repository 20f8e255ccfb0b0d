import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The memory of a process and all that it started, in MB: what is shared counts in parts, so that nothing counts twice. */
export function memoryOf(pid: number): number {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const parent of tree) tree.push(...parents.filter(([, of]) => of === parent).map(([child]) => child));
  return tree.reduce((sum, process) => sum + proportional(process), 0) / 1024;
}

function proportional(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it ended meanwhile
  }
}
