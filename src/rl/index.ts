export { chosen } from './actions.js';
export { type ActorCriticParams, actorCritic, initActorCritic } from './agents/actor-critic.js';
export { dueling, duelingPlain } from './agents/dueling.js';
export { type ActorCriticWeights, actorCriticLoss, policyGradientLoss, ppoLoss, ppoLossPlain } from './agents/policy-gradient.js';
export { type DqnState, dqnStep, duelingNetwork, initDuelingNetwork, type Transitions, tdTarget } from './agents/q-network.js';
export {
  categoricalEntropy,
  categoricalEntropyPlain,
  categoricalLogProbability,
  categoricalLogProbabilityPlain,
  sampleCategorical,
} from './categorical-policy.js';
export { gaussianEntropy, gaussianLogProbability, gaussianLogProbabilityPlain, sampleGaussian } from './gaussian-policy.js';
export { generalisedAdvantage, type Rollout } from './generalised-advantage.js';
