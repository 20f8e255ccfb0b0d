export { type AttackedBatch, adversarialStep } from './adversarial-step.js';
export { type Ball, type Norm, project, randomStart } from './ball.js';
export { fgsm, type Raised } from './fgsm.js';
export { type PgdOptions, pgd } from './pgd.js';
