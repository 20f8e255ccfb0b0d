import ts from 'typescript6';

/** A complaint of the compiler about a cell, at zero-based line and column. */
export interface Diagnostic {
  code: number;
  message: string;
  line: number;
  column: number;
  length: number;
}

/** The errors of a cell, in order: its syntax if that is wrong, else its types. */
export function diagnose(service: ts.LanguageService, file: string, code: string): Diagnostic[] {
  const syntactic = service.getSyntacticDiagnostics(file);
  const all: ts.Diagnostic[] = syntactic.length ? syntactic : service.getSemanticDiagnostics(file);
  const checker = service.getProgram()!.getTypeChecker();
  const errors = all
    .filter(({ category }) => category === ts.DiagnosticCategory.Error)
    .filter((error) => !isAllowedInCells(error, checker));
  const own = errors.filter(({ start = 0 }) => start < code.length);
  // What follows the cell's text is ours; the compiler points there only when the cell ends too early.
  return (own.length ? own : errors.slice(0, 1)).map((error) => describe(error, code));
}

const CANNOT_ASSIGN_TO_IMPORT = 2632;
const CANNOT_ASSIGN_TO_CONSTANT = 2588;

/** A variable of an earlier cell reaches this one as an import, yet `let x` may be assigned here as in any scope below it. */
function isAllowedInCells({ code, file, start }: ts.Diagnostic, checker: ts.TypeChecker): boolean {
  return code === CANNOT_ASSIGN_TO_IMPORT && !!file && start !== undefined && isVariable(symbolAt(file, start, checker));
}

function symbolAt(file: ts.SourceFile, position: number, checker: ts.TypeChecker): ts.Symbol | undefined {
  const find = (node: ts.Node): ts.Node | undefined =>
    position >= node.getStart(file) && position < node.end ? (ts.forEachChild(node, find) ?? node) : undefined;
  const node = find(file);
  const symbol =
    node &&
    (ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node));
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const isVariable = (symbol: ts.Symbol | undefined) =>
  !!symbol?.declarations?.some((declaration) => isFromCell(declaration) && !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)) &&
  !!(symbol.flags & ts.SymbolFlags.Variable);

const isFromCell = (declaration: ts.Declaration) => !declaration.getSourceFile().isDeclarationFile;

function describe({ code, messageText, start = 0, length = 0 }: ts.Diagnostic, cell: string): Diagnostic {
  const at = Math.min(start, cell.trimEnd().length);
  const lines = cell.slice(0, at).split('\n');
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  return {
    code: code === CANNOT_ASSIGN_TO_IMPORT ? CANNOT_ASSIGN_TO_CONSTANT : code,
    message: code === CANNOT_ASSIGN_TO_IMPORT ? message.replace('it is an import', 'it is a constant') : message,
    line: lines.length - 1,
    column: lines.at(-1)!.length,
    length: Math.max(1, Math.min(length, cell.length - at)),
  };
}
