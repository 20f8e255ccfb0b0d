import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of package.json: two above this file, in `src/base` as in `dist/base`. */
export const packageRoot = join(import.meta.dirname, '..', '..');

/** The version in package.json. */
export const packageVersion = (): string => JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

/** Where results are: `results/` of this package, or `LEMMATA_RESULTS`. */
export const resultsFolder = (): string => process.env.LEMMATA_RESULTS ?? join(packageRoot, 'results');

/** Where data are: `LEMMATA_DATA`, else `data/` at the root of the package. */
export const dataRoot = (): string => process.env.LEMMATA_DATA || join(packageRoot, 'data');
