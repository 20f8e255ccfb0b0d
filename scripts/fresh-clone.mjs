// node scripts/fresh-clone.mjs [--keep] [--no-test]: the README's two commands as a newcomer types them, in a clone of the last commit,
// under a new home, with nothing of this checkout on the PATH. Prints what it measured; any failure ends it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { at } from './bootstrap/files.mjs';

const { values: options } = parseArgs({
  options: { keep: { type: 'boolean' }, test: { type: 'boolean', default: true } },
  allowNegative: true,
});
const place = mkdtempSync(join(tmpdir(), 'lemmata-fresh-'));
const [clone, home, project] = ['clone', 'home', 'project'].map((name) => join(place, name));
const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
const env = Object.fromEntries(
  Object.entries({ ...process.env, HOME: home, PATH: path.join(delimiter) }).filter(([name]) => !/^npm_|^LEMMATA_/i.test(name)),
);
/**
 * @param {string} program
 * @param {string[]} args
 */
const run = (program, args, cwd = clone) =>
  execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 });

mkdirSync(home);
run('git', ['clone', '--quiet', at(), clone], place);
await served('first start');
const second = await served('second start');
assert(second < 8, `the second start took ${second} s, more than 8`);
installed();
if (options.test) tested();
if (!options.keep) rmSync(place, { recursive: true, force: true });

/** Starts, asks for the notebooks at the URL that is printed, ends it; returns the seconds until the URL was there. @param {string} what */
async function served(what) {
  const begun = Date.now();
  const server = spawn('npm', ['start', '--', '--no-browser', '--port', '8765'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of server.stdout) {
    process.stdout.write(chunk);
    output += chunk;
    if (/and end it with Ctrl-C/.test(output)) break;
  }
  const seconds = (Date.now() - begun) / 1000;
  const url = new URL(/http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0] ?? assert.fail('no URL was printed'));
  /** @type {{ content: { path: string }[] }} */
  const { content } = await (await fetch(`${url.origin}/api/contents${url.search}`)).json();
  assert(
    content.some(({ path }) => path.endsWith('.ipynb')),
    'the notebooks are served',
  );
  assert.equal((await fetch(`${url.origin}/api/contents`)).status, 403, 'closed without the token');
  server.kill('SIGTERM');
  while (await fetch(url).catch(() => undefined)) await new Promise((resolve) => setTimeout(resolve, 100));
  console.log(`${what}: ready after ${seconds.toFixed(1)} s`);
  return seconds;
}

function tested() {
  const begun = Date.now();
  const output = run('npm', ['test']);
  process.stdout.write(output);
  const minutes = (Date.now() - begun) / 60_000;
  assert.match(output.trim().split('\n').at(-1) ?? '', /^\d+ passed, 0 failed$/);
  assert(minutes < 12, `npm test took ${minutes.toFixed(1)} minutes, more than 12`);
  console.log(`npm test: ${minutes.toFixed(1)} minutes`);
}

/** The packed package in an empty project, as npm installs it: the README's first program trains and exports. */
function installed() {
  mkdirSync(project);
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project]));
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }');
  run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', join(project, filename)], project);
  const [, example] =
    /```ts\n([\s\S]*?)```/.exec(readFileSync(join(clone, 'README.md'), 'utf8')) ?? assert.fail('README.md has no program');
  writeFileSync(join(project, 'example.ts'), example);
  const node = join(clone, 'node_modules', '.bin', 'node');
  process.stdout.write(run(node, ['example.ts'], project));
  console.log(`npm install: the first program trained and wrote ${readFileSync(join(project, 'product.onnx')).length} bytes of ONNX`);
}
