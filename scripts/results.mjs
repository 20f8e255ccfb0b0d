// npm run results: what was found, how sure it is, and where it is quoted.
//
//     npm run results                    each result with its count of numbers and of places that quote them; faults of form fail
//     npm run results -- week03          the numbers of one, each with its uncertainty and the places that quote it
//     npm run results -- --diff HEAD~5   the numbers that moved since a revision, by how many of their standard errors, and who quotes them
//     npm run results -- --typed         numbers with units that prose types instead of quoting; such fail
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { moveLine, moves, resultsAt } from './results/diff.mjs';
import { quotes, quotesNumber } from './results/quotes.mjs';
import { faults, readResult, resultNames } from './results/schema.mjs';
import { typedProblems } from './results/typed.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = process.env.LEMMATA_RESULTS ?? join(root, 'results');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { diff: { type: 'string' }, typed: { type: 'boolean' } } });

/** @type {import('./results/diff.mjs').Results} */
const now = Object.fromEntries(resultNames(folder).map((name) => [name, readResult(folder, name)]));
const places = quotes(root);
/** @param {string} key */
const quotedBy = (key) => places.filter((place) => quotesNumber(place.key, key)).map(({ where }) => where);

try {
  if (values.diff) diff(values.diff);
  else if (values.typed) typed();
  else if (positionals.length) for (const name of positionals) show(name);
  else list();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}

/** @param {string} revision */
function diff(revision) {
  const moved = moves(resultsAt(root, revision), now);
  for (const move of moved) {
    console.log(moveLine(move));
    for (const where of quotedBy(move.key)) console.log(`    ${where}`);
  }
  const far = moved.filter(({ errors }) => errors !== undefined && Math.abs(errors) > 1).length;
  console.log(
    `${moved.length} of ${Object.values(now).reduce((sum, { numbers }) => sum + Object.keys(numbers).length, 0)} numbers differ from ${revision}, ${far} by more than a standard error`,
  );
}

/** @param {string} name */
function show(name) {
  if (!existsSync(join(folder, `${name}.json`)))
    throw new Error(`results: there is no results/${name}.json; there are ${Object.keys(now).join(', ')}`);
  for (const [key, { value, uncertainty, unit }] of Object.entries(now[name].numbers)) {
    const sure =
      typeof uncertainty === 'number'
        ? `± ${uncertainty}`
        : Array.isArray(uncertainty)
          ? `[${uncertainty.join(', ')}]`
          : `(${uncertainty})`;
    console.log(`${name}.${key}  ${value}${unit === '1' ? '' : ` ${unit}`}  ${sure}`);
    for (const where of quotedBy(`${name}.${key}`)) console.log(`    ${where}`);
  }
}

function typed() {
  const problems = typedProblems(root, JSON.parse(readFileSync(join(root, 'tests', 'typed-numbers.json'), 'utf8')));
  for (const problem of problems) console.error(problem);
  if (problems.length) process.exitCode = 1;
}

function list() {
  for (const [name, result] of Object.entries(now)) {
    const keys = Object.keys(result.numbers);
    const quoted = places.filter(({ key }) => keys.some((own) => quotesNumber(key, `${name}.${own}`))).length;
    console.log(`${name.padEnd(32)}${String(keys.length).padStart(4)} numbers, quoted ${quoted} times`);
    for (const fault of faults(name, result)) {
      console.error(fault);
      process.exitCode = 1;
    }
  }
}
