import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './house.js';

const files = await import(join(ROOT, 'scripts/notebooks/files.mjs'));

/** All committed notebooks, by their path in the repository. */
export const notebooks: readonly string[] = files.notebooksIn(ROOT);
/** The result that a notebook saves: `week01`, `transformer/day01`. */
export const resultOf = (file: string): string => files.resultOf(file);
/** Whether it is a lesson of the thirty-day path, whose cells keep what they write by hand. */
export const isLesson = (file: string): boolean => file.startsWith('notebooks/transformer/');

let complaints: string | undefined;

/** What is said of a notebook whose outputs do not follow from its inputs; nothing where they do. All are asked at once, for they share most modules. */
export function staleness(file: string): string {
  complaints ??= spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), '--stale'], { encoding: 'utf8' }).stderr.replace(
    /\s+/g,
    ' ',
  );
  const name = file.replace(/^.*\/|\.ipynb$/g, '');
  const own = complaints.includes(`${name} `); // each sentence begins with a notebook's name
  return own || !/^$|\bis stale\b|no outputs of a full run/.test(complaints) ? complaints.trim() : '';
}
