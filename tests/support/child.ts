import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ARGUMENTS = ['--expose-gc', '--import', fileURLToPath(new URL('../../scripts/typescript.mjs', import.meta.url))];
const place = (file: string) => fileURLToPath(new URL(`../engine/${file}`, import.meta.url));

/** Runs a program of tests/engine to its end in a process of its own; returns the JSON in the last line that it prints. */
// biome-ignore lint/suspicious/noExplicitAny: each program prints its own
export function runChild(file: string, environment: Record<string, string> = {}, ...args: string[]): any {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...ARGUMENTS, place(file), ...args], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} ended with ${signal ?? status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Starts a program of tests/engine and leaves it running. */
export function startChild(file: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [...ARGUMENTS, place(file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
