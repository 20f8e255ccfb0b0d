export { type AttackedBatch, adversarialStep } from './adversarial-step.js';
export { type Ball, type Norm, project, randomStart } from './ball.js';
export { type Certificate, certifiedRadius, certify, type SmoothingLevel, type SmoothingOptions } from './certify.js';
export { fgsm, type Raised } from './fgsm.js';
export {
  ballBounds,
  conv2dBounds,
  type IntervalBounds,
  linearBounds,
  monotoneBounds,
  worstMargins,
} from './interval-bounds.js';
export { type PgdOptions, pgd } from './pgd.js';
