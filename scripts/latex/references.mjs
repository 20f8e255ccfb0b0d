import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * References and citations that lead nowhere, one line each. Works are known by \bibitem, or by the bibliographies that \addbibresource
 * names, from the document's folder, from proofs/ or from paper/.
 *
 * @param {import('./bindings.mjs').Bindings} found
 * @param {string} folder  of the document
 * @param {string} root    where the repository is
 */
export function dangling({ references, labels, citations, bibitems, bibliographies }, folder, root) {
  /** @type {string[]} */
  const problems = [];
  const known = new Set(bibliographies.length ? [] : bibitems);
  for (const { value, where } of bibliographies) {
    const file = [folder, join(root, 'proofs'), join(root, 'paper')].map((place) => join(place, value)).find(existsSync);
    if (!file) problems.push(`${where}: there is no ${value}, beside the document, in proofs/ or in paper/`);
    else
      for (const [, key] of readFileSync(file, 'utf8').matchAll(/^\s*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s]+)\s*,/gim))
        known.add(key);
  }
  for (const { value, where } of references) if (!labels.has(value)) problems.push(`${where}: there is no \\label{${value}}`);
  for (const { value, where } of citations)
    if (!known.has(value))
      problems.push(`${where}: \\cite names ${value}, which no bibliography of this document has${near(value, known)}`);
  return problems;
}

/** Keys that begin alike, or of the same surname. @param {string} key @param {Set<string>} known */
function near(key, known) {
  const alike = [...known].filter((other) => other.slice(0, 4) === key.slice(0, 4));
  return alike.length ? `; it has ${alike.join(', ')}` : '';
}
