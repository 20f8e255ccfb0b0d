import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The picture of the house: each room and the rooms below it that it may import from. `trade` comes with later weeks. */
const BELOW: Record<string, string[]> = {
  base: [],
  linalg: ['base'],
  stats: ['linalg', 'base'],
  tensor: ['base'],
  nn: ['tensor', 'base'],
  optim: ['tensor', 'base'],
  attack: ['nn', 'optim', 'tensor', 'base'],
  models: ['nn', 'optim', 'stats', 'linalg', 'tensor', 'base'],
  datasets: ['base'],
  market: ['stats', 'linalg', 'base'],
  train: ['models', 'nn', 'optim', 'tensor', 'base'],
  rl: ['train', 'models', 'nn', 'optim', 'stats', 'linalg', 'tensor', 'base'],
  text: ['tensor', 'base'],
  trade: ['rl', 'train', 'market', 'models', 'nn', 'optim', 'stats', 'linalg', 'tensor', 'base'],
  report: ['trade', 'rl', 'train', 'market', 'models', 'nn', 'optim', 'stats', 'linalg', 'tensor', 'base'],
  desk: ['report', 'trade', 'rl', 'train', 'market', 'text', 'datasets', 'models', 'nn', 'optim', 'stats', 'linalg', 'tensor', 'base'],
  kernel: ['base'],
  cli: [
    'desk',
    'kernel',
    'report',
    'trade',
    'rl',
    'train',
    'market',
    'text',
    'datasets',
    'models',
    'nn',
    'optim',
    'stats',
    'linalg',
    'tensor',
    'base',
  ],
};
/** A room is entered by what it offers to users, or by what it offers to other rooms only. */
const DOORS = /^src\/\w+\/(index|internal)\.js$/;
const LINES_PER_FILE = 400;
const LINES_OF_CODE = 20_000;

const ROOT = join(import.meta.dirname, '..');
const sources = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const roomOf = (file: string) => file.split('/')[1];
const rooms = [...new Set(sources.map(roomOf))].sort();

/** Where a file imports from, type imports and dynamic ones included. */
function importsIn(code: string): string[] {
  const statement = /^(?:import|export)\b[^;'"]*?\bfrom\s*'([^'\n]+)'|^import\s*'([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm;
  return [...code.matchAll(statement)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic);
}

/** Lines that say something to the compiler: blank lines and comments are free, so that no one saves on explanation. */
const codeLines = (file: string): number =>
  text(file)
    .replace(/^\s*\/\*\*?[\s\S]*?\*\/\s*$/gm, '')
    .split('\n')
    .filter((line) => /\S/.test(line) && !/^\s*\/\//.test(line)).length;

/** A relative import as a path of the repository. */
const target = (file: string, specifier: string) => normalize(join(dirname(file), specifier));

/** What is wrong with the imports of one file. */
function violations(file: string, specifiers: readonly string[]): string[] {
  const room = roomOf(file);
  return specifiers.flatMap((specifier) => {
    if (/^lemmata(\/|$)/.test(specifier)) return [`${file} imports ${specifier}: inside src use the relative path`];
    if (!specifier.startsWith('.')) return [];
    const path = target(file, specifier);
    if (!path.startsWith('src/')) return [`${file} imports ${path}, outside src`];
    const other = roomOf(path);
    if (other === room) return [];
    if (!BELOW[room]?.includes(other)) return [`${file} imports ${path}: ${room} does not stand on ${other}`];
    return DOORS.test(path) ? [] : [`${file} imports ${path}, round the door: take it from src/${other}/index.js, or internal.js`];
  });
}

describe('the house', () => {
  it('has only rooms of the picture, each with its door', () => {
    expect(rooms.filter((room) => !(room in BELOW))).toEqual([]);
    expect(rooms.filter((room) => room !== 'cli' && !existsSync(join(ROOT, 'src', room, 'index.ts')))).toEqual([]);
  });

  it('imports only downwards', () => {
    expect(sources.flatMap((file) => violations(file, importsIn(text(file))))).toEqual([]);
  });

  it.each([
    ['upwards', 'src/tensor/tree.ts', '../nn/linear.js'],
    ['sideways', 'src/market/store/store.ts', '../../train/fit.js'],
    ['out of src', 'src/tensor/tree.ts', '../../tests/theorem.js'],
    ['round a door', 'src/nn/linear.ts', '../tensor/tree.js'],
    ['by the name of the package', 'src/nn/linear.ts', 'lemmata/tensor'],
  ])('would notice an import %s', (_, file, specifier) => {
    expect(violations(file, [specifier])).toHaveLength(1);
  });

  it('sees every form of import', () => {
    const code = `import './a.js';\nimport type { B } from './b.js';\nimport {\n  c,\n} from './c.js';\nexport * from './d.js';\n  await import('./e.js');
const text = "from './no.js'";\nexport type F = 'f';`;
    expect(importsIn(code)).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js']);
  });

  it('has no cycle between files, types aside', () => {
    expect(cycles()).toEqual([]);
  });

  it(`has no file over ${LINES_PER_FILE} lines`, () => {
    expect(sources.filter((file) => text(file).trimEnd().split('\n').length > LINES_PER_FILE)).toEqual([]);
  });

  it(`has fewer than ${LINES_OF_CODE} lines of code`, () => {
    const total = sources.reduce((sum, file) => sum + codeLines(file), 0);
    const written = sources.reduce((sum, file) => sum + text(file).split('\n').length, 0);
    console.log(`src: ${total} of ${LINES_OF_CODE} lines of code in ${sources.length} files; ${written} with blank lines and comments`);
    expect(total).toBeLessThan(LINES_OF_CODE);
  });
});

/** Cycles of value imports: `a → b → a`. */
function cycles(): string[] {
  const valueImports = (file: string) => text(file).replace(/^import type [^;]*;/gm, '');
  const edges = new Map(
    sources.map((file) => {
      const specifiers = [...valueImports(file).matchAll(/^(?:import|export)[^;]*? from '(\.[^'\n]+)'/gm)].map((match) => match[1]);
      return [file, specifiers.map((specifier) => target(file, specifier).replace(/\.js$/, '.ts'))];
    }),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].map((at) => relative('src', at)).join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  return found;
}
