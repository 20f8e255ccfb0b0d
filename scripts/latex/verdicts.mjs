import { covers } from './bindings.mjs';

/**
 * What results/checks.json says of each check; `refused`: its wrong formulas, by what they do wrong.
 *
 * @typedef {{ status: 'passed' | 'failed', refused: string[], clauses: string }} Check
 * @typedef {Record<string, Check | undefined>} Checks
 * @typedef {'checked' | 'failing' | 'unchecked'} Status
 */

/**
 * Of the checks that theorems name, those that are of their tests as they stand: one without a clause that its test file covers by now
 * is of an older file, and says nothing.
 *
 * @param {readonly { checks: string[] }[]} theorems
 * @param {Checks} checks
 * @param {string} root
 * @returns {Checks}
 */
export function currentOf(theorems, checks, root) {
  const isCurrent = (/** @type {string} */ name) =>
    checks[name]?.clauses !== undefined &&
    checks[name]?.refused !== undefined &&
    [...covers(root, name)].every((clause) => checks[name]?.clauses.includes(clause));
  const names = new Set(theorems.flatMap((theorem) => theorem.checks));
  return Object.fromEntries([...names].flatMap((name) => (isCurrent(name) ? [[name, checks[name]]] : [])));
}

/** @param {Check | undefined} check @returns {Status} */
export const statusOf = (check) =>
  check ? { passed: /** @type {const} */ ('checked'), failed: /** @type {const} */ ('failing') }[check.status] : 'unchecked';

/**
 * What is known of a theorem: the worst of its checks, how many wrong formulas they refuse, one that two checks share counted once, and the
 * clauses that they cover.
 *
 * @param {{ checks: string[], clauses: string }} theorem
 * @param {Checks} checks  current ones
 * @returns {{ status: Status, refused: number, covered: string }}
 */
export function verdictOf({ checks: names, clauses }, checks) {
  const found = names.map((name) => checks[name]);
  const statuses = found.map(statusOf);
  const status = /** @type {const} */ (['failing', 'unchecked']).find((worst) => statuses.includes(worst)) ?? 'checked';
  const covered = new Set(found.flatMap((check) => [...(check?.clauses ?? '')]));
  return {
    status,
    refused: new Set(found.flatMap((check) => check?.refused ?? [])).size,
    covered: [...clauses].filter((clause) => covered.has(clause)).join(''),
  };
}
