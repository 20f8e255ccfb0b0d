import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Flag } from './check.js';
import { generate } from './generate.js';
import { minimise } from './minimise.js';
import { fromJson, isLeaf, type Program, toJson } from './program.js';
import type { Line } from './worker.js';

/** A disagreement with the smallest program found that shows it. */
export interface Found {
  /** The graph's number. */
  readonly graph: number;
  readonly flag: Flag;
  readonly program: Program;
}

export type Report = Extract<Line, { ends: number }>;

/** Which graphs are checked. */
export interface Plan {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** A wrong kernel, of `plant.ts`. */
  readonly plant?: string;
  /** Called after each graph; false ends the run. */
  readonly seen?: (report: Report, found: readonly Found[]) => boolean;
}

/** Graphs in one process: it keeps what it compiled, and grows. */
const BATCH = 100;
/** A graph that takes longer hangs, in milliseconds. */
const PATIENCE = 180_000;

/** Checks the graphs of a seed in processes of their own, one after another; one that ends or hangs is a flag of the graph it was at. */
export async function fuzz({ seed, from, to, plant, seen = () => true }: Plan): Promise<{ reports: Report[]; found: Found[] }> {
  const reports: Report[] = [];
  const found: Found[] = [];
  for (let next = from; next < to; ) {
    const until = Math.min(to, next + BATCH);
    const args = ['--seed', `${seed}`, '--from', `${next}`, '--to', `${until}`, ...(plant ? ['--plant', plant] : [])];
    let goesOn = true;
    const { at, failure } = await work(args, undefined, (report) => {
      const ours = report.found.map((one) => ({ graph: report.ends, ...one }));
      reports.push(report);
      found.push(...ours);
      next = report.ends + 1;
      goesOn = seen(report, ours);
      return goesOn;
    });
    if (!goesOn) break;
    if (failure === undefined) continue;
    found.push(await crashed(seed, at ?? next, failure));
    next = (at ?? next) + 1;
  }
  return { reports, found };
}

/** Runs a worker to its end, or until `seen` has seen enough. */
async function work(
  args: string[],
  input: string | undefined,
  seen: (report: Report) => boolean,
): Promise<{ at?: number; failure?: string }> {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', file('../../scripts/typescript.mjs'), file('worker.ts'), ...args], {
    env: { ...process.env, LEMMATA_CACHE: '/dev/null/cache' }, // no graph comes twice
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2000);
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `the process ended with ${signal ?? `code ${code}`}`));
  });
  let at: number | undefined;
  let enough = false;
  let hangs = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hangs = true;
      child.kill('SIGKILL');
    }, PATIENCE);
  };
  wait();
  for await (const text of createInterface({ input: child.stdout })) {
    wait();
    if (!text.startsWith('{')) continue;
    const line = fromJson<Line>(text);
    if ('begins' in line) at = line.begins;
    else if (!seen(line)) {
      enough = true;
      child.kill();
      break;
    }
  }
  const failure = await ended;
  clearTimeout(timer);
  if (enough || failure === undefined) return { at };
  if (failure.endsWith('code 1')) throw new Error(`the fuzzer itself failed at graph ${at}: ${errors}`);
  return { at, failure: hangs ? `a graph took longer than ${PATIENCE / 1000} s` : `${failure}: ${errors.trim()}` };
}

/** The smallest program that ends a process, tried in processes of their own. */
async function crashed(seed: number, graph: number, failure: string): Promise<Found> {
  const flag: Flag = { opinion: 'openvino', kind: 'crash', result: 0, element: 0, got: Number.NaN, right: [], message: failure };
  const program = generate(seed, graph);
  const shows = async (candidate: Program) => (await work(['--programs'], `${toJson(candidate)}\n`, () => true)).failure !== undefined;
  return { graph, flag, program: await minimise(program, shows, 40) };
}

/** Operators of a program, each once. */
export const operatorsOf = ({ nodes }: Program): string[] => [...new Set(nodes.flatMap((node) => (isLeaf(node) ? [] : [node.op])))];
