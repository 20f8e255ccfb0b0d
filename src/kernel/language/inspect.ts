import ts from 'typescript6';

/** What is known about a name: its signature as TypeScript, its documentation as Markdown. */
export interface Inspection {
  signature: string;
  documentation: string;
}

/** The name at `offset`; inside the brackets of a call, the function that is called. */
export function inspect(service: ts.LanguageService, file: string, code: string, offset: number): Inspection | undefined {
  for (const position of [offset, offset - 1, calleeOf(code, offset)]) {
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

/** The end of the name before the bracket that is open at `offset`. The cell may be half written, so its tree does not help. */
function calleeOf(code: string, offset: number): number | undefined {
  let depth = 0;
  for (let i = offset - 1; i > 0; i--) {
    if (code[i] === ')') depth++;
    else if (code[i] === '(' && depth-- === 0) return i - 1;
  }
  return undefined;
}

function documentationOf({ documentation, tags = [] }: ts.QuickInfo): string {
  const described = tags.map(({ name, text }) => {
    const [first, ...rest] = text ?? [];
    const subject = first?.kind === 'parameterName' ? `\`${first.text}\`${ts.displayPartsToString(rest)}` : ts.displayPartsToString(text);
    return `*@${name}* ${subject}`;
  });
  return [ts.displayPartsToString(documentation), ...described].filter(Boolean).join('\n\n');
}
