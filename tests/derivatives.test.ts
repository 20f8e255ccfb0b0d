import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript6';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each hand-derived backward must be put through by the test of its file; see tests/support/gradients.ts and compiled.ts. */
const CHECKS = ['expectThreeWays', 'expectReference', 'expectCompiled'];

type Sources = Readonly<Record<string, string>>;

/** What a file declares and imports, by name. */
interface File {
  readonly declared: ReadonlyMap<string, ts.Node>;
  readonly imported: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  readonly root: ts.Node;
}

function parse(path: string, code: string): File {
  const root = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  const declared = new Map<string, ts.Node>();
  const imported = new Map<string, { from: string; name: string }>();
  visit(root, (node) => {
    if ((ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name)
      visit(node.name, (name) => void (ts.isIdentifier(name) && declared.set(name.text, node)));
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const from = normalize(join(dirname(path), node.moduleSpecifier.text)).replace(/\.js$/, '.ts');
    const bindings = node.importClause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) imported.set(bindings.name.text, { from, name: '*' });
    else
      for (const { name, propertyName } of bindings?.elements ?? []) imported.set(name.text, { from, name: (propertyName ?? name).text });
  });
  return { declared, imported, root };
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

const called = (node: ts.Node) => (ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : undefined);

/** The names that `firstOrder` is called with, in a node. */
function handDerived(node: ts.Node): string[] {
  const found: string[] = [];
  visit(node, (node) => {
    if (called(node) !== 'firstOrder') return;
    const [name] = (node as ts.CallExpression).arguments;
    found.push(ts.isStringLiteral(name) ? name.text : `the one named by ${name.getText()}`);
  });
  return found;
}

/**
 * The backwards that some nodes of a file use: through its declarations, and through what it imports, if it is a test or that is a file which
 * the room does not export. So a layer is not checked by checking a model that has it.
 */
function reached(files: ReadonlyMap<string, File>, path: string, nodes: readonly ts.Node[], seen = new Set<ts.Node>()): string[] {
  const { declared, imported } = files.get(path)!;
  const found: string[] = [];
  const follow = (path: string, node: ts.Node | undefined) => {
    if (!node || seen.has(node)) return;
    seen.add(node);
    found.push(...reached(files, path, [node], seen));
  };
  for (const node of nodes) {
    found.push(...handDerived(node));
    visit(node, (node) => {
      if (!ts.isIdentifier(node) || isMember(node)) return;
      follow(path, declared.get(node.text));
      const origin = imported.get(node.text);
      const from = origin && files.get(origin.from);
      if (!from || !(path.endsWith('.test.ts') || isPrivate(files, origin.from))) return;
      follow(origin.from, from.declared.get(origin.name === '*' ? member(node) : origin.name));
    });
  }
  return found;
}

const isPrivate = (files: ReadonlyMap<string, File>, path: string): boolean => {
  const [, room, ...rest] = path.split('/');
  return !files
    .get(`src/${room}/index.ts`)
    ?.root.getText()
    .includes(`'./${rest.join('/').replace(/ts$/, 'js')}'`);
};

/** y of x.y and of { y: x }, which names no variable. */
const isMember = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node;
const member = ({ parent }: ts.Identifier): string => (ts.isPropertyAccessExpression(parent) ? parent.name.text : '');

/** The backwards that no call of a check reaches, each with the checks it lacks. */
function unchecked(sources: Sources): string[] {
  const files = new Map(Object.entries(sources).map(([path, code]) => [path, parse(path, code)]));
  const checked = new Set<string>();
  for (const [path, { root }] of files) {
    if (!path.endsWith('.test.ts')) continue;
    visit(root, (node) => {
      const check = called(node);
      if (!check || !CHECKS.includes(check)) return;
      const given: ts.Node[] = [...(node as ts.CallExpression).arguments];
      // The table of an `it.each(table)` or `describe.each(table)` around it.
      for (let around = node.parent; around; around = around.parent) if (ts.isCallExpression(around)) given.push(around.expression);
      for (const name of reached(files, path, given)) checked.add(`${check} ${name}`);
    });
  }
  return [...files].flatMap(([path, { root }]) =>
    handDerived(root).flatMap((name) => {
      const missing = CHECKS.filter((check) => !checked.has(`${check} ${name}`));
      return missing.length > 0 ? [`${path}: ${name} lacks ${missing.join(', ')}`] : [];
    }),
  );
}

describe('a hand-derived backward', () => {
  const paths = globSync('src/{nn,models,attack,rl}/**/*.ts', { cwd: ROOT });
  const sources = Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));

  it('agrees with differences and autodiff, with a reference, and compiled', { timeout: 60_000 }, () => {
    expect(unchecked(sources)).toEqual([]);
    expect(handDerived(parse('all.ts', Object.values(sources).join('\n')).root).length).toBeGreaterThan(40);
  });

  const layer = "const inner = firstOrder('cube', f); export const cube = (x) => inner(x); export const twice = (x) => x;";
  const [index, block] = ["export { cube } from './cube.js';", "import { cube } from './cube.js'; export const block = (x) => cube(x);"];
  const from = (test: string) => ({
    'src/nn/index.ts': index,
    'src/nn/cube.ts': layer,
    'src/nn/block.ts': block,
    'src/nn/cube.test.ts': `import { cube, twice } from './cube.js'; import * as all from './cube.js'; import { block } from './block.js'; ${test}`,
  });
  const every = (f: string) => CHECKS.map((check) => `${check}(${f}, points);`).join(' ');

  it.each([
    ['directly', every('cube')],
    ['by its module', every('all.cube')],
    ['through a function of the test', `const layer = (x) => cube(x); ${every('layer')}`],
    ['by a table', `const TABLE = [['cube', cube]]; describe.each(TABLE)('%s', (_, layer) => { it('', () => { ${every('layer')} }); });`],
  ])('counts as checked %s', (_, test) => {
    expect(unchecked(from(test))).toEqual([]);
  });

  it.each([
    ['nothing checks', '', 'expectThreeWays, expectReference, expectCompiled'],
    ['one check leaves out', every('cube').replace(/expectCompiled.*/, ''), 'expectCompiled'],
    ['only its neighbour is checked for', `it('', () => cube(1)); ${every('twice')}`, 'expectThreeWays, expectReference, expectCompiled'],
    ['only numbers are named after', every('numbers.cube'), 'expectThreeWays, expectReference, expectCompiled'],
    ['only a block of layers is checked with', every('block'), 'expectThreeWays, expectReference, expectCompiled'],
  ])('that %s is found', (_, test, missing) => {
    expect(unchecked(from(test))).toEqual([`src/nn/cube.ts: cube lacks ${missing}`]);
  });
});
