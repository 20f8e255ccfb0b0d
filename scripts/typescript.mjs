// `npx node --import ./scripts/typescript.mjs <file>.ts` runs a source file as it is; `npx node` is the Node of this checkout.
import { existsSync } from 'node:fs';
import module from 'node:module';

if (!module.registerHooks) {
  console.error(`Node ${process.version} cannot run TypeScript as it is; run it with the Node of this checkout: npx node --import …`);
  process.exit(1);
}
module.registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier, context);
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    return existsSync(source) ? { url: source.href, shortCircuit: true } : next(specifier, context);
  },
});
