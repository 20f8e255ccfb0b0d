import { join } from 'node:path';
import { ROOT } from './house.js';

const files = await import(join(ROOT, 'scripts/notebooks/files.mjs'));

/** All committed notebooks, by their path in the repository. */
export const notebooks: readonly string[] = files.notebooksIn(ROOT);
/** The result that a notebook saves: `week01`, `transformer/day01`. */
export const resultOf = (file: string): string => files.resultOf(file);
/** Whether it is a lesson of the thirty-day path, whose cells keep what they write by hand. */
export const isLesson = (file: string): boolean => file.startsWith('notebooks/transformer/');
