import { globSync } from 'node:fs';
import type { Bundle, Row } from '../src/base/index.js';
import type { Finding } from '../src/report/index.js';

/** Evidence that takes minutes: `experiments/<folder>/<name>.ts` exports one as its default; a folder is a week's, or the library's. */
export interface Experiment {
  /** Its folder and file: `week02/momentum`. */
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly about: string;
  readonly seed: number;
  /** Datasets of the store that it reads; the result is stale when they change. */
  readonly data?: readonly string[];
  /** Pieces that need nothing of one another, as seeds and models: each runs in a process of its own, as many at once as there are cores. */
  readonly parts?: readonly string[];
  run(options: RunOptions): Promise<Found>;
  /** What the parts come to together: a mean over seeds and its interval. Unless told, all their numbers, tables and figures side by side. */
  collect?(parts: Readonly<Record<string, Found>>): Found;
  /**
   * What must hold of a number for the experiment to have worked at all: a classifier that knows no digit has a broken loop. A result that
   * only disappoints is a finding, and saved like any other.
   */
  readonly sanity?: Readonly<Record<string, Limit>>;
}

/** The least and the most that a number may be. */
export interface Limit {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface RunOptions {
  /** Which of `parts`; '' where the experiment has none. */
  readonly part: string;
  /** A slice of some seconds that goes through all of the code; its numbers are pinned, and need not be sane. */
  readonly quick: boolean;
  /** Says how far it is: `onStep(done, total, 'loss 0.31')`. */
  readonly onStep: (done: number, total: number, note?: string) => void;
  /** A folder of its own for checkpoints: when the run was killed, the next one finds there what it left. */
  readonly folder: string;
}

/** What it found. */
export interface Found {
  readonly numbers: Readonly<Record<string, Finding>>;
  readonly tables?: Readonly<Record<string, readonly Row[]>>;
  /** Charts made by `plot` and its helpers. */
  readonly figures?: Readonly<Record<string, Bundle>>;
  /** How many configurations were evaluated to come to these; 1 unless told. */
  readonly trials?: number;
  /**
   * What its slice is pinned by: smooth quantities that move when anything that they follow from does, as the loss of the last step. A
   * share of few samples is none. The values of `numbers` unless told.
   */
  readonly pinned?: Readonly<Record<string, number>>;
  /** What depends on the machine, in minutes: `training`. */
  readonly minutes?: Readonly<Record<string, number>>;
}

/** The experiments there are, by folder and file. */
export const experimentNames = (): string[] =>
  globSync('*/*.ts', { cwd: import.meta.dirname })
    .map((file) => file.slice(0, -3))
    .sort();

export async function experiment(name: string): Promise<Experiment> {
  return (await import(new URL(`${name}.ts`, import.meta.url).href)).default as Experiment;
}

/** Its parts as one. */
export function collected({ name, collect }: Experiment, parts: Readonly<Record<string, Found>>): Found {
  if (collect) return collect(parts);
  const all = Object.values(parts);
  if (all.length === 1) return all[0];
  const together = <V>(pick: (found: Found) => Readonly<Record<string, V>> | undefined): Record<string, V> => {
    const entries = all.flatMap((found) => Object.entries(pick(found) ?? {}));
    const twice = entries.find(([key], i) => entries.findIndex(([other]) => other === key) < i);
    if (twice) throw new Error(`${name}: two of its parts found '${twice[0]}'; name it by the part, or collect them`);
    return Object.fromEntries(entries);
  };
  return {
    numbers: together(({ numbers }) => numbers),
    tables: together(({ tables }) => tables),
    figures: together(({ figures }) => figures),
    trials: all.reduce((sum, { trials = 1 }) => sum + trials, 0),
    pinned: together(pinsOf),
    minutes: together(({ minutes }) => minutes),
  };
}

/** What is not as it must be, one line each: `accuracy is 0.091, must be at least 0.9`. */
export function insane(
  { sanity = {} }: Pick<Experiment, 'sanity'>,
  numbers: Readonly<Record<string, { readonly value: number }>>,
): string[] {
  return Object.entries(sanity).flatMap(([key, { atLeast = -Infinity, atMost = Infinity }]) => {
    const value = numbers[key]?.value;
    if (value === undefined) return [`${key} was not found`];
    if (!(value >= atLeast)) return [`${key} is ${value}, must be at least ${atLeast}`];
    if (!(value <= atMost)) return [`${key} is ${value}, must be at most ${atMost}`];
    return [];
  });
}

/** What a slice is pinned by. */
export const pinsOf = ({ numbers, pinned }: Found): Readonly<Record<string, number>> =>
  pinned ?? Object.fromEntries(Object.entries(numbers).map(([key, { value }]) => [key, value]));

/** How far a pin may move, as a share of it: other processors round otherwise. */
const ROUNDING = 1e-3;

/** The pins of a slice that are not those of the slice that ran when the result was saved. */
export function moved(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) => {
    const [was, is] = [before[key], now[key]];
    if (was === undefined || is === undefined) return [`${key} is ${was === undefined ? 'new' : 'gone'}`];
    return Math.abs(is - was) <= ROUNDING * Math.abs(was) ? [] : [`${key} was ${was} and is ${is}`];
  });
}
