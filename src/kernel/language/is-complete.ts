import ts from 'typescript6';

export type Completeness = { status: 'complete' | 'invalid' } | { status: 'incomplete'; indent: string };

/** Whether a console should run the code or wait for more lines: an error at the very end means that something is still open. */
export function isComplete(code: string): Completeness {
  const errors = ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2023 } }).diagnostics!;
  if (!errors.length) return { status: 'complete' };
  const end = code.trimEnd().length;
  const isOpen = errors.some(({ start = 0, length = 0 }) => start >= end || (start + length >= end && opensText(code.slice(start))));
  return isOpen ? { status: 'incomplete', indent: indentAfter(code) } : { status: 'invalid' };
}

const opensText = (text: string) => text.startsWith('/*') || text.startsWith('`');

function indentAfter(code: string): string {
  const last = code.trimEnd().split('\n').at(-1)!;
  const indent = /^\s*/.exec(last)![0];
  return /[{([]$/.test(last) ? `${indent}  ` : indent;
}
