import ts from 'typescript6';
import { Assignments, unwrapped } from './assignments.js';
import { CellNames, firstOf, hoistedIn, localNames } from './cell-names.js';
import { call, kernel } from './kernel-object.js';
import { ImportRewriter } from './rewrite-imports.js';

const { factory } = ts;

/**
 * Turns a cell, a module to the type checker, into the body of `async ($kernel, $interrupted, …) => { … }`:
 *
 * - every top-level name, the cell's own or an earlier cell's, becomes `name$0.value`: the record that all cells share, so that what one
 *   cell assigns or declares holds at once in the functions of all others;
 * - imports become `await $kernel.load('…')`, so that any ES module works and a reload reaches every use;
 * - before each `await` and in each turn of a loop that may last, it asks whether it was interrupted: at such a safe point no
 *   statement is half done; after an `await` it goes on only if it was not given up meanwhile;
 * - the value of a last expression is returned.
 */
export function rewriteCell(
  checker: ts.TypeChecker,
  ownLength: number,
  isTypeOnly: (imported: ts.Identifier) => boolean,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const isOwn = (node: ts.Node) => node.getStart(source) < ownLength;
    const own = source.statements.filter(isOwn);
    const names = new CellNames(source.text);
    const imports = new ImportRewriter(isTypeOnly);
    const loads = own.filter(ts.isImportDeclaration).map((statement) => imports.add(statement));
    const locals = new Map(own.flatMap(localNames).map((local) => [local.declaration, local]));
    for (const { name } of locals.values()) names.declare(name);
    for (const { name } of imports.names()) names.declare(name);

    /** What an identifier that is a reference stands for: the record of a top-level name, or itself. */
    const replacement = (name: ts.Identifier, symbol = checker.getSymbolAtLocation(name)): ts.Expression | undefined => {
      for (const declaration of symbol?.declarations ?? []) {
        if (declaration.getSourceFile() !== source) continue;
        if (ts.isImportSpecifier(declaration) && !isOwn(declaration))
          return names.value((declaration.propertyName ?? declaration.name).text);
        if (imports.has(declaration)) return names.value(name.text);
        // A class speaks of itself by its inner name, which is there before the outer one.
        if (locals.has(declaration)) return hasInnerName(declaration) && isWithin(name, declaration) ? undefined : names.value(name.text);
      }
      return undefined;
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
      if (ts.isVariableDeclarationList(node) && isRecorded(node) && !isUsing(node)) return assignment.ofHoisted(node);
      if (ts.isVariableStatement(node) && isRecorded(node.declarationList) && !isUsing(node.declarationList))
        return ts.setTextRange(factory.createExpressionStatement(assignment.ofHoisted(node.declarationList)), node);
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isCallExpression(visited)) return rewriteCall(node as ts.CallExpression, visited);
      if (ts.isTaggedTemplateExpression(visited) && isReplacedName((node as ts.TaggedTemplateExpression).tag, visited.tag))
        return factory.updateTaggedTemplateExpression(visited, withoutThis(visited.tag), undefined, visited.template);
      if (ts.isAwaitExpression(visited))
        return call(
          kernel('resume'),
          factory.updateAwaitExpression(
            visited,
            factory.createParenthesizedExpression(factory.createComma(checkpoint(node), visited.expression)),
          ),
        );
      if (ts.isIterationStatement(visited, false) && !isTight(visited)) return withCheckpoint(visited);
      return visited;
    };
    const assignment = new Assignments(names, (node) => ts.visitNode(node, visit) as ts.Expression);
    const isRecorded = (list: ts.VariableDeclarationList) => list.declarations.some(({ name }) => locals.has(firstOf(name)));

    /** A top-level statement; each of its names is known to all cells once it has its value. */
    const topLevel = (statement: ts.Statement): ts.Statement[] => {
      if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && !statement.name) return []; // `export default` of nobody
      if (ts.isVariableStatement(statement) && isRecorded(statement.declarationList) && !isUsing(statement.declarationList))
        return statement.declarationList.declarations.flatMap((declaration) => assignment.statementsOf(declaration));
      if (ts.isImportEqualsDeclaration(statement)) return locals.has(statement) ? assignment.ofAlias(statement) : [];
      const visited = withoutExport(ts.visitNode(statement, visit) as ts.Statement);
      const kept = ts.isFunctionDeclaration(statement) ? [] : localNames(statement).filter(({ hoists }) => !hoists);
      return [visited, ...names.assignOwn(kept.map(({ name }) => name))];
    };

    const rest = own.filter((statement) => !ts.isImportDeclaration(statement));
    const statements = returningLast(rest, topLevel);
    const functions = own.filter(ts.isFunctionDeclaration).flatMap(localNames);
    const vars = [...locals.values()].filter(({ hoists }) => hoists);
    const inBlocks = rest.flatMap(hoistedIn);
    const prologue = [
      ...names.assignOwn(functions.map(({ name }) => name)),
      ...vars.map(({ name }) => factory.createExpressionStatement(call(kernel('hoist'), factory.createStringLiteral(name)))),
      ...names.reached(inBlocks.map(({ name }) => name)),
      ...loads,
      ...imports.names().map(({ name, value }) => names.bind(name, value)),
    ];
    return factory.updateSourceFile(source, [...names.records(), ...prologue, ...statements]);
  };
}

/** The compiler counts `extends Base` and `f<number>` among types, though they have a value. */
const isType = (node: ts.Node) => ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);

/** Declared names, names of properties, labels are not references. */
function isReference(node: ts.Identifier): boolean {
  const { name, propertyName, label } = (node.parent ?? {}) as { name?: ts.Node; propertyName?: ts.Node; label?: ts.Node };
  return node !== name && node !== propertyName && node !== label;
}

/** A name, in brackets or with a type asserted, that became a property. */
const isReplacedName = (before: ts.Expression, after: ts.Expression) => before !== after && ts.isIdentifier(unwrapped(before));

const isUsing = ({ flags }: ts.Node) => (flags & ts.NodeFlags.Using) !== 0;

const hasInnerName = (node: ts.Node) => ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node);
const isWithin = (node: ts.Node, outer: ts.Node) => node.pos >= outer.pos && node.end <= outer.end;

/** `(0, a.b)(…)`: a plain function keeps `this` undefined when its name becomes a property. */
const withoutThis = (callee: ts.Expression): ts.Expression =>
  factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), callee));

function rewriteCall(node: ts.CallExpression, visited: ts.CallExpression): ts.Expression {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return factory.updateCallExpression(visited, kernel('import'), undefined, visited.arguments);
  if (!isReplacedName(node.expression, visited.expression)) return visited;
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

/** `return { __proto__: null, value: last };`: in an object, because returning a promise would await it, and one that inherits no `then`. */
function returningLast(statements: ts.Statement[], rewrite: (statement: ts.Statement) => ts.Statement[]): ts.Statement[] {
  const at = statements.findLastIndex((statement) => !ts.isEmptyStatement(statement));
  return statements.flatMap((statement, i) => {
    const rewritten = rewrite(statement);
    if (i !== at || !(ts.isExpressionStatement(statement) || ts.isExportAssignment(statement))) return rewritten;
    const bare = factory.createPropertyAssignment('__proto__', factory.createNull());
    const value = factory.createPropertyAssignment('value', (rewritten[0] as ts.ExpressionStatement).expression);
    return ts.setTextRange(factory.createReturnStatement(factory.createObjectLiteralExpression([bare, value])), statement);
  });
}
