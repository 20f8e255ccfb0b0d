/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { solve } from './regression/multivariate-ridge.js';
export { reduce } from './regression/ridge-basis.js';
