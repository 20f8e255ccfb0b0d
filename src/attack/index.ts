export { type AttackedBatch, adversarialStep } from './adversarial-step.js';
export { type ApgdLoss, type ApgdOptions, apgd } from './auto/apgd.js';
export { type AttackReport, type AutoAttacked, type AutoAttackOptions, autoAttack } from './auto/auto-attack.js';
export type { Attacked, Grouping, Logits, Samples } from './auto/classified.js';
export { type FabAttacked, type FabOptions, fab } from './auto/fab.js';
export { type Masking, type MaskingCheck, type MaskingOptions, maskingChecks } from './auto/masking-checks.js';
export { type SquareOptions, square } from './auto/square.js';
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
