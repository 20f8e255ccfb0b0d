import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript6';

/** What a safe point calls, by a global name: a module has no other way to its kernel. */
const NAME = '$lemmataSafePoint';

/** Lets loops of local modules ask whether their cell was interrupted; `checkpoint` throws if it was. */
export function offerSafePoints(checkpoint: () => void): void {
  Object.defineProperty(globalThis, NAME, { value: checkpoint });
}

/** Most modules have no loop that waits, and do not pay for the compiler in this thread. */
const mayWaitInLoop = (text: string) => /\bawait\b/.test(text) && /\b(?:for|while)\b/.test(text);

/**
 * The text of a local module with a safe point at the head of each turn of a loop that waits, as cells have it: else it goes on, and prints, when
 * its cell was interrupted and given up. What does not wait is broken off by the engine. Lines stay as they are, for tracebacks and breakpoints.
 */
export function withSafePoints(text: string, file: string): string {
  if (!mayWaitInLoop(text)) return text;
  const ts: typeof TypeScript = createRequire(import.meta.url)('typescript6');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const waits = (node: TypeScript.Node): boolean =>
    ts.isAwaitExpression(node) ||
    (ts.isForOfStatement(node) && !!node.awaitModifier) ||
    (!isFunction(node) && (ts.forEachChild(node, waits) ?? false));
  const isFunction = (node: TypeScript.Node) => ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node);

  const inserted: { at: number; text: string }[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isIterationStatement(node, false) && waits(node)) {
      const { statement } = node;
      if (ts.isBlock(statement)) inserted.push({ at: statement.getStart(source) + 1, text: ` ${NAME}();` });
      else inserted.push({ at: statement.getStart(source), text: `{ ${NAME}(); ` }, { at: statement.end, text: ' }' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  // From the end on, so that places stay; the only two at one place are the same bracket.
  return inserted.sort((a, b) => b.at - a.at).reduce((whole, { at, text }) => whole.slice(0, at) + text + whole.slice(at), text);
}
