export { chosen } from './actions.js';
export { type ActorCriticParams, actorCritic, initActorCritic } from './agents/actor-critic.js';
export { dueling } from './agents/dueling.js';
export {
  type ActorCriticTerms,
  type ActorCriticWeights,
  actorCriticLoss,
  type PpoOptions,
  policyGradientLoss,
  ppoLoss,
} from './agents/policy-gradient.js';
export {
  type DqnOptions,
  type DqnState,
  dqnStep,
  duelingNetwork,
  initDuelingNetwork,
  type TdOptions,
  type Transitions,
  tdTarget,
} from './agents/q-network.js';
export { optimalBaseline } from './baseline.js';
export {
  type CategoricalNoise,
  categoricalEntropy,
  categoricalLogProbability,
  sampleCategorical,
} from './categorical-policy.js';
export { acrobot } from './environments/acrobot.js';
export { cartPole } from './environments/cart-pole.js';
export { type Environment, environment, type Outcome } from './environments/environment.js';
export {
  type Environments,
  type EnvironmentsOptions,
  type EnvironmentsState,
  environments,
  type Step,
} from './environments/environments.js';
export type { World } from './environments/world.js';
export { type GaussianPolicy, gaussianEntropy, gaussianLogProbability, sampleGaussian } from './gaussian-policy.js';
export { type AdvantageOptions, generalisedAdvantage, type Rollout } from './generalised-advantage.js';
export { type OffPolicyEpisodes, type OffPolicyReturns, offPolicyReturns } from './importance-sampling.js';
export { type Priority, type Replay, type ReplayConfig, type ReplaySample, replay } from './replay/replay.js';
export { bairdStar, type LinearValues, semiGradientSweep } from './tabular/baird.js';
export {
  actionValues,
  discountedVisits,
  policyEvaluation,
  type ValueIteration,
  type ValueIterationOptions,
  valueIteration,
} from './tabular/dynamic-programming.js';
export type { FiniteMdp, TabularPolicy } from './tabular/finite-mdp.js';
export { estimateMaximum, type MaximumEstimates } from './tabular/maximum.js';
export { type PolicyChange, type PolicyImprovement, policyImprovement } from './tabular/policy-improvement.js';
export { type A2cConfig, a2c, type OnPolicyConfig, type PpoConfig, ppo, reinforce } from './training/actor-critics.js';
export { type DqnConfig, dqn } from './training/dqn.js';
export type { Episode } from './training/episodes.js';
export { evaluate } from './training/evaluate.js';
export { type PolicyBatch, type PpoWeights, policyGradientObjective, ppoObjective } from './training/objectives.js';
export type { Training } from './training/training.js';
