import { existsSync, globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript6';
import { describe, expect, it } from 'vitest';
import { exportsOf, ROOT, rooms, text } from './support/house.js';

const { rolldown } = await import('rolldown');

const DOOR = /^src\/\w+\/browser\.ts$/;
const doors = rooms.map((room) => `src/${room}/browser.ts`).filter((file) => existsSync(join(ROOT, file)));
/** What runs in the reader's browser: where its bundles begin. */
const PAGES = globSync('blog/{client/*,play/*/main}.ts', { cwd: ROOT }).sort();

interface Import {
  readonly path: string;
  readonly isType: boolean;
}

/** What a module takes in: relative paths as files of the repository, packages by name. Types are gone when it runs. */
function importsOf(file: string, code = text(file)): Import[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier as ts.StringLiteral | undefined;
    if (!from) return [];
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement;
    const names = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    const each = names && 'elements' in names ? [...names.elements] : [];
    const onlyTypes = each.length > 0 && each.every((name) => name.isTypeOnly) && !(clause && 'name' in clause && clause.name);
    const path = from.text.startsWith('.') ? normalize(join(dirname(file), from.text)).replace(/\.js$/, '.ts') : from.text;
    return [{ path, isType: Boolean(clause && 'isTypeOnly' in clause && clause.isTypeOnly) || onlyTypes }];
  });
}

/** The files that a module loads, and the packages and modules of Node, each with how it is reached. */
function loaded(start: string): Map<string, string> {
  const found = new Map([[start, start]]);
  for (const [file, way] of found)
    if (file.startsWith('src/') || file.startsWith('blog/'))
      for (const { path, isType } of importsOf(file)) if (!isType && !found.has(path)) found.set(path, `${way} → ${path}`);
  return found;
}

const foreign = (start: string) => [...loaded(start)].filter(([path]) => !path.startsWith('src/')).map(([, way]) => way);

describe('a door for browsers', () => {
  it('is there where pages need one', () => {
    expect(doors).toContain('src/trade/browser.ts');
  });

  it.each(doors)('%s leads to no module of Node and to no package', (door) => {
    expect(foreign(door)).toEqual([]);
    expect(loaded(door).size).toBeGreaterThan(2);
  });

  it.each(doors)('%s is bundled whole, nothing shaken off, and takes in nothing from without', async (door) => {
    const build = await rolldown({
      input: join(ROOT, door),
      platform: 'neutral',
      resolve: { extensionAlias: { '.js': ['.ts'] } },
      treeshake: false,
      external: (name) => !/^[./]/.test(name),
    });
    const { output } = await build.generate({ format: 'es' });
    await build.close();
    expect(output).toHaveLength(1);
    expect([...output[0].imports, ...output[0].dynamicImports]).toEqual([]);
    expect(output[0].code).not.toMatch(/\bprocess\.|\brequire\(|node:/);
  });

  it('would notice a module of Node behind it', () => {
    expect(foreign('src/base/internal.ts')).toContain('src/base/internal.ts → src/base/digest.ts → node:crypto');
    expect(
      importsOf('src/a/b.ts', "import type { C } from './c.js';\nimport { type D } from './d.js';\nimport { type E, f } from './e.js';"),
    ).toEqual([
      { path: 'src/a/c.ts', isType: true },
      { path: 'src/a/d.ts', isType: true },
      { path: 'src/a/e.ts', isType: false },
    ]);
  });

  it('calls by their names what the other doors of its room offer', () => {
    const odd = doors.flatMap((door) => {
      const others = ['index', 'internal'].flatMap((name) => exportsOf(door.replace('browser', name)));
      return exportsOf(door).flatMap(({ name, symbol }) =>
        others.some((other) => other.name === name && other.symbol !== symbol)
          ? [`${door}: ${name} is another thing at the room's other doors`]
          : [],
      );
    });
    expect(odd).toEqual([]);
  });
});

describe('a page that computes in the browser', () => {
  it.each(PAGES)('%s takes values of the library through doors for browsers, and types through any door', (page) => {
    const wrong = [...loaded(page).keys()]
      .filter((file) => file.startsWith('blog/'))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ path, isType }) => path.startsWith('src/') && !(isType ? /^src\/\w+\/(index|browser)\.ts$/ : DOOR).test(path))
          .map(
            ({ path }) => `${file} imports ${path}: take it from browser.ts of its room, and offer it there if it needs nothing of Node`,
          ),
      );
    expect(wrong).toEqual([]);
    expect([...loaded(page).keys()].filter((path) => path.startsWith('node:'))).toEqual([]);
  });

  it('has its models made through the doors that users have', () => {
    const makers = globSync('blog/play/**/*.ts', { cwd: ROOT });
    const round = makers.flatMap((file) =>
      importsOf(file.replaceAll('\\', '/')).flatMap(({ path }) =>
        path.startsWith('src/') && !/^src\/\w+\/(index|browser)\.ts$/.test(path) ? [`${file} imports ${path}, round the door`] : [],
      ),
    );
    expect(round).toEqual([]);
  });
});
