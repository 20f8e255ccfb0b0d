// npm run mutants [-- ridge separation]: changes each function that a theorem names, one operator, constant or branch at a time, runs
// the function's own tests on each change, and keeps in results/mutants.json how many of them failed, as they must, and which did not.
//
// A survivor needs a reason, its `why`: write it into results/mutants.json by hand; the next run keeps it. tests/mutants.test.ts holds the
// file against the proofs: every function is there, no survivor is without its reason, and 95 % are killed of those that change a result,
// that is, whose reason does not begin with 'equivalent: '.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { bindings } from './latex/bindings.mjs';

/**
 * @typedef {{ file: string, functions: string[], tests: string[] }} Target  a file with functions that theorems name, and its tests
 * @typedef {{ line: number, kind: string, original: string, replacement: string }} Mutant
 * @typedef {{ functions: string[], killed: number, of: number, survivors: (Mutant & { why: string })[] }} Entry
 */

const root = resolve(import.meta.dirname, '..');
const results = join(root, 'results', 'mutants.json');
process.chdir(root);

// Stryker runs the tests in a copy that has no .lemmata: the folder of OpenVINO that this checkout has written down goes with them.
const openvino = join(root, '.lemmata', 'openvino');
if (existsSync(openvino)) process.env.LEMMATA_OPENVINO ||= readFileSync(openvino, 'utf8').trim();

const targets = boundFiles();
const wanted = process.argv.slice(2);
const chosen = targets.filter(({ file }) => wanted.length === 0 || wanted.some((name) => basename(file, '.ts') === basename(name, '.ts')));
if (chosen.length === 0) {
  console.error(`mutants: no theorem names a function of ${wanted.join(', ')}; there are ${targets.map(({ file }) => file).join(', ')}`);
  process.exit(1);
}

for (const target of chosen) {
  const found = await test(target);
  const before = read();
  const reasons = new Map((before[target.file]?.survivors ?? []).map((survivor) => [name(survivor), survivor.why]));
  const survivors = found.survivors.map((survivor) => ({ ...survivor, why: reasons.get(name(survivor)) ?? '' }));
  /** @type {Entry} */
  const entry = { functions: target.functions, killed: found.killed, of: found.of, survivors };
  const files = boundFiles().map(({ file }) => file); // as the proofs are now: another may have been bound while this one ran
  const kept = Object.entries({ ...before, [target.file]: entry }).filter(([file]) => files.includes(file));
  writeFileSync(results, `${JSON.stringify(Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
  console.log(`${target.file}  ${found.killed} of ${found.of} killed${found.late ? `, ${found.late} by running out of time` : ''}`);
  for (const { line, original, replacement, why } of survivors)
    console.log(`  line ${line}: ${original}  →  ${replacement}${why ? `  (${why})` : '  NO REASON'}`);
}

/**
 * The files of the functions that theorems name, with those functions and the tests that are theirs.
 *
 * @returns {Target[]}
 */
function boundFiles() {
  const folder = join(root, 'proofs');
  const theorems = readdirSync(folder)
    .filter((document) => document.endsWith('.tex'))
    .flatMap((document) => bindings(readFileSync(join(folder, document), 'utf8'), document).theorems);
  const bound = theorems.flatMap(({ implementations, checks }) => implementations.map((place) => ({ place, checks })));
  const files = [...new Set(bound.map(({ place }) => place.split('#')[0]))].sort();
  return files.map((file) => {
    const mine = bound.filter(({ place }) => place.startsWith(`${file}#`));
    // Its own: those beside it by name, and those of the theorems that name it.
    const beside = ['.test.ts', '.theorem.test.ts'].map((end) => file.replace(/\.ts$/, end)).filter((test) => existsSync(join(root, test)));
    const checks = mine.flatMap((binding) => binding.checks.map((check) => check.split('#')[0]));
    const functions = [...new Set(mine.map(({ place }) => place.split('#')[1]))].sort();
    return { file, functions, tests: [...new Set([...beside, ...checks])].sort() };
  });
}

/**
 * Runs the tests of a file on every mutant of it. Texts of messages are left as they are: no theorem speaks of them.
 *
 * @param {Target} target
 */
async function test({ file, functions, tests }) {
  process.env.LEMMATA_MUTANTS_TESTS = JSON.stringify(tests);
  const workshop = join('build', 'mutants', basename(file, '.ts'));
  rmSync(join(root, workshop), { recursive: true, force: true });
  mkdirSync(join(root, dirname(workshop)), { recursive: true });
  const stryker = new Stryker({
    mutate: ranges(readFileSync(join(root, file), 'utf8'), functions).map((range) => `${file}:${range}`),
    mutator: { excludedMutations: ['StringLiteral'] },
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutants/vitest.config.mjs', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 30_000, // what is no endless loop must end within it on a busy machine too, or counts as killed
    tempDirName: workshop,
    tsconfigFile: 'none', // its preprocessor asks TypeScript 7 for a function that went
    ignorePatterns: ['**', '!src/**', '!tests/support/**', '!scripts/mutants/**', '!package.json'],
    reporters: [],
    allowConsoleColors: false,
    logLevel: /** @type {import('@stryker-mutator/api/core').LogLevel} */ ('off'),
  });
  const mutants = await stryker.runMutationTest();
  const source = readFileSync(join(root, file), 'utf8').split('\n');
  const lived = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const late = mutants.filter(({ status }) => status === 'Timeout').length;
  return { killed, late, of: killed + lived.length, survivors: lived.map((mutant) => shown(mutant, source)) };
}

/**
 * The lines of a source, '12-40', that the named functions may run: all but those of other exported ones.
 *
 * @param {string} source
 * @param {string[]} functions
 */
function ranges(source, functions) {
  const lines = source.split('\n');
  const starts = lines.flatMap((line, i) => (/^(?:export )?(?:async )?(?:function|const|class|interface|type) /.test(line) ? [i] : []));
  return starts.flatMap((start, k) => {
    const exported = /^export (?:async )?(?:function|const|class) (\w+)/.exec(lines[start])?.[1];
    const end = starts[k + 1] ?? lines.length;
    return exported && !functions.includes(exported) ? [] : [`${start + 1}-${end}`];
  });
}

/**
 * A mutant as a reader sees it: the line, what stood there and what was put.
 *
 * @param {import('@stryker-mutator/api/core').MutantResult} mutant
 * @param {string[]} source
 * @returns {Mutant}
 */
function shown({ location: { start, end }, replacement = '', mutatorName }, source) {
  const lines = source.slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const text = lines.map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined)).join('\n');
  return { line: start.line, kind: mutatorName, original: short(text), replacement: short(replacement) };
}

/** @param {string} text */
function short(text) {
  return text.replace(/\s+/g, ' ').trim().slice(0, 160);
}

/**
 * What a survivor is recognised by in a later run: lines move.
 *
 * @param {Mutant} mutant
 */
function name({ kind, original, replacement }) {
  return `${kind}|${original}|${replacement}`;
}

/** @returns {Record<string, Entry>} */
function read() {
  return existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
}
