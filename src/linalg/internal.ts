/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { checkDesign, checkMatrix, checkSize, checkValues } from './check-matrix.js';
export { cholesky } from './cholesky.js';
export { gram } from './gram.js';
export { columnMeans, columnName, constantColumn, minus, zeroMatrix } from './matrix.js';
export { firstDependent, forwardSubstitute, leastSquaresOf, triangle } from './qr.js';
export { quantileOf } from './vector.js';
