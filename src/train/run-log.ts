import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { sha256 } from '../base/internal.js';
import type { About, Run, Validated } from './run.js';

/** One call of `fit`, as the log has it. */
export interface LoggedRun extends About {
  /** Of this call alone; a run that is resumed has several. */
  readonly id: string;
  /** When it began, ISO 8601. */
  readonly at: string;
  /** The steps that were done before. */
  readonly from: number;
  /** `unfinished` when the process ended without a word, or still runs. */
  readonly outcome: 'finished' | 'stopped early' | 'interrupted' | 'failed' | 'unfinished';
  /** What it failed of. */
  readonly error?: string;
  /** The steps that were done when it ended. */
  readonly step?: number;
  /** Of the last step. */
  readonly loss?: number;
  /** The lowest validation loss, and its step. */
  readonly best?: Validated;
  /** How long it took. */
  readonly seconds?: number;
  /** SHA-256 of the compiled step, and what ran it: bits are equal only where all three are. */
  readonly graph?: string;
  /** `openvino` or `onnxruntime`. */
  readonly runtime?: string;
  /** How many threads the runtime was given. */
  readonly threads?: number;
}

/** A compiled step knows its graph and its runtime. */
interface MaybeCompiled {
  readonly programs?: readonly { readonly runtime: string; readonly threads: number }[];
  readonly toOnnx?: () => Uint8Array;
}

type Outcome = Exclude<LoggedRun['outcome'], 'unfinished'>;

/** Writes that a run begins; the function returned writes how it ended. */
export function logRun(file: string, training: Run<unknown>, step: unknown): (outcome: Outcome, error?: unknown) => void {
  const id = randomUUID();
  const before = training.seconds;
  append(file, { id, at: new Date().toISOString(), ...training.about, from: training.step });
  return (outcome, error) => {
    const { step: done, losses, best } = training;
    append(file, {
      id,
      outcome,
      ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
      step: done,
      loss: losses.at(-1),
      ...(best && { best: { step: best.step, loss: best.loss } }),
      seconds: Number((training.seconds - before).toFixed(3)),
      ...compiled(step as MaybeCompiled),
    });
  };
}

const UNFINISHED = { outcome: 'unfinished' } as const;

/** The calls of `fit` in a log by the order they began; a line that a crash left half written, or that is of something else, is passed over. */
export function readLog(file: string): LoggedRun[] {
  const runs = new Map<string, LoggedRun>();
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const entry = parse(line);
    if (typeof entry?.id === 'string') runs.set(entry.id, { ...(runs.get(entry.id) ?? UNFINISHED), ...entry });
  }
  return [...runs.values()];
}

function compiled({ programs, toOnnx }: MaybeCompiled): Partial<LoggedRun> {
  const program = programs?.at(-1);
  if (!program || !toOnnx) return {};
  const { runtime, threads } = program;
  try {
    return { graph: sha256(toOnnx()), runtime, threads };
  } catch {
    return { runtime, threads }; // a graph that has no ONNX form trained all the same
  }
}

/** Adds a line, in one write and to the disk. A line without its end, left by a crash, is ended first. */
function append(file: string, entry: object): void {
  try {
    write(file, entry);
  } catch (cause) {
    throw new Error(`fit: the log ${file} could not be written: ${(cause as Error).message}; name another file, or leave log out`, {
      cause,
    });
  }
}

function write(file: string, entry: object): void {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a+');
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.from('\n');
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
    writeSync(descriptor, `${last.toString() === '\n' ? '' : '\n'}${JSON.stringify(entry)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function parse(line: string): LoggedRun | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
