import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, ROOT, sleep } from './client.js';

/** Processes whose command line has the text, those that have ended and wait for their parent's notice left out. */
export function processesWith(text: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line));
}

/** Waits until no process has the text in its command line: those that stay. */
export async function leftOf(text: string, timeout: number): Promise<string[]> {
  for (const end = Date.now() + timeout; Date.now() < end && processesWith(text).length; await sleep(100));
  return processesWith(text);
}

/**
 * Starts a kernel and ends the process that Jupyter knows after some milliseconds, its pipes and, as tests do, its folder with it.
 *
 * @returns the processes that are left of it
 */
export async function endedAfter(ms: number, signal: NodeJS.Signals, timeout = 30_000): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-ending-'));
  const file = join(folder, 'connection.json');
  const names = ['shell', 'control', 'iopub', 'stdin', 'hb'].map((name) => `${name}_port`);
  const ports = await freePorts(5);
  const connection = Object.fromEntries(names.map((name, i) => [name, ports[i]]));
  writeFileSync(file, JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', key: '', ...connection }));
  const kernel = spawn(process.execPath, [join(ROOT, 'dist/kernel/main.js'), file], { detached: true, stdio: 'pipe' });
  await sleep(ms);
  kernel.kill(signal);
  for (const pipe of [kernel.stdin, kernel.stdout, kernel.stderr]) pipe.destroy();
  rmSync(folder, { recursive: true });
  return leftOf(file, timeout);
}
