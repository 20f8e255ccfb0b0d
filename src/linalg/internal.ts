/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { checkDesign } from './check-matrix.js';
export { gram } from './gram.js';
export { columnName, constantColumn, zeroMatrix } from './matrix.js';
export { forwardSubstitute, leastSquaresOf, triangle } from './qr.js';
