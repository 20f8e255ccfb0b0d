import ts from 'typescript6';
import { call, kernel } from './kernel-object.js';

const { factory } = ts;

/**
 * Turns the import statements of a cell into `const $m0 = await $kernel.load('…')`, and says what each imported name then is:
 * `$m0.module.name`, a live binding, as in any ES module, that also follows a reload.
 */
export class ImportRewriter {
  readonly #isType: (imported: ts.Identifier) => boolean;
  readonly #values = new Map<ts.Declaration, { name: string; value: ts.Expression }>();
  #count = 0;

  constructor(isType: (imported: ts.Identifier) => boolean) {
    this.#isType = isType;
  }

  /** The statement that loads the module; nothing if only types come from it. */
  add(statement: ts.ImportDeclaration): ts.Statement {
    const load = factory.createAwaitExpression(call(kernel('load'), statement.moduleSpecifier));
    const { importClause } = statement;
    if (!importClause) return ts.setTextRange(factory.createExpressionStatement(load), statement);
    const variable = `$m${this.#count++}`;
    const module = factory.createPropertyAccessExpression(factory.createIdentifier(variable), 'module');
    const found = importClause.isTypeOnly ? 0 : this.#bind(importClause, module);
    if (!found) return factory.createEmptyStatement();
    const declaration = factory.createVariableDeclaration(variable, undefined, undefined, load);
    return ts.setTextRange(
      factory.createVariableStatement(undefined, factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const)),
      statement,
    );
  }

  has(declaration: ts.Declaration): boolean {
    return this.#values.has(declaration);
  }

  names(): { name: string; value: ts.Expression }[] {
    return [...this.#values.values()];
  }

  #bind({ name, namedBindings }: ts.ImportClause, module: ts.Expression): number {
    const before = this.#values.size;
    const add = (declaration: ts.Declaration, local: ts.Identifier, value: ts.Expression) => {
      if (!this.#isType(local)) this.#values.set(declaration, { name: local.text, value });
    };
    if (name) add(name.parent as ts.ImportClause, name, factory.createPropertyAccessExpression(module, 'default'));
    if (namedBindings && ts.isNamespaceImport(namedBindings)) add(namedBindings, namedBindings.name, module);
    if (namedBindings && ts.isNamedImports(namedBindings))
      for (const element of namedBindings.elements) {
        if (element.isTypeOnly) continue;
        const exported = (element.propertyName ?? element.name).text;
        add(element, element.name, factory.createElementAccessExpression(module, factory.createStringLiteral(exported)));
      }
    return this.#values.size - before;
  }
}
