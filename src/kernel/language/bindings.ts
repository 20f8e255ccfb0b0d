import ts from 'typescript6';
import { hoistedIn, localNames } from './cell-names.js';

/** The names that a cell's top level declares: what later cells see. */
export function declaredNames(source: ts.SourceFile): string[] {
  const names = new Set<string>();
  for (const statement of source.statements)
    for (const name of [...namesOf(statement), ...hoistedIn(statement).map(({ name }) => name)]) names.add(name);
  return [...names];
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
  if (ts.isImportDeclaration(statement)) return namesImportedBy(statement);
  if (ts.isImportEqualsDeclaration(statement) || isNamedDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  return [];
}

type NamedDeclaration = (
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.EnumDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.ModuleDeclaration
) & { name?: ts.Identifier };

const isNamedDeclaration = (node: ts.Node): node is NamedDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isEnumDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) && !(node.flags & ts.NodeFlags.GlobalAugmentation));

export function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)));
}

const namesImportedBy = (statement: ts.ImportDeclaration) => identifiersImportedBy(statement).map(({ text }) => text);

function identifiersImportedBy({ importClause }: ts.ImportDeclaration): ts.Identifier[] {
  if (!importClause) return [];
  const { name, namedBindings } = importClause;
  const named = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings.name]
      : namedBindings.elements.map((e) => e.name);
  return [...(name ? [name] : []), ...named];
}

/** The variables of a cell that may be assigned: `let` and `var`. */
export function variableNames(source: ts.SourceFile): string[] {
  const isAssignable = (declaration: ts.Declaration) =>
    (ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration)) &&
    !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const);
  return source.statements
    .flatMap((statement) => [...localNames(statement), ...hoistedIn(statement)])
    .filter(({ declaration }) => isAssignable(declaration))
    .map(({ name }) => name);
}

/** The local names of a cell's import statements. */
export function importedNames(source: ts.SourceFile): ts.Identifier[] {
  return source.statements.flatMap((statement) => (ts.isImportDeclaration(statement) ? identifiersImportedBy(statement) : []));
}

/** The names that a cell speaks of, those of properties left out. */
export function mentionedNames(source: ts.SourceFile): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMember(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...names];
}

const isMember = (node: ts.Identifier) =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node;

/** The names that the cell already exports itself: `export const a = 1`, `export { a }`. */
export function exportedNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      for (const { name } of statement.exportClause.elements) names.add(name.text);
    else if (isExported(statement)) for (const name of namesOf(statement)) names.add(name);
  }
  return names;
}

const isExported = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
