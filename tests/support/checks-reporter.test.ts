import { describe, expect, it } from 'vitest';
import { type CheckResult, merge } from './checks-reporter.js';

const passed: CheckResult = { status: 'passed', mutants: 3 };
const failed: CheckResult = { status: 'failed', mutants: 3 };
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

  it('learns nothing from a theorem that a name filter left out before it ever ran', () => {
    expect(merge({}, ['a.test.ts'], [['a.test.ts#thm:a', undefined]], there)).toEqual({});
  });
});
