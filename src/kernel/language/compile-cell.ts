import type ts from 'typescript6';
import { rewriteCell } from './rewrite-cell.js';

/** Emits one checked cell as the body of an async function, with the source map back to its TypeScript. */
export function compileCell(program: ts.Program, file: string, ownLength: number): { javascript: string; sourceMap: string } {
  const source = program.getSourceFile(file)!;
  let javascript = '';
  let sourceMap = '';
  const write = (name: string, text: string) => {
    if (name.endsWith('.map')) sourceMap = text;
    else javascript = text;
  };
  program.emit(source, write, undefined, false, { before: [rewriteCell(program.getTypeChecker(), ownLength)] });
  return { javascript: javascript.replace(/^export \{\};$/m, '').replace(/^\/\/# sourceMappingURL=.*$/m, ''), sourceMap };
}
