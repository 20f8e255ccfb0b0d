/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { layoutOf, type ParameterVector } from './flat.js';
export type { State } from './optimizer.js';
