import ts from 'typescript6';
import { call, kernel } from './kernel-object.js';

const { factory } = ts;

/** A value that a cell's top level declares. */
export interface Local {
  name: string;
  declaration: ts.Declaration;
  /** `var`: undefined, not missing, before its statement. */
  hoists: boolean;
}

/** The records of the names that a cell declares or mentions, as variables of its JavaScript: `x$0.value` is the name `x`. */
export class CellNames {
  readonly #declared = new Set<string>();
  readonly #used = new Set<string>();
  readonly #suffix: string;

  constructor(code: string) {
    let suffix = '$0';
    while (code.includes(suffix)) suffix += '0';
    this.#suffix = suffix;
  }

  declare(name: string): void {
    this.#declared.add(name);
  }

  /** `name$0.value` */
  value(name: string): ts.PropertyAccessExpression {
    this.#used.add(name);
    return factory.createPropertyAccessExpression(this.#record(name), 'value');
  }

  /** `name$0.value = name;` for what stays a declaration of the cell: functions, classes, enums. */
  assignOwn(names: string[]): ts.Statement[] {
    const assignments = names.map((name) => factory.createAssignment(this.value(name), factory.createIdentifier(name)));
    return [...assignments.map((assignment) => factory.createExpressionStatement(assignment)), ...this.reached(names)];
  }

  /** `$kernel.bind('name', () => $m0.module);` */
  bind(name: string, value: ts.Expression): ts.Statement {
    const read = factory.createArrowFunction(undefined, undefined, [], undefined, undefined, value);
    return factory.createExpressionStatement(call(kernel('bind'), factory.createStringLiteral(name), read));
  }

  /** `$kernel.reached('name');`: from here on later cells may take the cell's meaning of it. */
  reached(names: string[]): ts.Statement[] {
    return names.length ? [factory.createExpressionStatement(call(kernel('reached'), ...names.map((name) => text(name))))] : [];
  }

  /** `$kernel.declare('a'); const a$0 = $kernel.name('a'), b$0 = $kernel.name('b');` */
  records(): ts.Statement[] {
    const declare = call(kernel('declare'), ...[...this.#declared].map(text));
    const records = [...this.#used].map((name) =>
      factory.createVariableDeclaration(this.#record(name), undefined, undefined, call(kernel('name'), text(name))),
    );
    return [
      ...(this.#declared.size ? [factory.createExpressionStatement(declare)] : []),
      ...(records.length
        ? [factory.createVariableStatement(undefined, factory.createVariableDeclarationList(records, ts.NodeFlags.Const))]
        : []),
    ];
  }

  #record = (name: string) => factory.createIdentifier(name + this.#suffix);
}

const text = (name: string) => factory.createStringLiteral(name);

/** The values that a top-level statement declares in the cell's own scope, `var` in blocks and loops included. */
export function localNames(statement: ts.Statement): Local[] {
  if (isAmbient(statement)) return [];
  if (ts.isVariableStatement(statement)) return namesOfList(statement.declarationList);
  const isValue =
    (ts.isFunctionDeclaration(statement) && statement.body) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && declaresValues(statement)) ||
    (ts.isImportEqualsDeclaration(statement) && !statement.isTypeOnly);
  const { name } = statement as ts.DeclarationStatement;
  if (isValue) return name ? [{ name: name.text, declaration: statement as ts.DeclarationStatement, hoists: false }] : [];
  return hoistedIn(statement);
}

const isAmbient = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);

const declaresValues = ({ body }: ts.ModuleDeclaration) =>
  !!body && ts.isModuleBlock(body) && body.statements.some((s) => !ts.isInterfaceDeclaration(s) && !ts.isTypeAliasDeclaration(s));

const namesOfList = (list: ts.VariableDeclarationList): Local[] =>
  list.declarations.flatMap((declaration) => namesBoundBy(declaration, (list.flags & ts.NodeFlags.BlockScoped) === 0));

function namesBoundBy(declaration: ts.VariableDeclaration | ts.BindingElement, hoists: boolean): Local[] {
  const { name } = declaration;
  if (ts.isIdentifier(name)) return [{ name: name.text, declaration, hoists }];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesBoundBy(element, hoists)));
}

/** `var` in a block or a loop belongs to the top level, unless a function or a class is between. */
export function hoistedIn(node: ts.Node): Local[] {
  if (ts.isVariableStatement(node) && ts.isSourceFile(node.parent)) return [];
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return [];
  const isVar = ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0;
  const found: Local[] = isVar ? namesOfList(node) : [];
  ts.forEachChild(node, (child) => {
    found.push(...hoistedIn(child));
  });
  return found;
}

/** The declaration that stands first in a pattern, for asking whose names it binds. */
export function firstOf(name: ts.BindingName): ts.Declaration {
  if (ts.isIdentifier(name)) return name.parent as ts.Declaration;
  const element = name.elements.find((candidate) => !ts.isOmittedExpression(candidate)) as ts.BindingElement | undefined;
  return element ? firstOf(element.name) : (name.parent as ts.Declaration);
}
