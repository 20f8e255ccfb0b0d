import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { edgeProblems } from './edges.mjs';
import { textSource } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */

/**
 * A theorem of a document: `where` is its file and line, `uses` the labels of others, `checks` and `implementations` are `file#name`,
 * `clauses` the letters of its clauses, 'abc'; `statement` and `proof` are LaTeX, and `refs` the labels that they refer to, each
 * where it does; `inside` the labels that stand in them.
 *
 * @typedef {{ where: string, kind: 'theorem' | 'lemma', title: string, label: string, uses: string[], checks: string[], implementations: string[], clauses: string,
 *   statement: string, proof: string, refs: { value: string, where: string }[], inside: string[] }} Theorem
 */

/** @typedef {ReturnType<typeof bindings>} Bindings */

const PROOF = /\\begin\{proof\}(?:\[[^\]]*\])?([\s\S]*?)\\end\{proof\}/g;
const COMMANDS = /\\(?:thmlabel|uses|implementedby|checkedby)\{[^}]*\}/g;

/**
 * What a document binds to code and results, each with the line it stands on.
 *
 * @param {string | Source} source  LaTeX, or a document with what it takes in
 * @param {string} [file]           the name of a text, for messages
 */
export function bindings(source, file = '') {
  const { text, at } = typeof source === 'string' ? textSource(source, file) : source;
  const all = (/** @type {RegExp} */ pattern) =>
    [...text.matchAll(pattern)].map((match) => ({ value: match[1], where: at(match.index), match }));
  const environments = all(/\\begin\{(theorem|lemma)\}(?:\[([^\]]*)\])?([\s\S]*?)\\end\{\1\}/g);
  /** @type {Theorem[]} */
  const theorems = environments.map(({ match, where }, i) => {
    const [whole, kind, title, body] = match;
    const after = { from: match.index + whole.length, to: environments[i + 1]?.match.index ?? text.length };
    const proofs = [...text.slice(after.from, after.to).matchAll(PROOF)].map(({ index, 0: proof }) => ({
      from: after.from + index,
      text: proof,
    }));
    const parts = [{ from: match.index, text: whole }, ...proofs];
    const found = (/** @type {RegExp} */ pattern) =>
      parts.flatMap((part) => [...part.text.matchAll(pattern)].map((hit) => ({ value: hit[1], where: at(part.from + hit.index) })));
    const arguments_ = (/** @type {string} */ command) =>
      [...body.matchAll(new RegExp(`\\\\${command}\\{([^}]*)\\}`, 'g'))].map((found) => found[1]);
    return {
      where,
      kind: kind === 'lemma' ? kind : 'theorem',
      title,
      label: arguments_('thmlabel')[0],
      uses: arguments_('uses').flatMap((list) => list.split(',').map((name) => name.trim())),
      checks: arguments_('checkedby'),
      implementations: arguments_('implementedby'),
      clauses: clausesOf(body),
      statement: body.replace(COMMANDS, '').trim(),
      proof: proofs.map((proof) => proof.text.replace(PROOF, '$1').trim()).join('\n\n'),
      refs: found(/\\(?:thm|eq)?ref\{([^}]*)\}/g),
      inside: found(/\\label\{([^}]*)\}/g).map(({ value }) => value),
    };
  });
  const places = all(/\\(?:thm)?label\{([^}]*)\}/g);
  return {
    theorems,
    places,
    labels: new Set(places.map(({ value }) => value)),
    uses: all(/\\uses\{([^}]*)\}/g).flatMap(({ value, where }) => value.split(',').map((name) => ({ value: name.trim(), where }))),
    checks: all(/\\checkedby\{([^}]*)\}/g),
    implementations: all(/\\implementedby\{([^}]*)\}/g),
    unchecked: all(/\\unchecked\{([^}]*)\}\{([a-z])\}(?:\{((?:[^{}]|\{[^{}]*\})*)\})?/g).map(({ match, where }) => ({
      ...{ label: match[1], clause: match[2], why: match[3] ?? '', where },
    })),
    references: all(/\\(?:eq|page|auto)?ref\{([^}#]*)\}/g),
    citations: all(/\\(?:paren|text|auto|foot|no)?cite\*?(?:\[[^\]]*\]){0,2}\{([^}#]*)\}/g).flatMap(({ value, where }) =>
      value === '*' ? [] : value.split(',').map((key) => ({ value: key.trim(), where })),
    ),
    bibitems: all(/\\bibitem(?:\[[^\]]*\])?\{([^}]*)\}/g).map(({ value }) => value),
    bibliographies: all(/\\addbibresource(?:\[[^\]]*\])?\{([^}]*)\}/g),
    names: all(/\\thm(?:ref|status)\{([^}]*)\}/g),
    figures: all(/\\resfig(?:\[[^\]]*\])?\{([^}]*)\}/g).map(({ value, where }) => ({ key: value, where })),
    numbers: all(/\\resnum(?:\[([^\]]*)\])?\{([^}]*)\}/g).map(({ match, where }) => ({ format: match[1] ?? '.3g', key: match[2], where })),
  };
}

/**
 * The letters of a statement's clauses: 'abc' for a list of three, '' for a statement without a list.
 *
 * @param {string} body
 */
function clausesOf(body) {
  const list = /\\begin\{enumerate\}([\s\S]*?)\\end\{enumerate\}/.exec(body)?.[1] ?? '';
  return 'abcdefghijklmnopqrstuvwxyz'.slice(0, list.match(/\\item\b/g)?.length ?? 0);
}

/**
 * Problems, one line each: a theorem or a clause without a check, and every name that is not there.
 *
 * @param {Bindings} found
 * @param {string} root                  where the repository is
 * @param {ReadonlySet<string>} [others]  labels of theorems of other documents
 */
export function verify({ theorems, labels, names, uses, checks, implementations, unchecked }, root, others = new Set()) {
  /** @type {string[]} */
  const problems = [];
  for (const { where, title, label, checks, clauses } of theorems) {
    if (!label) problems.push(`${where}: the theorem '${title ?? ''}' has no \\thmlabel`);
    if (checks.length === 0) problems.push(`${where}: ${label ?? title} has no \\checkedby; name the test that exercises it`);
    const covered = checks.flatMap((check) => [...covers(root, check)]);
    const marked = unchecked.filter((mark) => mark.label === label).map(({ clause }) => clause);
    for (const clause of clauses)
      if (!covered.includes(clause) && !marked.includes(clause) && checks.length > 0)
        problems.push(
          `${where}: ${label} (${clause}) has no check; add theorem('${label}', '${clause}', …) to ${checks[0].split('#')[0]}, ` +
            `or write \\unchecked{${label}}{${clause}}{why} below the theorem`,
        );
    for (const clause of new Set(covered))
      if (!clauses.includes(clause)) problems.push(`${where}: a test checks ${label} (${clause}), but its statement has no such clause`);
  }
  for (const { label, clause, where } of unchecked)
    if (!theorems.some((theorem) => theorem.label === label && theorem.clauses.includes(clause)))
      problems.push(`${where}: \\unchecked names ${label} (${clause}), which is no clause of this document`);
  for (const { value, where } of uses)
    if (!labels.has(value) && !others.has(value))
      problems.push(`${where}: \\uses names ${value}, but no \\thmlabel of this document, or of a week's in proofs/, is called so`);
  for (const { value, where } of names)
    if (!labels.has(value) && !others.has(value)) problems.push(`${where}: there is no theorem ${value} here, nor in proofs/`);
  problems.push(...edgeProblems(theorems));
  for (const { value, where } of checks) {
    const [file, label] = value.split('#');
    const test = read(root, file);
    if (test === undefined) problems.push(`${where}: \\checkedby names ${file}, which does not exist`);
    else if (!labels_(test).includes(label))
      problems.push(`${where}: \\checkedby names ${label}, but ${file} has ${list([...new Set(labels_(test))], "no theorem('thm:…')")}`);
  }
  for (const { value, where } of implementations) {
    const [file, symbol] = value.split('#');
    const code = read(root, file);
    if (code === undefined) problems.push(`${where}: \\implementedby names ${file}, which does not exist`);
    else if (!exports_(code).includes(symbol))
      problems.push(`${where}: \\implementedby names ${symbol}, but ${file} exports ${list(exports_(code), 'nothing')}`);
  }
  return problems;
}

const CALL = /^theorem(?:<.*>)?\(\s*'(thm:[^']*)'(?:,\s*'([a-z]*)')?/gm;
/** @param {string} test */
const labels_ = (test) => [...test.matchAll(CALL)].map((match) => match[1]);
/**
 * The clauses that a test file covers of the theorem that a \checkedby names.
 *
 * @param {string} root
 * @param {string} check
 */
export const covers = (root, check) => {
  const [file, label] = check.split('#');
  return [...(read(root, file) ?? '').matchAll(CALL)].flatMap((match) => (match[1] === label ? [...(match[2] ?? '')] : []));
};
/** @param {string} code */
const exports_ = (code) => [...code.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map((match) => match[1]);
const list = (/** @type {string[]} */ names, /** @type {string} */ none) => (names.length ? `only ${names.join(', ')}` : none);

/**
 * @param {string} root
 * @param {string} file
 */
function read(root, file) {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
