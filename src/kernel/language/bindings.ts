import ts from 'typescript6';
import { hoistedIn } from './cell-names.js';

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

function namesImportedBy({ importClause }: ts.ImportDeclaration): string[] {
  if (!importClause) return [];
  const { name, namedBindings } = importClause;
  const named = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings.name]
      : namedBindings.elements.map((e) => e.name);
  return [...(name ? [name] : []), ...named].map(({ text }) => text);
}

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
