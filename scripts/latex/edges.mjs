/** @typedef {import('./bindings.mjs').Theorem} Theorem */

/**
 * What a theorem stands on, as its statement and its proof say: the theorems that they refer to, and those in which an equation stands
 * that they refer to. A remark is no part of either.
 *
 * @param {Theorem} theorem
 * @param {readonly Theorem[]} theorems  of the document
 * @returns {Map<string, string>} label → file and line of the first reference
 */
export function edgesOf(theorem, theorems) {
  const found = new Map();
  for (const { value, where } of theorem.refs) {
    const label = value.startsWith('thm:') ? value : theorems.find(({ inside }) => inside.includes(value))?.label;
    if (label && label !== theorem.label && !found.has(label)) found.set(label, where);
  }
  return found;
}

/**
 * Where \uses and the text of a theorem differ, one line each.
 *
 * @param {readonly Theorem[]} theorems
 */
export function edgeProblems(theorems) {
  return theorems.flatMap((theorem) => {
    const { label, where, uses } = theorem;
    const inferred = edgesOf(theorem, theorems);
    return [
      ...uses
        .filter((used) => !inferred.has(used))
        .map(
          (used) =>
            `${where}: ${label} \\uses ${used}, but neither its statement nor its proof refers to it; say \\thmref{${used}} where it is used, or take it out`,
        ),
      ...[...inferred]
        .filter(([used]) => !uses.includes(used))
        .map(([used, place]) => `${place}: ${label} refers to ${used} here, but its \\uses does not name it; add it`),
    ];
  });
}
