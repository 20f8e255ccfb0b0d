import { describe, expect, it } from 'vitest';

/**
 * Binds a theorem of proofs/ to the code that exercises it. `check` must hold for the library's own function and must
 * fail for every mutant, or it proves nothing. The run writes results/checks.json, which the PDFs and the site read.
 */
export function theorem<F>(
  label: `thm:${string}`,
  { real, check, mutants }: { real: F; check: (f: F) => void | Promise<void>; mutants: Readonly<Record<string, F>> },
): void {
  if (Object.keys(mutants).length === 0) throw new Error(`${label}: a check that no wrong formula fails proves nothing; name a mutant`);
  describe(label, () => {
    it('holds', () => check(real));
    it.each(Object.entries(mutants))('is broken by a formula that %s', (_, mutant) =>
      expect(Promise.resolve().then(() => check(mutant))).rejects.toSatisfy(refutes),
    );
  });
}

/** A mutant must be found wrong; a crash on the way refutes nothing. */
const refutes = (error: unknown) => !(error instanceof TypeError || error instanceof ReferenceError);
