import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';
import { replaceFile } from '../../src/base/replace-file.js';
import { WRONG } from './wrong-formula.js';

/** What a run found for the check of one theorem. */
export interface CheckResult {
  readonly status: 'passed' | 'failed';
  /** Wrong formulas that the check was shown to refuse, by what they do wrong, in order: one that two clauses refuse is one. */
  readonly refused: readonly string[];
  /** The clauses it covers, 'acd' for (a), (c) and (d); '' where the theorem has none. */
  readonly clauses: string;
}

/** `src/stats/regression/ridge.test.ts#thm:ridge` → its result: what `\checkedby` names. */
export type Checks = Readonly<Record<string, CheckResult>>;

/**
 * Vitest reporter that keeps results/checks.json: for each suite made by `theorem()`, whether it passed. It runs once, in the main
 * process, when all workers have reported. A run of some files updates their entries and keeps the others'; entries whose file is
 * gone are dropped. In vitest.config.ts: `reporters: ['default', './tests/support/checks-reporter.ts']`.
 */
export default class ChecksReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = resolve(import.meta.dirname, '../../results/checks.json');
    const before: Checks = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const found = modules.flatMap((module) => theorems(module).map(([name, result]) => [name, result ?? before[name]] as const));
    const after = merge(
      before,
      modules.map((module) => module.relativeModuleId),
      found,
    );
    const text = `${JSON.stringify(after, null, 2)}\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    replaceFile(file, text);
  }
}

/** The results after a run of `files` that found `found`; sorted, so equal results are equal bytes. */
export function merge(
  before: Checks,
  files: readonly string[],
  found: readonly (readonly [string, CheckResult | undefined])[],
  exists: (file: string) => boolean = (file) => existsSync(resolve(import.meta.dirname, '../..', file)),
): Checks {
  const kept = Object.entries(before).filter(([name]) => {
    const file = name.slice(0, name.indexOf('#'));
    return !files.includes(file) && exists(file);
  });
  const known = found.filter((entry): entry is readonly [string, CheckResult] => entry[1] !== undefined);
  return Object.fromEntries([...kept, ...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each theorem of a file with what its run found; nothing for one of which a name filter left something out. */
function theorems(module: TestModule): (readonly [string, CheckResult | undefined])[] {
  const suites = [...module.children.allSuites()].filter((suite) => suite.name.startsWith('thm:'));
  const labels = [...new Set(suites.map(labelOf))];
  return labels.map((label) => [
    `${module.relativeModuleId}#${label}`,
    together(suites.filter((suite) => labelOf(suite) === label).map(outcome)),
  ]);
}

const labelOf = (suite: TestSuite): string => suite.name.split(' ')[0];

function outcome(suite: TestSuite): CheckResult | undefined {
  const tests = [...suite.children.allTests()];
  const states = tests.map((test) => test.result().state);
  if (states.includes('skipped')) return undefined;
  const passed = states.length > 1 && states.every((state) => state === 'passed');
  const clauses = [...suite.name.matchAll(/\((\w)\)/g)].map(([, clause]) => clause).join('');
  const refused = tests.flatMap((test) =>
    test.name.startsWith(WRONG) && test.result().state === 'passed' ? [test.name.slice(WRONG.length)] : [],
  );
  return { status: passed ? 'passed' : 'failed', refused: refused.sort(), clauses };
}

/** The checks of a theorem's clauses as one: it passed if all did. */
export function together(parts: readonly (CheckResult | undefined)[]): CheckResult | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  return {
    status: known.every(({ status }) => status === 'passed') ? 'passed' : 'failed',
    refused: [...new Set(known.flatMap(({ refused }) => refused))].sort(),
    clauses: [...new Set(known.flatMap(({ clauses }) => [...clauses]))].sort().join(''),
  };
}
