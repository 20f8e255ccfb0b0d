import { documents } from './documents.mjs';
import { release } from './release.mjs';
import { site, texts } from './site.mjs';
import { MORE, SUMMARIES } from './weeks.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/** What stands downstream of committed results. */
export const DOWNSTREAM = ['proofs', 'anthology', 'summaries', 'paper', 'slides', 'readme', 'blog'];

/**
 * All targets that a choice can be of; the evidence only where it is asked for, since it needs the built library, or in small where it is `quick`.
 *
 * @param {string} root
 * @param {{ evidence: boolean, quick?: boolean, site?: import('./site.mjs').SiteOptions }} options
 */
export async function allTargets(root, { evidence, quick = false, site: options = {} }) {
  const pdfs = documents(root);
  const below = [...pdfs, ...texts(root), site(root, pdfs, options), release(root, pdfs)];
  if (quick) return [...(await import('./rehearsal.mjs')).rehearsal(root), ...below];
  if (!evidence) return below;
  const above = await import('./evidence.mjs');
  return [...above.evidence(root), above.checks(root), ...below];
}

/**
 * The targets that names mean: a group, a week with its experiments, notebook and documents, a target, or what a target is called within a group that is
 * named first, `proofs week06`. With the group proofs go the books.
 *
 * @param {readonly Target[]} targets
 * @param {readonly string[]} names
 * @throws when a name means nothing, with what there is
 */
export function chosen(targets, names) {
  if (names.length === 0) return [...targets];
  const groups = [...new Set(targets.map(({ group }) => group))];
  const [first, ...rest] = names;
  if (groups.includes(first) && rest.length > 0 && rest.every((name) => !groups.includes(name))) {
    const own = ofGroup(targets, first);
    return rest.flatMap((name) => meant(own, name.replace(/\.(?:tex|pdf|ipynb|md)$/, ''), []));
  }
  return [...new Set(names.flatMap((name) => meant(targets, name.replace(/\.(?:tex|pdf)$/, ''), groups)))];
}

/** @param {readonly Target[]} targets @param {string} group */
const ofGroup = (targets, group) =>
  targets.filter((target) => target.group === group || (group === 'proofs' && target.group === 'anthology'));

/** The data, and all of a week: experiments, notebook, proofs, papers. @param {readonly Target[]} targets @param {string} week */
function ofWeek(targets, week) {
  const number = Number(week.slice(4));
  const papers = [
    ...(SUMMARIES[number] ?? []).map((name) => `summaries/${name}`),
    ...(MORE[number] ?? []).map(([, file]) => file.replace(/\.tex$/, '')),
  ];
  const found = targets.filter(
    ({ name }) => name === week || name.endsWith(`/${week}`) || name.includes(`experiments/${week}/`) || papers.includes(name),
  );
  if (found.length === 0) throw new Error(`there is no ${week}; the weeks are those of notebooks/`);
  return [...targets.filter(({ name }) => name === 'data'), ...found];
}

/** @param {readonly Target[]} targets @param {string} name @param {readonly string[]} groups */
function meant(targets, name, groups) {
  if (groups.includes(name)) return ofGroup(targets, name);
  if (/^week\d\d$/.test(name) && targets.some((target) => target.name === 'data')) return ofWeek(targets, name);
  const found = targets.filter((target) => target.name === name || target.name.endsWith(`/${name}`));
  if (found.length > 0) return found;
  const known = [...groups, ...targets.map((target) => target.name)];
  throw new Error(`there is no ${name}; there are ${known.join(', ')}`);
}
