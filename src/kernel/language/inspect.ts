import ts from 'typescript6';

/** What is known about a name: its signature as TypeScript, its documentation as Markdown. */
export interface Inspection {
  signature: string;
  documentation: string;
}

/** The name at `offset`; inside the brackets of a call, the function that is called. */
export function inspect(service: ts.LanguageService, file: string, code: string, offset: number): Inspection | undefined {
  const source = service.getProgram()!.getSourceFile(file)!;
  for (const position of [offset, offset - 1, calleeOf(source, Math.min(offset, code.length))]) {
    const info = position === undefined || position < 0 ? undefined : service.getQuickInfoAtPosition(file, position);
    if (info?.displayParts) return { signature: signatureOf(info.displayParts), documentation: documentationOf(info) };
  }
  return undefined;
}

/** Names of other modules and cells are aliases to the compiler; the reader wants what they stand for. */
const signatureOf = (parts: ts.SymbolDisplayPart[]) =>
  ts
    .displayPartsToString(parts)
    .replace(/^\(alias\) /, '')
    .replace(/\n(import|export) \S+$/, '');

function calleeOf(source: ts.SourceFile, offset: number): number | undefined {
  let callee: number | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset > node.end) return;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && offset > node.expression.end) callee = node.expression.end - 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return callee;
}

function documentationOf({ documentation, tags = [] }: ts.QuickInfo): string {
  const described = tags.map(({ name, text }) => {
    const [first, ...rest] = text ?? [];
    const subject = first?.kind === 'parameterName' ? `\`${first.text}\`${ts.displayPartsToString(rest)}` : ts.displayPartsToString(text);
    return `*@${name}* ${subject}`;
  });
  return [ts.displayPartsToString(documentation), ...described].filter(Boolean).join('\n\n');
}
