// `npx node --import ./scripts/typescript.mjs <file>.ts` runs a source file as it is, wherever it lies; `npx node` is the Node of this checkout.
import { existsSync } from 'node:fs';
import module from 'node:module';

if (!module.registerHooks) {
  console.error(`Node ${process.version} cannot run TypeScript as it is; run it with the Node of this checkout: npx node --import …`);
  process.exit(1);
}
/** `lemmata/market` or `@tensorflow/tfjs`: not a path, a URL or an import of the package's own. */
const isPackage = (/** @type {string} */ specifier) => /^(@[^/]+\/)?[A-Za-z0-9][^:]*$/.test(specifier);

module.registerHooks({
  resolve(specifier, context, next) {
    if (isPackage(specifier)) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ERR_MODULE_NOT_FOUND') throw error;
        try {
          return next(specifier, { ...context, parentURL: import.meta.url }); // a file that has no package of the name takes this checkout's
        } catch (here) {
          throw specifier.startsWith('lemmata/') ? here : error; // of other packages the one that names the file that asked
        }
      }
    }
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier, context);
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    return existsSync(source) ? { url: source.href, shortCircuit: true } : next(specifier, context);
  },
});
