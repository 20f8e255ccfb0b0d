import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Row } from '../base/index.js';
import { estimate } from './estimate.js';
import { EXPERIMENTS, evidenceFolder, type Finding, type Findings, savedIn } from './results.js';

/** What a saved experiment found, as a notebook reads it. */
export interface Evidence {
  /** What the experiment shows, in its own sentence. */
  readonly about: string;
  /** How many configurations it evaluated. */
  readonly trials: number;
  /** A number with its uncertainty, unit and description. Throws when there is none of that name, naming those that there are. */
  number(key: string): Finding;
  /** A number for prose, `0.80 ± 0.03`, with so many decimals (2). Throws as `number`. */
  estimate(key: string, decimals?: number): string;
  /** The rows of a table, for `table` or a chart. Throws when there is no such table. */
  table<R extends Row = Row>(key: string): readonly R[];
  /** A chart, for `show`. Throws when there is no such chart. */
  figure(key: string): Bundle;
}

/**
 * What a committed experiment found: `npm run experiments` saved it, and a notebook that reads it is stale when it changes.
 *
 *     const digits = evidence('week03/mnist');
 *     await show(markdown`The plain net errs on ${digits.estimate('plainError', 3)}.`, table(digits.table('seeds')));
 *
 * In LaTeX and by `num` the same numbers are `experiments/week03/mnist.plainError`.
 *
 * @param name  folder and file of the experiment, in quotes: the notebook's provenance is read off its text
 * @throws      when it has no result, naming those that have
 */
export function evidence(name: string): Evidence {
  const folder = join(evidenceFolder(), EXPERIMENTS);
  const { title, trials, numbers, tables = {}, figures = {} } = read(folder, name);
  const found = <T>(kind: string, all: Readonly<Record<string, T>>, key: string): T => {
    if (Object.hasOwn(all, key)) return all[key];
    const there = Object.keys(all).join(', ') || 'none';
    throw new Error(`evidence: ${name} has no ${kind} '${key}'; it has ${there}`);
  };
  const number = (key: string) => found('number', numbers, key);
  return {
    about: title,
    trials,
    number,
    estimate: (key, decimals) => estimate(number(key).value, number(key).uncertainty, decimals),
    table: <R extends Row>(key: string) => found('table', tables, key) as readonly R[],
    figure: (key) => chart(join(folder, name), key, (found('chart', figures, key) as unknown as { readonly title: string }).title),
  };
}

function read(folder: string, name: string): Findings {
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch (cause) {
    const there = savedIn(folder, true).join(', ') || 'none';
    throw new Error(`evidence: no experiment '${name}' has a result; there are ${there}. Run npm run experiments ${name}`, {
      cause,
    });
  }
}

function chart(folder: string, key: string, title: string): Bundle {
  return {
    'application/vnd.vegalite.v5+json': JSON.parse(readFileSync(join(folder, `${key}.vl.json`), 'utf8')),
    'image/svg+xml': readFileSync(join(folder, `${key}.svg`), 'utf8'),
    'text/plain': `[chart] ${title}`,
  };
}
