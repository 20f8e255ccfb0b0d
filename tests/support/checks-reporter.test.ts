import { describe, expect, it } from 'vitest';
import { type CheckResult, merge, together } from './checks-reporter.js';

const passed: CheckResult = { status: 'passed', refused: ['doubles it', 'forgets it'], clauses: '' };
const failed: CheckResult = { ...passed, status: 'failed' };
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

  it('takes the checks of a theorem’s clauses as one, and a wrong formula that two of them refuse for one', () => {
    const parts: CheckResult[] = [
      { status: 'passed', refused: ['doubles it', 'forgets it', 'turns it round'], clauses: 'c' },
      { status: 'passed', refused: ['doubles it', 'adds it'], clauses: 'ab' },
    ];
    const refused = ['adds it', 'doubles it', 'forgets it', 'turns it round'];
    expect(together(parts)).toEqual({ status: 'passed', refused, clauses: 'abc' });
    expect(together([...parts, { status: 'failed', refused: ['adds it'], clauses: 'c' }])).toEqual({
      status: 'failed',
      refused,
      clauses: 'abc',
    });
    expect(together([...parts, undefined])).toBeUndefined(); // a name filter left one out
  });

  it('learns nothing from a theorem that a name filter left out before it ever ran', () => {
    expect(merge({}, ['a.test.ts'], [['a.test.ts#thm:a', undefined]], there)).toEqual({});
  });
});
