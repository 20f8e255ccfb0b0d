import ts from 'typescript6';
import { namesIn } from './bindings.js';
import { call, kernel } from './kernel-object.js';
import { ImportRewriter } from './rewrite-imports.js';

const { factory } = ts;

/**
 * Turns a cell, a module to the type checker, into the body of `async ($kernel, $interrupted) => { … }`:
 *
 * - its top-level names stay local variables, published to later cells through getters and setters;
 * - names of earlier cells become `$kernel.scope.name`;
 * - imports become `await $kernel.load('…')`, so that any ES module works and a reload reaches every use;
 * - before each `await` and in each turn of a loop that may last, it asks whether it was interrupted: at such a safe point no
 *   statement is half done;
 * - the value of a last expression is returned.
 */
export function rewriteCell(checker: ts.TypeChecker, ownLength: number): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const isOwn = (node: ts.Node) => node.getStart(source) < ownLength;
    const own = source.statements.filter(isOwn);
    const imports = new ImportRewriter(checker);
    const prologue = own.filter(ts.isImportDeclaration).map((statement) => imports.add(statement));

    /** What an identifier that is a reference stands for: a name of an earlier cell, an import, or itself. */
    const replacement = (name: ts.Identifier, symbol = checker.getSymbolAtLocation(name)): ts.Expression | undefined => {
      const declaration = symbol?.declarations?.[0];
      if (!declaration || declaration.getSourceFile() !== source) return undefined;
      const isBorrowed = ts.isImportSpecifier(declaration) && !isOwn(declaration);
      return isBorrowed ? factory.createPropertyAccessExpression(kernel('scope'), name.text) : imports.reference(declaration);
    };

    const visit = (node: ts.Node): ts.Node => {
      if (isType(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
      if (ts.isIdentifier(node)) return (isReference(node) && replacement(node)) || node;
      if (ts.isShorthandPropertyAssignment(node)) {
        const value = replacement(node.name, checker.getShorthandAssignmentValueSymbol(node));
        if (!value) return ts.visitEachChild(node, visit, context);
        const initial = node.objectAssignmentInitializer && (ts.visitNode(node.objectAssignmentInitializer, visit) as ts.Expression);
        return factory.createPropertyAssignment(node.name, initial ? factory.createAssignment(value, initial) : value);
      }
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return kernel('meta');
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isCallExpression(visited)) return rewriteCall(node as ts.CallExpression, visited);
      if (ts.isTaggedTemplateExpression(visited) && visited.tag !== (node as ts.TaggedTemplateExpression).tag && isPlain(node, 'tag'))
        return factory.updateTaggedTemplateExpression(visited, withoutThis(visited.tag), undefined, visited.template);
      if (ts.isAwaitExpression(visited))
        return factory.updateAwaitExpression(
          visited,
          factory.createParenthesizedExpression(factory.createComma(checkpoint(node), visited.expression)),
        );
      if (ts.isIterationStatement(visited, false) && !isTight(visited)) return withCheckpoint(visited);
      return visited;
    };

    const statements = own
      .filter((statement) => !ts.isImportDeclaration(statement))
      .flatMap((statement) => ts.visitNode(statement, visit) as ts.Statement);
    const local = own.flatMap(localNames).map(({ name, constant }) => property(name, factory.createIdentifier(name), constant));
    const imported = imports.names().map(({ name, value }) => property(name, value, true));
    const publish = factory.createExpressionStatement(
      call(kernel('publish'), factory.createObjectLiteralExpression([...local, ...imported], true)),
    );
    return factory.updateSourceFile(source, [publish, ...prologue, ...returningLast(statements.map(withoutExport))]);
  };
}

/** The compiler counts `extends Base` and `f<number>` among types, though they have a value. */
const isType = (node: ts.Node) => ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);

/** Declared names, names of properties, labels are not references. */
function isReference(node: ts.Identifier): boolean {
  const { name, propertyName, label } = (node.parent ?? {}) as { name?: ts.Node; propertyName?: ts.Node; label?: ts.Node };
  return node !== name && node !== propertyName && node !== label;
}

const isPlain = (node: ts.Node, key: 'expression' | 'tag') => ts.isIdentifier((node as unknown as Record<string, ts.Node>)[key]);

/** `(0, a.b)(…)`: a plain function keeps `this` undefined when its name becomes a property. */
const withoutThis = (callee: ts.Expression): ts.Expression =>
  factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), callee));

function rewriteCall(node: ts.CallExpression, visited: ts.CallExpression): ts.Expression {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return factory.updateCallExpression(visited, kernel('import'), undefined, visited.arguments);
  if (node.expression === visited.expression || !isPlain(node, 'expression')) return visited;
  const callee = withoutThis(visited.expression);
  return ts.isCallChain(visited)
    ? factory.updateCallChain(visited, callee, visited.questionDotToken, undefined, visited.arguments)
    : factory.updateCallExpression(visited, callee, undefined, visited.arguments);
}

/** `$kernel.checkpoint()`, at the place of `node` so that a traceback points there. */
const checkpoint = (node: ts.Node): ts.Expression => ts.setTextRange(call(kernel('checkpoint')) as ts.CallExpression, node);

/**
 * A loop over a range or a list that calls nothing. It ends soon, and it is where numbers are crunched: with the checkpoint
 * in it V8 keeps its numbers in boxes, and adding up 3·10⁸ of them took 1.3 s instead of 0.25 s.
 */
function isTight(loop: ts.IterationStatement): boolean {
  const isCounted = ts.isForStatement(loop)
    ? loop.condition !== undefined
    : ts.isForInStatement(loop) || (ts.isForOfStatement(loop) && !loop.awaitModifier);
  const calls = (node: ts.Node): boolean =>
    ts.isCallLikeExpression(node) || ts.isAwaitExpression(node) || ts.isWhileStatement(node) || (ts.forEachChild(node, calls) ?? false);
  return isCounted && !calls(loop.statement);
}

/** `if ($interrupted[0]) $kernel.checkpoint();` */
function withCheckpoint(loop: ts.IterationStatement): ts.Statement {
  const flag = factory.createElementAccessExpression(factory.createIdentifier('$interrupted'), 0);
  const check = factory.createIfStatement(flag, factory.createExpressionStatement(checkpoint(loop)));
  const body = factory.createBlock([check, loop.statement], true);
  if (ts.isForStatement(loop)) return factory.updateForStatement(loop, loop.initializer, loop.condition, loop.incrementor, body);
  if (ts.isForOfStatement(loop)) return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body);
  if (ts.isForInStatement(loop)) return factory.updateForInStatement(loop, loop.initializer, loop.expression, body);
  if (ts.isWhileStatement(loop)) return factory.updateWhileStatement(loop, loop.expression, body);
  return factory.updateDoStatement(loop as ts.DoStatement, body, (loop as ts.DoStatement).expression);
}

/** The values that a statement declares in the cell's own scope. */
function localNames(statement: ts.Statement): { name: string; constant: boolean }[] {
  if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    const constant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name)).map((name) => ({ name, constant }));
  }
  const isValue =
    (ts.isFunctionDeclaration(statement) && statement.body) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && declaresValues(statement)) ||
    (ts.isImportEqualsDeclaration(statement) && !statement.isTypeOnly);
  const { name } = statement as ts.DeclarationStatement;
  return isValue && name ? [{ name: name.text, constant: true }] : [];
}

const declaresValues = ({ body }: ts.ModuleDeclaration) =>
  !!body && ts.isModuleBlock(body) && body.statements.some((s) => !ts.isInterfaceDeclaration(s) && !ts.isTypeAliasDeclaration(s));

/** `name: { get: () => value, set: (x) => { value = x; } }` */
function property(name: string, value: ts.Expression, constant: boolean): ts.PropertyAssignment {
  const arrow = (parameters: string[], body: ts.ConciseBody) =>
    factory.createArrowFunction(
      undefined,
      undefined,
      parameters.map((parameter) => factory.createParameterDeclaration(undefined, undefined, parameter)),
      undefined,
      undefined,
      body,
    );
  const assign = factory.createBlock([
    factory.createExpressionStatement(factory.createAssignment(value, factory.createIdentifier('$value'))),
  ]);
  const get = factory.createPropertyAssignment('get', arrow([], value));
  const set = factory.createPropertyAssignment('set', arrow(['$value'], assign));
  return factory.createPropertyAssignment(name, factory.createObjectLiteralExpression(constant ? [get] : [get, set]));
}

function withoutExport(statement: ts.Statement): ts.Statement {
  if (ts.isExportAssignment(statement)) return ts.setTextRange(factory.createExpressionStatement(statement.expression), statement);
  if (ts.isExportDeclaration(statement)) return factory.createEmptyStatement();
  if (!ts.canHaveModifiers(statement)) return statement;
  const kept = ts
    .getModifiers(statement)
    ?.filter(({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword);
  return kept ? (ts.visitEachChild(statement, (child) => (isExport(child) ? undefined : child), undefined) as ts.Statement) : statement;
}

const isExport = ({ kind }: ts.Node) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword;

/** `return { value: last };`: in an object, because returning a promise would await it. */
function returningLast(statements: ts.Statement[]): ts.Statement[] {
  const at = statements.findLastIndex((statement) => !ts.isEmptyStatement(statement));
  const last = statements[at];
  if (!last || !ts.isExpressionStatement(last)) return statements;
  const result = factory.createReturnStatement(
    factory.createObjectLiteralExpression([factory.createPropertyAssignment('value', last.expression)]),
  );
  return [...statements.slice(0, at), ts.setTextRange(result, last)];
}
