import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './house.js';

/** What another tool answers: tests/references/<tool>.json, made by the script of the same name, whose head says with which versions. */
export const references = <T>(tool: string): T => JSON.parse(readFileSync(join(ROOT, 'tests', 'references', `${tool}.json`), 'utf8')) as T;
