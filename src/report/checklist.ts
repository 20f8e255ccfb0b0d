import { type Bundle, significant, table } from '../base/index.js';

/** One measured `value` and where a theorem says it lies: `atMost`, `atLeast`, or both. */
export interface Claim {
  /** What is measured, in words or in `$LaTeX$`: 'largest |Xᵀe|'. */
  claim: string;
  value: number;
  atMost?: number;
  atLeast?: number;
}

/**
 * The theorems that a notebook has seen hold. `check` gives one line to show below the statement and throws when the claim
 * fails; `table` lists all of them.
 *
 *     const checks = checklist()
 *     await show(checks.check('thm:normal-equations', { claim: 'largest |Xᵀe|', value, atMost: 1e-9 }))
 */
export function checklist(): { check(theorem: `thm:${string}`, claim: Claim): Bundle; table(): Bundle; count(): number } {
  const rows = new Map<string, { theorem: string; claim: string; value: string; bound: string }>();
  return {
    check(theorem, claim) {
      const bound = boundOf(theorem, claim);
      const holds = claim.value <= (claim.atMost ?? Infinity) && claim.value >= (claim.atLeast ?? -Infinity);
      if (!holds) throw new Error(`${theorem} fails: ${claim.claim} is ${significant(claim.value)}, and should be ${bound}`);
      rows.set(`${theorem} ${claim.claim}`, { theorem, claim: claim.claim, value: significant(claim.value, 3), bound });
      const text = `✓ ${claim.claim} is ${significant(claim.value, 3)}, ${bound}`;
      return { 'text/markdown': `${text} — \`${theorem}\``, 'text/plain': `${text} — ${theorem}` };
    },
    table: () => table([...rows.values()], { title: `${rows.size} checks, all hold` }),
    count: () => rows.size,
  };
}

function boundOf(theorem: string, { atMost, atLeast }: Claim): string {
  if (atMost !== undefined && atLeast !== undefined) return `between ${significant(atLeast, 3)} and ${significant(atMost, 3)}`;
  if (atMost !== undefined) return `at most ${significant(atMost, 3)}`;
  if (atLeast !== undefined) return `at least ${significant(atLeast, 3)}`;
  throw new Error(`${theorem}: a check needs atMost or atLeast, or it could not fail`);
}
