import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../base/internal.js';

const require = createRequire(import.meta.url);
const COMPILER = require.resolve('typescript6');

/**
 * Lets this thread load the compiler in a third of the time and with 20 MB less: Node reads a CommonJS file that is imported a first time
 * only to guess its exports, all 9 MB of it, and compiles it anew in every process unless told where to keep the result.
 */
export function speedUpLoading(): void {
  enableCompileCache(join(packageRoot, 'node_modules/.cache/lemmata'));
  let isFirst = true; // the second to ask is the module below
  registerHooks({
    load(url, context, next) {
      if (!isFirst || url !== pathToFileURL(COMPILER).href) return next(url, context);
      isFirst = false;
      return { format: 'module', source: AS_MODULE, shortCircuit: true };
    },
  });
}

const AS_MODULE = `import { createRequire } from 'node:module';
export default createRequire(${JSON.stringify(COMPILER)})(${JSON.stringify(COMPILER)});`;
