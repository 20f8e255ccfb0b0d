import ts from 'typescript6';
import { namesIn } from './bindings.js';
import type { CellNames } from './cell-names.js';
import { call } from './kernel-object.js';

const { factory } = ts;

/** Turns the declarations of a cell's top-level variables into assignments to their records. */
export class Assignments {
  readonly #names: CellNames;
  readonly #visit: (node: ts.Expression) => ts.Expression;

  constructor(names: CellNames, visit: (node: ts.Expression) => ts.Expression) {
    this.#names = names;
    this.#visit = visit;
  }

  /** `let [x, y = 1] = f();` → `[x$0.value, y$0.value = 1] = f(); $kernel.reached('x', 'y');` */
  statementsOf(declaration: ts.VariableDeclaration): ts.Statement[] {
    const list = declaration.parent as ts.VariableDeclarationList;
    const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
    const initial = declaration.initializer ?? (isVar ? undefined : factory.createVoidZero());
    const assigned = initial ? [this.#statement(this.#assign(declaration.name, initial), declaration)] : [];
    return [...assigned, ...this.#names.reached(namesIn(declaration.name))];
  }

  /** The same for `var` in a block or the head of a loop, where only an expression may stand. */
  ofHoisted({ declarations, parent }: ts.VariableDeclarationList): ts.Expression {
    const [{ name }] = declarations;
    if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return this.#target(name);
    const parts = declarations.flatMap(({ name, initializer }) => (initializer ? [this.#assign(name, initializer)] : []));
    return parts.length ? factory.createCommaListExpression(parts) : factory.createVoidZero();
  }

  /** `import a = N.b;` and `import fs = require('fs');` */
  ofAlias({ name, moduleReference }: ts.ImportEqualsDeclaration): ts.Statement[] {
    const value = ts.isExternalModuleReference(moduleReference)
      ? call(factory.createIdentifier('require'), moduleReference.expression)
      : this.#entity(moduleReference);
    return [this.#statement(factory.createAssignment(this.#names.value(name.text), value), name), ...this.#names.reached([name.text])];
  }

  #entity(name: ts.EntityName): ts.Expression {
    return ts.isIdentifier(name) ? this.#visit(name) : factory.createPropertyAccessExpression(this.#entity(name.left), name.right);
  }

  #statement = (expression: ts.Expression, at: ts.Node) => ts.setTextRange(factory.createExpressionStatement(expression), at);

  #assign(name: ts.BindingName, value: ts.Expression): ts.Expression {
    return factory.createAssignment(this.#target(name), this.#initial(name, value));
  }

  #target(name: ts.BindingName): ts.Expression {
    if (ts.isIdentifier(name)) return this.#names.value(name.text);
    if (ts.isArrayBindingPattern(name))
      return factory.createArrayLiteralExpression(
        name.elements.map((element) => {
          if (ts.isOmittedExpression(element)) return element;
          return element.dotDotDotToken ? factory.createSpreadElement(this.#target(element.name)) : this.#withDefault(element);
        }),
      );
    return factory.createObjectLiteralExpression(
      name.elements.map((element) => {
        if (element.dotDotDotToken) return factory.createSpreadAssignment(this.#target(element.name));
        return factory.createPropertyAssignment(this.#keyOf(element), this.#withDefault(element));
      }),
    );
  }

  #keyOf({ propertyName, name }: ts.BindingElement): ts.PropertyName {
    if (!propertyName) return name as ts.Identifier;
    return ts.isComputedPropertyName(propertyName)
      ? factory.updateComputedPropertyName(propertyName, this.#visit(propertyName.expression))
      : propertyName;
  }

  #withDefault({ name, initializer }: ts.BindingElement): ts.Expression {
    return initializer ? this.#assign(name, initializer) : this.#target(name);
  }

  /** A function takes its name from the variable it is assigned to, but not from a property: `({ f: () => 1 }).f` has it. */
  #initial(name: ts.BindingName, value: ts.Expression): ts.Expression {
    const visited = this.#visit(value);
    if (!ts.isIdentifier(name) || !isAnonymousFunction(unwrapped(value))) return visited;
    const named = factory.createObjectLiteralExpression([factory.createPropertyAssignment(name.text, visited)]);
    return factory.createPropertyAccessExpression(named, name.text);
  }
}

const isAnonymousFunction = (node: ts.Expression) =>
  ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && !node.name);

/** Without brackets and assertions of type, which leave no trace in JavaScript. */
export function unwrapped(node: ts.Expression): ts.Expression {
  const isWrapped =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node);
  return isWrapped ? unwrapped(node.expression) : node;
}
