/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { display, kernelHook } from './display.js';
export { packageRoot, packageVersion } from './package-root.js';
export { inverseNormal, threefry } from './random.js';
export { textWidth } from './text-width.js';
