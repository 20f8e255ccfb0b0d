import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registeredLayers } from '../src/tensor/layer.js';
import { type AnyLayer, layersDescribedIn } from './support/layers.js';

const ROOT = join(import.meta.dirname, '..');

/** A `layer({ … })` of a source file. */
interface Definition {
  readonly file: string;
  readonly line: number;
  /** The constant that holds the layer, and the name that it is given. */
  readonly constant: string | undefined;
  readonly name: string | undefined;
}

/** The layers that a file defines: code alone, not what comments show. */
function definitionsIn(file: string, code: string): Definition[] {
  const text = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ' '));
  return [...text.matchAll(/(?:const (\w+) = )?(?<!function )\blayer\((?:\{\s*name: '(\w+)')?/g)].map(
    ({ index, 1: constant, 2: name }) => ({
      file,
      line: text.slice(0, index).split('\n').length,
      constant,
      name,
    }),
  );
}

/** What is wrong, with file, line and fix. */
function problems(
  definitions: readonly Definition[],
  registered: ReadonlyMap<string, AnyLayer>,
  described: ReadonlySet<AnyLayer>,
): string[] {
  const found: string[] = [];
  for (const { file, line, constant, name } of definitions) {
    const at = `${file}:${line}`;
    if (!name || constant !== name) {
      found.push(`${at}: write const ${name ?? constant ?? 'cube'} = layer({ name: '${name ?? constant ?? 'cube'}', …: one name, first`);
      continue;
    }
    const layer = registered.get(name);
    if (definitions.some((other) => other.name === name && `${other.file}:${other.line}` < at))
      found.push(`${at}: another layer is named ${name} too; name them apart`);
    else if (!layer) found.push(`${at}: layer ${name} is not there once its file is loaded; make it at the top level of the file`);
    else if (!described.has(layer))
      found.push(
        `${at}: the backward of ${name} has no test; add describeLayer(${name}, { … }) of tests/support/layers.ts to ${dirname(file)}/derivatives.test.ts, with a reference`,
      );
  }
  for (const name of registered.keys())
    if (!definitions.some((definition) => definition.name === name)) found.push(`layer ${name} is defined by no layer({ … }) of src/`);
  return found;
}

describe('every layer', () => {
  it('has its backward tested', { timeout: 120_000 }, async () => {
    const sources = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
    const definitions = sources.flatMap((file) => definitionsIn(file, readFileSync(join(ROOT, file), 'utf8')));
    for (const { file } of definitions) await import(join(ROOT, file));
    const tests = globSync('src/**/derivatives.test.ts', { cwd: ROOT });
    const described = await layersDescribedIn(async () => {
      for (const file of tests) await import(join(ROOT, file));
    });
    expect(problems(definitions, registeredLayers, described)).toEqual([]);
    expect(described.size).toBeGreaterThan(30);
  });
});

describe('a layer without a test', () => {
  const code = "\n\nexport const cube = layer({\n  name: 'cube',\n});\n";
  const [cube, other] = [
    Object.assign(() => 0, { layerName: 'cube', plain: () => 0 }),
    Object.assign(() => 0, { layerName: 'cube', plain: () => 0 }),
  ];
  const registered = new Map([['cube', cube]]);
  const check = (code: string, layers: ReadonlyMap<string, AnyLayer>, ...described: AnyLayer[]) =>
    problems(definitionsIn('src/nn/cube.ts', code), layers, new Set(described));

  it('is nothing to say of one that has it', () => {
    expect(check(code, registered, cube)).toEqual([]);
    expect(check(`/** layer({ name: 'shown' }) */\n// layer(\n${code}`, registered, cube)).toEqual([]);
  });

  it.each([
    ['is named', code, registered, [], 'src/nn/cube.ts:3: the backward of cube has no test; add describeLayer(cube, '],
    ['is named where another of its name has one', code, registered, [other], 'src/nn/cube.ts:3: the backward of cube has no test'],
    ['cannot hide in a function', code, new Map(), [cube], 'src/nn/cube.ts:3: layer cube is not there once its file is loaded'],
    ['cannot hide behind a name', `${code}${code}`, registered, [cube], 'src/nn/cube.ts:8: another layer is named cube too'],
    [
      'cannot hide its name',
      'const cube = layer(definition);',
      registered,
      [cube],
      "src/nn/cube.ts:1: write const cube = layer({ name: 'cube', …",
    ],
    ['cannot hide behind another', code.replace('const cube', 'const ball'), registered, [cube], 'src/nn/cube.ts:3: write const cube = '],
    ['cannot come from elsewhere', '', registered, [], 'layer cube is defined by no layer({ … }) of src/'],
  ] as const)('%s', (_, code, layers, described, message) => {
    expect(check(code, layers, ...described)[0]).toContain(message);
  });
});
