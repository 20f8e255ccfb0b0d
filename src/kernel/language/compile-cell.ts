import ts from 'typescript6';
import { rewriteCell } from './rewrite-cell.js';

/**
 * Emits one checked cell as the body of an async function, with the source map back to its TypeScript. It needs no types: which name
 * means what is seen in the cell alone, and which imported names are only types it is told.
 */
export function compileCell(
  file: string,
  text: string,
  ownLength: number,
  options: ts.CompilerOptions,
  isType: (imported: ts.Identifier) => boolean,
): { javascript: string; sourceMap: string } {
  const program = ts.createProgram([file], options, hostOf(file, text));
  let javascript = '';
  let sourceMap = '';
  const write = (name: string, text: string) => {
    if (name.endsWith('.map')) sourceMap = text;
    else javascript = text;
  };
  const source = program.getSourceFile(file)!;
  program.emit(source, write, undefined, false, { before: [rewriteCell(program.getTypeChecker(), ownLength, isType)] });
  return { javascript: javascript.replace(/(?:^export \{\};\n)?\/\/# sourceMappingURL=[^\n]*\s*$/m, ''), sourceMap };
}

/** A program of one file, read from memory. */
export function hostOf(file: string, text: string): ts.CompilerHost {
  return {
    getSourceFile: (name, version) => (name === file ? ts.createSourceFile(name, text, version, true) : undefined),
    getDefaultLibFileName: () => '',
    writeFile: () => {},
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === file,
    readFile: () => undefined,
  };
}
