import { readFileSync } from 'node:fs';
import { createRequire, type LoadHookSync, stripTypeScriptTypes } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as TypeScript from 'typescript6';
import { withSafePoints } from './safe-points.js';

/**
 * Loads a local TypeScript file, with safe points in its loops. Syntax that has no JavaScript below it (enums, namespaces, parameter properties,
 * decorators, `import x = require()`) Node, which only takes types away, refuses: there the compiler makes JavaScript. Decorators are
 * TypeScript's older ones, unless the tsconfig.json of the file says `"experimentalDecorators": false`.
 */
export const loadTypeScript: LoadHookSync = (url, context, next) => {
  if (!/^file:[^?]*\.[mc]?ts(?:\?|$)/.test(url) || url.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(url);
  const text = readFileSync(file, 'utf8');
  const source = withSafePoints(text, file);
  if (!isErasable(text)) return { ...transform(file, source), shortCircuit: true };
  const loaded = next(url, context);
  return source === text || !loaded.source ? loaded : { ...loaded, source };
};

/** Node leaves decorators in, and no engine knows them yet. In comments, `* @param` and `{@link}` begin no line and follow no blank. */
const DECORATOR = /^[ \t]*(?:export[ \t]+(?:default[ \t]+)?)?@[\w$]|[(,;][ \t]*@[\w$]|\{[ \t]+@[\w$]/m;

function isErasable(source: string): boolean {
  const { emitWarning } = process;
  process.emitWarning = () => {}; // that the function is experimental is no news for a notebook
  try {
    stripTypeScriptTypes(source);
    return !DECORATOR.test(source);
  } catch {
    return false;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function transform(file: string, text: string): { format: 'module' | 'commonjs'; source: string } {
  // Only who needs the compiler in this thread pays for it.
  const ts: typeof TypeScript = createRequire(import.meta.url)('typescript6');
  const config = ts.findConfigFile(dirname(file), ts.sys.fileExists);
  const host = { ...ts.sys, readDirectory: () => [], onUnRecoverableConfigFileDiagnostic: () => {} };
  const options = (config && ts.getParsedCommandLineOfConfigFile(config, {}, host)?.options) || {};
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const assigns = source.statements.some((statement) => ts.isExportAssignment(statement) && statement.isExportEquals);
  const format = /\.cts$/.test(file) || assigns || !ts.isExternalModule(source) ? 'commonjs' : 'module';
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    fileName: format === 'module' ? file.replace(/\.m?ts$/, '.mts') : file.replace(/\.c?ts$/, '.cts'),
    reportDiagnostics: true,
    compilerOptions: {
      experimentalDecorators: options.experimentalDecorators ?? true,
      emitDecoratorMetadata: options.emitDecoratorMetadata,
      useDefineForClassFields: options.useDefineForClassFields,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  const [error] = diagnostics;
  if (error) {
    const { line, character } = source.getLineAndCharacterOfPosition(error.start ?? 0);
    throw new SyntaxError(`${file}:${line + 1}:${character + 1} - ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`);
  }
  return { format, source: outputText };
}
