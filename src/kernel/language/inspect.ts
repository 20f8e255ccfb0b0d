import { SyntaxKind } from 'typescript/unstable/ast';
import {
  type Checker as Api,
  type Symbol as Found,
  NodeBuilderFlags,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync';
import type { MimeBundle } from '../protocol.js';
import type { Checker } from './checker.js';
import type { Question } from './completions.js';

/** What is known about a name: its signature as TypeScript, its documentation as Markdown. */
export interface Inspection {
  signature: string;
  documentation: string;
}

/** What is known about a name, as front ends show it. */
export function bundleOf({ signature, documentation }: Inspection): MimeBundle {
  return {
    'text/plain': [signature, documentation].filter(Boolean).join('\n\n'),
    'text/markdown': [`\`\`\`typescript\n${signature}\n\`\`\``, documentation].filter(Boolean).join('\n\n'),
  };
}

/**
 * The name at `offset`; inside the brackets of a call, the function that is called.
 *
 * @param isVariable whether a name of an earlier cell may be assigned
 */
export function inspect(
  checker: Checker,
  { code, offset, shift }: Question,
  isVariable: (name: string) => boolean,
): Inspection | undefined {
  return checker.ask((project) => {
    for (const position of [offset, offset - 1, calleeOf(code, offset)]) {
      if (position === undefined || position < 0 || !isWord(code, position)) continue;
      const found = project.checker.getSymbolAtPosition(checker.cell, position + shift);
      if (found) return describe(project, found, isVariable);
    }
    return undefined;
  });
}

const isWord = (code: string, position: number) => /[\p{ID_Continue}$]/u.test(code.charAt(position));

/** The end of the name before the bracket that is open at `offset`. The cell may be half written, so its tree does not help. */
function calleeOf(code: string, offset: number): number | undefined {
  let depth = 0;
  for (let i = offset - 1; i > 0; i--) {
    if (code[i] === ')') depth++;
    else if (code[i] === '(' && depth-- === 0) return i - 1;
  }
  return undefined;
}

function describe(project: Project, found: Found, isVariable: (name: string) => boolean): Inspection {
  const { checker } = project;
  // Names of other modules and cells are aliases to the compiler; the reader wants what they stand for.
  const symbol = found.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
  const type = checker.getTypeOfSymbol(symbol);
  const described = [symbol, type?.getSymbol()].find((candidate) => candidate?.getDocumentationComment(checker));
  return {
    signature: signatureOf(project, found.name, symbol, type, isVariable),
    documentation: documentationOf(described ?? symbol, checker),
  };
}

function signatureOf(project: Project, name: string, symbol: Found, type: Type | undefined, isVariable: (name: string) => boolean): string {
  const { checker, emitter } = project;
  const { flags } = symbol;
  const shown = (type: Type | undefined, more = 0) =>
    type ? checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation | more) : 'any';
  const calls = type && flags & (SymbolFlags.Function | SymbolFlags.Method) ? checker.getSignaturesOfType(type, SignatureKind.Call) : [];
  if (type && calls.length) {
    const [first, ...others] = calls;
    const declaration = checker.signatureToSignatureDeclaration(
      first,
      SyntaxKind.FunctionDeclaration,
      undefined,
      NodeBuilderFlags.NoTruncation,
    );
    const signature =
      declaration &&
      emitter
        .printNode(declaration)
        .replace(/^function */, '')
        .replace(/;$/, '');
    const more = others.length ? ` (+${others.length} overload${others.length > 1 ? 's' : ''})` : '';
    return `${flags & SymbolFlags.Method ? '(method)' : 'function'} ${name}${signature ?? shown(type)}${more}`;
  }
  if (flags & SymbolFlags.Class) return `class ${name}`;
  if (flags & SymbolFlags.Interface) return `interface ${name}`;
  if (flags & SymbolFlags.TypeAlias)
    return `type ${name} = ${shown(checker.getDeclaredTypeOfSymbol(symbol), NodeBuilderFlags.InTypeAlias)}`;
  if (flags & SymbolFlags.Enum) return `enum ${name}`;
  if (flags & SymbolFlags.EnumMember) return `(enum member) ${name}: ${shown(type)}`;
  if (flags & (SymbolFlags.ValueModule | SymbolFlags.NamespaceModule)) return `module ${symbol.name}`;
  if (flags & SymbolFlags.TypeParameter) return `(type parameter) ${name}`;
  if (flags & SymbolFlags.BlockScopedVariable) return `${isVariable(name) ? 'let' : 'const'} ${name}: ${shown(type)}`;
  return `${flags & (SymbolFlags.Property | SymbolFlags.Accessor) ? '(property)' : 'var'} ${name}: ${shown(type)}`;
}

function documentationOf(symbol: Found, checker: Api): string {
  const described = symbol.getJsDocTags(checker).map(({ name, text = '' }) => {
    const subject = name === 'param' ? text.replace(/^(\S+)/, '`$1`') : text;
    return `*@${name}* ${subject}`;
  });
  return [symbol.getDocumentationComment(checker), ...described].filter(Boolean).join('\n\n');
}

const NAME = '[\\p{ID_Start}$_][\\p{ID_Continue}$.]*';
const QUESTION = new RegExp(`^\\s*(?:\\?{1,2}\\s*(${NAME})|(${NAME})\\?{1,2})\\s*$`, 'u');

/** The name that a cell asks about and does nothing else: `Math.max?` or `?Math.max`, neither of which is TypeScript. */
export function nameAskedFor(code: string): string | undefined {
  const [, before, after] = QUESTION.exec(code) ?? [];
  return before ?? after;
}
