import { join } from 'node:path';
import { replaceFile } from '../src/base/replace-file.js';
import { canonical, resultsFolder } from '../src/report/results.js';

/** A machine's load of 1, 5 and 15 minutes: `0.52 0.48 0.31`. */
export const shownLoad = (load: readonly number[]): string => load.map((x) => x.toFixed(2)).join(' ');

/** Says why there is nothing to measure, and ends. */
export function refuse(reason: string): never {
  console.error(reason);
  process.exit(2);
}

/** What a table found, the versions of whom it met, and the machine's load. */
interface Found {
  readonly versions?: string | Readonly<Record<string, string>>;
  readonly load: readonly (number | readonly number[])[];
  readonly numbers: Readonly<Record<string, object>>;
}

/** Writes results/<name>.json, whose numbers prose can quote. */
export function saveTable(name: string, title: string, content: Found): void {
  replaceFile(join(resultsFolder(), `${name}.json`), canonical({ name, profile: 'full', title, ...content }));
}
