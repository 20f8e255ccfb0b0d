import { describe, expect, it } from 'vitest';
import { type CheckResult, merge, together } from './checks-reporter.js';

const passed: CheckResult = { status: 'passed', mutants: 3, clauses: '' };
const failed: CheckResult = { status: 'failed', mutants: 3, clauses: '' };
const there = () => true;

describe('results/checks.json', () => {
  it('keeps what other files found, and sorts', () => {
    const before = { 'b.test.ts#thm:b': passed };
    const after = merge(before, ['a.test.ts'], [['a.test.ts#thm:a', failed]], there);
    expect(Object.entries(after)).toEqual([
      ['a.test.ts#thm:a', failed],
      ['b.test.ts#thm:b', passed],
    ]);
  });

  it('forgets a theorem that its file no longer has, and one whose file is gone', () => {
    const before = { 'a.test.ts#thm:old': passed, 'gone.test.ts#thm:b': passed, 'c.test.ts#thm:c': passed };
    const after = merge(before, ['a.test.ts'], [], (file) => file !== 'gone.test.ts');
    expect(Object.keys(after)).toEqual(['c.test.ts#thm:c']);
  });

  it('takes the checks of a theorem’s clauses as one', () => {
    const parts: CheckResult[] = [
      { status: 'passed', mutants: 3, clauses: 'c' },
      { status: 'passed', mutants: 2, clauses: 'ab' },
    ];
    expect(together(parts)).toEqual({ status: 'passed', mutants: 5, clauses: 'abc' });
    expect(together([...parts, { status: 'failed', mutants: 1, clauses: 'c' }])).toEqual({ status: 'failed', mutants: 6, clauses: 'abc' });
    expect(together([...parts, undefined])).toBeUndefined(); // a name filter left one out
  });

  it('learns nothing from a theorem that a name filter left out before it ever ran', () => {
    expect(merge({}, ['a.test.ts'], [['a.test.ts#thm:a', undefined]], there)).toEqual({});
  });
});
