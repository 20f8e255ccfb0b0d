/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { sumToLast } from './axes.js';
export { uniformWithin } from './initialisers.js';
export { notEmpty } from './losses/residual.js';
