import { spawn } from 'node:child_process';
import { explain } from './failure.mjs';
import { ROOT } from './files.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Starts a program in a process group of its own, which ends with us; its two outputs are pipes.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { cwd: ROOT, ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Asks every running child to end, and after `patience` ms makes it. */
export async function stopAll(patience = 5_000) {
  const ended = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  signal('SIGTERM');
  const timer = setTimeout(() => signal('SIGKILL'), patience);
  await Promise.all(ended);
  clearTimeout(timer);
}

/** @param {NodeJS.Signals} name */
function signal(name) {
  for (const { pid } of running) {
    try {
      if (pid) process.kill(-pid, name);
    } catch {
      // it has just ended
    }
  }
}

const ENDS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, disconnect: 143 };

/**
 * Runs `end` once: on Ctrl-C, a termination, a closed terminal, or the death of npm or of the process that handed over to us.
 *
 * @param {(code: number) => void} end
 * @returns {() => void} what makes it wait no longer
 */
export function onEnd(end) {
  let ending = false;
  const endOnce = (/** @type {number} */ code) => {
    if (!ending) end(code);
    ending = true;
  };
  const handlers = Object.entries(ENDS).map(([event, code]) => ({ event, handler: () => endOnce(code) }));
  for (const { event, handler } of handlers) process.on(event, handler);
  process.channel?.unref();
  const parent = process.ppid;
  const watch = setInterval(() => process.env.npm_execpath && process.ppid !== parent && endOnce(ENDS.SIGTERM), 500); // npm does not pass SIGTERM on
  watch.unref();
  return () => {
    clearInterval(watch);
    for (const { event, handler } of handlers) process.off(event, handler);
  };
}

/**
 * Runs a program to its end and shows that it lives: one line, rewritten on a terminal, else a line at the start and the end.
 *
 * @param {string} what  words for the line and for a failure: `the Python environment`
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ detail?: (line: string) => string | undefined, cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 *   `detail` picks from a line of output what is worth showing
 */
export async function run(what, program, args, { detail = () => undefined, ...options } = {}) {
  const line = progress(what);
  const child = start(program, args, options);
  let output = '';
  const listen = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk).slice(-100_000);
    const news = String(chunk).split('\n').map(detail).filter(Boolean).at(-1);
    if (news) line.say(news);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const failure = await new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('close', (code, name) => resolve(code === 0 ? undefined : `${output}\n(ended with ${name ?? `status ${code}`})`));
  });
  line.end(failure === undefined);
  if (failure !== undefined) throw explain(what, failure);
  return output;
}

/** @param {string} what */
function progress(what) {
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  const rewrite = process.stdout.isTTY;
  let news = '';
  const show = () => process.stdout.write(`\r\x1b[K  ${what} … ${seconds()}  ${news}`.slice(0, (process.stdout.columns ?? 80) + 3));
  if (!rewrite) console.log(`  ${what} …`);
  const timer = setInterval(rewrite ? show : () => console.log(`  ${what} … ${seconds()}  ${news}`), rewrite ? 250 : 15_000);
  return {
    say: (/** @type {string} */ text) => {
      news = text.trim();
    },
    end: (/** @type {boolean} */ good) => {
      clearInterval(timer);
      if (rewrite) process.stdout.write('\r\x1b[K');
      console.log(`  ${what}: ${good ? 'done' : 'failed'} in ${seconds()}`);
    },
  };
}
