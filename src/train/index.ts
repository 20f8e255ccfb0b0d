export { type Batches, batches } from './batches.js';
export { resume, saveCheckpoint } from './checkpoint.js';
export { type EpochBatches, type FitOptions, fit, type Watch } from './fit.js';
export { type FitGanOptions, type FittedGan, fitGan } from './fit-gan.js';
export {
  type DiscriminativeScore,
  discriminativeScore,
  type GeneratorScoreOptions,
  predictiveScore,
} from './generator-scores.js';
export { fingerprint } from './leaves.js';
export type { Loss } from './loss.js';
export { minibatches } from './minibatches.js';
export { type About, type Ready, type Run, run, type Validated } from './run.js';
export { type LoggedRun, readLog } from './run-log.js';
export type { Validation } from './validation.js';
export { type Labelled, type WindowConfig, windowBatches, windowsInOrder } from './window-batches.js';
