import ts from 'typescript6';
import { declaredNames, exportedNames, importedNames, mentionedNames, variableNames } from './bindings.js';
import { Checker } from './checker.js';
import { compileCell } from './compile-cell.js';
import { complete } from './complete.js';
import type { Completions } from './completions.js';
import { type Diagnostic, diagnose } from './diagnose.js';
import { type Inspection, inspect } from './inspect.js';
import { renameOlderMeanings } from './older-meaning.js';
import { Options, switchesIn } from './options.js';
import { type Borrowed, Slots } from './slots.js';
import { StaleCells } from './stale-cells.js';
import { typesAmong } from './types-among.js';

/** A cell as JavaScript, ready to run. Its lines map back to the cell's TypeScript through `sourceMap`. */
export interface CompiledCell {
  javascript: string;
  sourceMap: string;
  /** Top-level names, as later cells will see them. */
  names: string[];
  /** What the reader should know though nothing is wrong, a line each. */
  notes: string[];
}

export type Compilation = { cell: CompiledCell; diagnostics?: undefined } | { cell?: undefined; diagnostics: Diagnostic[] };

/**
 * The cells of a notebook as one TypeScript program. Each cell is a module that exports its top-level names and imports, from
 * the cell that declared it last, every earlier name it mentions; so types flow from cell to cell exactly as between files,
 * and a name may be declared again. Both lists stand *after* the cell's own text, so that no line moves.
 */
export class Notebook {
  readonly #options: Options;
  readonly #checker: Checker;
  readonly #directory: string;
  readonly #slots: Slots;
  /** name → the execution that declared it last, where its cell lies, and whether it may be assigned */
  readonly #declaredBy = new Map<string, { id: string; slot: number; isVariable: boolean }>();
  /** Execution → its module, until it has run. */
  readonly #modules = new Map<string, Module>();
  /** Modules without types that were named once. */
  readonly #untyped = new Set<string>();
  #aliases: ReadonlyMap<string, string> = new Map();
  /** Execution → the executions whose names it uses. */
  readonly #uses = new Map<string, Set<string>>();
  readonly #stale = new StaleCells();

  constructor(directory: string) {
    this.#directory = directory;
    this.#options = new Options(directory);
    this.#checker = new Checker(directory, this.#options);
    this.#slots = new Slots(this.#checker);
  }

  /** Loads the standard library's types, so that the first cell does not wait for them. */
  warmUp(): void {
    this.compile('warm-up', "console.log('');");
  }

  compile(id: string, cell: string): Compilation {
    const { code, switches, wrong } = switchesIn(cell);
    if (wrong)
      return { diagnostics: [{ code: UNKNOWN_OPTION, message: wrong.message, line: wrong.line, column: 0, length: wrong.text.length }] };
    for (const [name, on] of switches) this.#options.set(name, on);
    if (switches.length) this.#checker.configure();
    const module = this.#moduleOf(code);
    const { names, source } = module;
    const text = [module.code, ...this.#slots.imports(module.borrowed), module.exports].join('\n');
    this.#checker.write(this.#checker.cell, text);
    const { diagnostics, untyped } = this.#diagnose(code);
    if (diagnostics.length)
      return { diagnostics: diagnostics.map((found) => ({ ...found, message: this.#withoutAliases(found.message) })) };
    this.#modules.set(id, module);
    this.#uses.set(
      id,
      new Set(mentionedNames(source).flatMap((name) => (names.includes(name) ? [] : (this.#declaredBy.get(name)?.id ?? [])))),
    );
    const types = this.#checker.ask((project) => typesAmong(importedNames(source), project, this.#checker.cell));
    const compiled = compileCell(this.#checker.fileOf(id), text, code.length, this.#options.emit(), (name) => types.has(name.getStart()));
    return { cell: { ...compiled, names, notes: this.#notesOn(untyped) } };
  }

  /** The cells that a cell leaves behind, which its front end calls `cell`: they took names from what it was before it changed. */
  leftBehind(id: string, cell: string, code: string): string[] {
    return this.#stale.ran(cell, { id, code, uses: this.#uses.get(id) ?? new Set() });
  }

  /** While a cell runs that imports modules, lets the compiler take up what changes by it for later cells: it takes longest for these. */
  anticipate(id: string): void {
    const module = this.#modules.get(id);
    if (!module?.names.length || !module.source.statements.some(ts.isImportDeclaration)) return;
    module.slot = this.#slots.take(module.code, module.borrowed, module.exports);
    this.#checker.write(this.#checker.cell, this.#slots.imports(new Map()).join('\n'));
    this.#checker.takeUp();
  }

  /** Makes the names of a cell that ran visible to the cells after it. */
  publish(id: string, names: string[]): void {
    const module = this.#modules.get(id);
    this.#modules.delete(id);
    const augments = module !== undefined && /\bdeclare\s{1,9}(?:global|module)\b|^\/\/\/ *<reference /m.test(module.code);
    if (!module || !(names.length || augments)) return;
    const slot = module.slot ?? this.#slots.take(module.code, module.borrowed, module.exports);
    const variables = new Set(variableNames(module.source));
    for (const name of names) this.#declaredBy.set(name, { id, slot, isVariable: variables.has(name) });
    if (augments) this.#checker.forgetGlobals();
  }

  /** Whether a cell that ran declared the name. */
  declares(name: string): boolean {
    return this.#declaredBy.has(name);
  }

  complete(text: string, offset: number): Completions {
    return complete(this.#checker, { ...this.#put(text), offset }, this.#directory);
  }

  inspect(text: string, offset: number): Inspection | undefined {
    return inspect(this.#checker, { ...this.#put(text), offset }, this.#isVariable);
  }

  /** Ends the compiler. */
  close(): void {
    this.#checker.close();
  }

  #withoutAliases(message: string): string {
    let text = message;
    for (const [alias, name] of this.#aliases) text = text.replaceAll(alias, name);
    return text;
  }

  /** The errors of a cell. Decorators are those of the standard or TypeScript's older ones, whichever the notebook's fit. */
  #diagnose(code: string): ReturnType<typeof diagnose> {
    const ask = () => this.#checker.ask((project) => diagnose(project, this.#checker.cell, code, this.#isVariable));
    const retry = (change: () => void) => {
      change();
      return ask();
    };
    let found = ask();
    if (found.diagnostics.some(({ code }) => code === MODULE_NOT_FOUND)) found = retry(() => this.#checker.forget());
    if (!found.diagnostics.some(({ code }) => IN_DECORATORS.has(code)) || this.#options.isSet('experimentalDecorators')) return found;
    const before = this.#options.get('experimentalDecorators') === true;
    const turn = (on: boolean) => () => {
      this.#options.guess('experimentalDecorators', on);
      this.#checker.configure();
    };
    const other = retry(turn(!before));
    if (!other.diagnostics.some(({ code }) => IN_DECORATORS.has(code))) return other;
    turn(before)();
    return found;
  }

  #isVariable = (name: string) => this.#declaredBy.get(name)?.isVariable === true;

  #notesOn(untyped: string[]): string[] {
    const first = untyped.filter((specifier) => !this.#untyped.has(specifier));
    for (const specifier of first) this.#untyped.add(specifier);
    return first.map((specifier) => `'${specifier}' has no types, so what comes from it is any.`);
  }

  /** A half-written cell may swallow what follows it: here the names of earlier cells stand before it. */
  #put(text: string): { code: string; shift: number } {
    const { code } = switchesIn(text);
    const own = new Set(declaredNames(parse(code)));
    const mentioned = [...this.#declaredBy.keys()].filter((name) => !own.has(name));
    const before = this.#slots.imports(this.#borrowed(mentioned.map((name) => [name, name]))).join(' ');
    this.#checker.write(this.#checker.cell, `${before}\n${code}`);
    return { code, shift: before.length + 1 };
  }

  #moduleOf(code: string): Module {
    const source = parse(code);
    const names = declaredNames(source);
    const own = new Set(names);
    const mentioned = identifiersIn(code).filter((name) => !own.has(name));
    const renamed = renameOlderMeanings(source, (name) => this.#declaredBy.has(name));
    this.#aliases = renamed.aliases;
    const borrowed = this.#borrowed([...mentioned.map((name): [string, string] => [name, name]), ...renamed.aliases]);
    const exported = exportedNames(source);
    const exports = `export { ${names.filter((name) => !exported.has(name)).join(', ')} };`;
    return { code: renamed.code, borrowed, exports, names, source };
  }

  /** Of pairs of a local name and what it is called in earlier cells, those that an earlier cell declared, by its slot. */
  #borrowed(pairs: [local: string, name: string][]): Borrowed {
    const borrowed = new Map<number, string[]>();
    for (const [local, name] of pairs) {
      const slot = this.#declaredBy.get(name)?.slot;
      if (slot !== undefined) borrowed.set(slot, [...(borrowed.get(slot) ?? []), local === name ? name : `${name} as ${local}`]);
    }
    return borrowed;
  }
}

/** A cell as the type checker sees it. */
interface Module {
  code: string;
  borrowed: Borrowed;
  exports: string;
  /** What it declares. */
  names: string[];
  source: ts.SourceFile;
  /** Where it lies already, before it has run. */
  slot?: number;
}

const MODULE_NOT_FOUND = 2307;
const UNKNOWN_OPTION = 5023;
/** Decorators that do not fit what they decorate, and decorators where the standard has none. */
const IN_DECORATORS = new Set([1206, 1238, 1239, 1240, 1241, 1270, 1271, 1329]);

const parse = (code: string) => ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true);

function identifiersIn(code: string): string[] {
  return [...new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))];
}
