export { eigenSymmetric, type SymmetricEigen } from './eigen-symmetric.js';
export { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose, transposeVec } from './matrix.js';
export { backSubstitute, inverseGram, type QR, qr } from './qr.js';
export { type SVD, svd } from './svd.js';
export { dot, largestDifference, mean, norm, standardDeviation, sum, variance } from './vector.js';
