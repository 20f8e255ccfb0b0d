export { type FitOptions, fit, type Loss, type Run, run } from './fit.js';
export { minibatches } from './minibatches.js';
