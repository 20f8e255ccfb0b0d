import { chai, describe, expect, it } from 'vitest';
import { WRONG } from './wrong-formula.js';

/** A check, what it must hold for, and wrong formulas that it must refuse. */
export interface Check<F> {
  readonly real: F;
  readonly check: (f: F) => void | Promise<void>;
  /** By what they do wrong: 'divides by n'. */
  readonly mutants: Readonly<Record<string, F>>;
}

/**
 * Binds clauses of a theorem of proofs/ to the code that exercises them.
 *
 *     theorem('thm:ridge', 'ac', { real: ridge, check, mutants })       clauses (a) and (c); without letters, a theorem that has none
 *
 * `check` must hold for the library's own function and fail for every mutant, or it proves nothing. Only a failed assertion refutes: a
 * mutant that stops the check with any other error shows that the check is broken. The run writes results/checks.json, which the PDFs
 * and the site read.
 */
export function theorem<F>(label: `thm:${string}`, check: Check<F>): void;
export function theorem<F>(label: `thm:${string}`, clauses: string, check: Check<F>): void;
export function theorem<F>(label: `thm:${string}`, ...rest: [Check<F>] | [string, Check<F>]): void {
  const [clauses, { real, check, mutants }] = rest.length === 2 ? rest : (['', rest[0]] as const);
  if (!/^[a-z]*$/.test(clauses)) throw new Error(`${label}: clauses are letters, as in 'ac' for (a) and (c), got '${clauses}'`);
  if (Object.keys(mutants).length === 0) throw new Error(`${label}: a check that no wrong formula fails proves nothing; name a mutant`);
  describe(suiteName(label, clauses), () => {
    it('holds', () => check(real));
    it.each(Object.entries(mutants))(`${WRONG}%s`, async (_, mutant) => {
      expect(await verdict(() => check(mutant))).toBe('refuted');
    });
  });
}

/** 'thm:ridge (a) (c)': what the reporter finds the theorem and its clauses by. */
const suiteName = (label: string, clauses: string) => [label, ...Array.from(clauses, (clause) => `(${clause})`)].join(' ');

/** 'refuted' when an assertion failed; otherwise what happened, in words. */
export async function verdict(check: () => void | Promise<void>): Promise<string> {
  try {
    await check();
  } catch (error) {
    if (error instanceof chai.AssertionError) return 'refuted';
    return `no verdict: the check stopped with ${error}; a mutant must reach an assertion and fail it`;
  }
  return 'passed: the check cannot tell the formula from the right one';
}
