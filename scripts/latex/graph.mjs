import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { covers } from './bindings.mjs';
import { bookTheorems } from './book.mjs';
import { currentOf, statusOf, verdictOf } from './verdicts.mjs';

/**
 * A theorem with all that is bound to it. `clauses`: the verdict of each letter, none where the statement has no list. `mutants` of a
 * function: how many changes of its file's bound functions its tests notice, of how many. LaTeX as in the document, without bindings.
 *
 * @typedef {{
 *   label: string, title: string, kind: 'theorem' | 'lemma', week: number, number: number, file: string, line: number,
 *   statement: string, proof: string, status: import('./verdicts.mjs').Status, refused: number,
 *   clauses: { letter: string, status: import('./verdicts.mjs').Status, why: string }[],
 *   checks: { name: string, file: string, label: string, clauses: string, status: import('./verdicts.mjs').Status, refused: string[] }[],
 *   implementations: { file: string, name: string, line: number, mutants: { killed: number, of: number } | undefined }[],
 *   uses: string[], usedBy: string[],
 * }} Node
 */

/**
 * The graph of the theorems of all weeks, in order, with what results/checks.json and results/mutants.json say of them now.
 *
 * @param {string} root       where the repository is
 * @param {string} [results]  the folder of the results
 * @returns {Node[]}
 */
export function theoremGraph(root, results = join(root, 'results')) {
  const theorems = bookTheorems(root);
  const current = currentOf(theorems, readJson(join(results, 'checks.json')) ?? {}, root);
  const mutants = readJson(join(results, 'mutants.json')) ?? {};
  return theorems.map((theorem) => {
    const { label, title, kind, week, number, where, statement, proof, uses } = theorem;
    const [file, line] = where.split(':');
    const { status, refused } = verdictOf(theorem, current);
    return {
      ...{ label, title, kind, week, number, file, line: Number(line), statement, proof, status, refused },
      clauses: [...theorem.clauses].map((letter) => clause(theorem, letter, current)),
      checks: theorem.checks.map((name) => {
        const [test, thm] = name.split('#');
        const clauses = [...new Set(covers(root, name))].join('');
        return { name, file: test, label: thm, clauses, status: statusOf(current[name]), refused: current[name]?.refused ?? [] };
      }),
      implementations: theorem.implementations.map((place) => {
        const [source, name] = place.split('#');
        const found = mutants[source];
        return { file: source, name, line: lineOf(root, source, name), mutants: found && { killed: found.killed, of: found.of } };
      }),
      uses,
      usedBy: theorems.filter((other) => other.uses.includes(label)).map((other) => other.label),
    };
  });
}

/**
 * @param {import('./book.mjs').BookTheorem} theorem
 * @param {string} letter
 * @param {import('./verdicts.mjs').Checks} current
 */
function clause(theorem, letter, current) {
  const of = theorem.checks.map((name) => current[name]).filter((check) => check?.clauses.includes(letter));
  const failed = of.some((check) => check?.status === 'failed');
  const status = /** @type {import('./verdicts.mjs').Status} */ (failed ? 'failing' : of.length ? 'checked' : 'unchecked');
  return { letter, status, why: theorem.unchecked.find((mark) => mark.clause === letter)?.why ?? '' };
}

/** The line on which a file declares a name, from 1. @param {string} root @param {string} file @param {string} name */
export function lineOf(root, file, name) {
  const lines = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').split('\n') : [];
  return lines.findIndex((line) => new RegExp(`^export (?:async )?(?:function|const|class) ${name}\\b`).test(line)) + 1;
}

/** @param {string} file */
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
