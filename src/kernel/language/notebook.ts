import ts from 'typescript6';
import { declaredNames, exportedNames } from './bindings.js';
import { compileCell } from './compile-cell.js';
import { type Completions, complete } from './complete.js';
import { type Diagnostic, diagnose } from './diagnose.js';
import { LanguageHost } from './host.js';
import { type Inspection, inspect } from './inspect.js';
import { renameOlderMeanings } from './older-meaning.js';

/** A cell as JavaScript, ready to run. Its lines map back to the cell's TypeScript through `sourceMap`. */
export interface CompiledCell {
  javascript: string;
  sourceMap: string;
  /** Top-level names, as later cells will see them. */
  names: string[];
}

export type Compilation = { cell: CompiledCell; diagnostics?: undefined } | { cell?: undefined; diagnostics: Diagnostic[] };

/**
 * The cells of a notebook as one TypeScript program. Each cell is a module that exports its top-level names and imports, from
 * the cell that declared it last, every earlier name it mentions; so types flow from cell to cell exactly as between files,
 * and a name may be declared again. Both lists stand *after* the cell's own text, so that no line moves.
 */
export class Notebook {
  readonly #host: LanguageHost;
  readonly #service: ts.LanguageService;
  /** Cells that add to the types of the world: `declare global`, `declare module`. */
  readonly #augmenting = new Set<string>();
  /** name → id of the cell that declared it last */
  readonly #declaredBy = new Map<string, string>();
  #aliases = new Map<string, string>();

  constructor(directory: string) {
    this.#host = new LanguageHost(directory);
    this.#service = ts.createLanguageService(this.#host, ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, directory));
  }

  /** Loads the standard library's types, so that the first cell does not wait for them. */
  warmUp(): void {
    this.#put('warm-up', "console.log('');");
    this.#service.getSemanticDiagnostics(this.#host.fileOf('warm-up'));
    this.#host.remove('warm-up');
  }

  compile(id: string, code: string): Compilation {
    const names = this.#put(id, code);
    const file = this.#host.fileOf(id);
    const diagnostics = diagnose(this.#service, file, code).map((diagnostic) => ({
      ...diagnostic,
      message: this.#withoutAliases(diagnostic.message),
    }));
    if (diagnostics.length) {
      this.#host.remove(id);
      return { diagnostics };
    }
    return { cell: { ...compileCell(this.#service.getProgram()!, file, code.length), names } };
  }

  /** Makes the names of a cell that ran visible to the cells after it. */
  publish(id: string, names: string[]): void {
    for (const name of names) this.#declaredBy.set(name, id);
    if (/\bdeclare\s+(global|module)\b/.test(this.#host.readFile(this.#host.fileOf(id)) ?? '')) this.#augmenting.add(id);
    this.#host.setRoots([...new Set([...this.#augmenting, ...this.#declaredBy.values()])]);
  }

  /** Whether a cell that ran declared the name. */
  declares(name: string): boolean {
    return this.#declaredBy.has(name);
  }

  complete(code: string, offset: number): Completions {
    return this.#ask(code, (file) => complete(this.#service, file, code, offset));
  }

  inspect(code: string, offset: number): Inspection | undefined {
    return this.#ask(code, (file) => inspect(this.#service, file, code, offset));
  }

  #ask<T>(code: string, question: (file: string) => T): T {
    this.#put('question', code, [...this.#declaredBy.keys()]);
    try {
      return question(this.#host.fileOf('question'));
    } finally {
      this.#host.remove('question');
    }
  }

  #withoutAliases(message: string): string {
    let text = message;
    for (const [alias, name] of this.#aliases) text = text.replaceAll(alias, name);
    return text;
  }

  /** Writes the cell's module and returns the names it declares. */
  #put(id: string, code: string, mentioned = identifiersIn(code)): string[] {
    const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true);
    const names = declaredNames(source);
    const own = new Set(names);
    const imports = mentioned
      .filter((name) => !own.has(name) && this.#declaredBy.has(name))
      .map((name) => `import { ${name} } from './${this.#declaredBy.get(name)}';`);
    const renamed = renameOlderMeanings(source, (name) => this.#declaredBy.has(name));
    this.#aliases = renamed.aliases;
    for (const [alias, name] of renamed.aliases) imports.push(`import { ${name} as ${alias} } from './${this.#declaredBy.get(name)}';`);
    const exported = exportedNames(source);
    const exports = `export { ${names.filter((name) => !exported.has(name)).join(', ')} };`;
    this.#host.put(id, [renamed.code, ...imports, exports].join('\n'));
    return names;
  }
}

function identifiersIn(code: string): string[] {
  return [...new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))];
}
