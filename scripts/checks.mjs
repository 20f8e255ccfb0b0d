// npm run checks: runs the tests that the theorems of proofs/ name, and nothing else, and says how much of the book they cover.
//
//     npm run checks                 the tests that changed, or on which something that they import changed
//     npm run checks -- --all        all of them
//     npm run checks -- week03       those of week 3; path: those of the thirty-day path
//
// First every document is read: a theorem or a clause without a check, and a test, function or label that is not there, stop with file and
// line. The verdicts go into results/checks.json, as those of npm test do; the theorem graph with them into build/theorems.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { passed, remember, stale, testsOf, verifyAll, weekLines } from './latex/checks.mjs';
import { theoremGraph } from './latex/graph.mjs';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean' } } });

const problems = verifyAll(root);
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}

const named = testsOf(theoremGraph(root), positionals);
if (named.length === 0) {
  console.error(`checks: there is no ${positionals.join(', ')}; weeks are named as in week03, the path is path`);
  process.exit(1);
}
const wanted = values.all ? named : stale(root, named);
if (wanted.length > 0) {
  console.log(`${wanted.length} of ${named.length} test files of theorems`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--testNamePattern=thm:', '--reporter=default', '--reporter=./tests/support/checks-reporter.ts'];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...options, ...wanted], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
}

const graph = theoremGraph(root);
remember(root, passed(graph, wanted));
mkdirSync(join(root, 'build'), { recursive: true });
writeFileSync(join(root, 'build', 'theorems.json'), `${JSON.stringify(graph, null, 2)}\n`);
for (const line of weekLines(graph)) console.log(line);
for (const { label, file, line, status } of graph) {
  if (status === 'checked') continue;
  console.error(`${file}:${line}: ${label} is ${status}; see the test run, or npm run checks -- --all`);
  process.exitCode = 1;
}
