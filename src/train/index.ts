export { resume, saveCheckpoint } from './checkpoint.js';
export { type FitOptions, fit, type Watch } from './fit.js';
export { fingerprint } from './leaves.js';
export type { Loss } from './loss.js';
export { minibatches } from './minibatches.js';
export { type LabelledImages, loadMnist, type Mnist } from './mnist.js';
export { type About, type Ready, type Run, run, type Validated } from './run.js';
export { type LoggedRun, readLog } from './run-log.js';
export type { Validation } from './validation.js';
