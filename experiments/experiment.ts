import { globSync } from 'node:fs';

/** Evidence that takes minutes: `experiments/<folder>/<name>.ts` exports one as its default; a folder is a week's, or the library's. */
export interface Experiment {
  /** Its folder and file: `week02/momentum`. */
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly about: string;
  readonly seed: number;
  /** Datasets of the store that it reads; the result is stale when they change. */
  readonly data?: readonly string[];
  run(options: RunOptions): Promise<Numbers>;
}

export interface RunOptions {
  /** A slice of some seconds that goes through all of the code; its numbers need not meet their thresholds. */
  readonly quick: boolean;
  /** Says how far it is: `onStep(done, total, 'loss 0.31')`. */
  readonly onStep: (done: number, total: number, note?: string) => void;
  /** A folder of its own for checkpoints: when the run was killed, the next one finds there what it left. */
  readonly folder: string;
}

/** What it found, with the thresholds that a full run must meet. */
export type Numbers = Readonly<Record<string, Measured>>;

export interface Measured {
  readonly value: number;
  /** '1' when it has none. */
  readonly unit: string;
  readonly about: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The experiments there are, by folder and file. */
export const experimentNames = (): string[] =>
  globSync('*/*.ts', { cwd: import.meta.dirname })
    .map((file) => file.slice(0, -3))
    .sort();

export async function experiment(name: string): Promise<Experiment> {
  return (await import(new URL(`${name}.ts`, import.meta.url).href)).default as Experiment;
}

/** The thresholds that are not met, one line each: `accuracy is 0.981, must be at least 0.99`. */
export function misses(numbers: Numbers): string[] {
  return Object.entries(numbers).flatMap(([key, { value, atLeast, atMost }]) => {
    if (!Number.isFinite(value)) return [`${key} is ${value}, must be finite`];
    if (atLeast !== undefined && value < atLeast) return [`${key} is ${value}, must be at least ${atLeast}`];
    if (atMost !== undefined && value > atMost) return [`${key} is ${value}, must be at most ${atMost}`];
    return [];
  });
}
