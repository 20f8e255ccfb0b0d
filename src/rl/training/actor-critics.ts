import type { Key } from '../../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { World } from '../environments/world.js';
import { policyGradientObjective, ppoObjective } from './objectives.js';
import { type HostActorCritic, type OnPolicySettings, onPolicy } from './on-policy.js';
import type { Training } from './training.js';

/**
 * What every training by the policy's own actions can be told. Where left out:
 *
 *     steps 500,000    hidden [64, 64]    discount 0.99    clipNorm 0.5    decay 0.999
 *     reinforce   count 8   learningRate 3e-3                   lambda 1      entropy 0      value 1
 *     a2c         count 8   learningRate 7e-4     anneal false  lambda 1      entropy 0      value 1
 *     ppo         count 4   learningRate 2.5e-4   anneal true   lambda 0.95   entropy 0.01   value 0.5
 */
export interface OnPolicyConfig extends Partial<OnPolicySettings> {
  /** What all that is random comes from. */
  readonly key: Key;
  /** Processor threads of each step: as many as there are when left out. */
  readonly threads?: number;
}

/** What a training by A2C can be told beside. */
export interface A2cConfig extends OnPolicyConfig {
  /** T, steps of each copy from one update to the next: 5. */
  readonly horizon?: number;
}

/** What a training by proximal policy optimisation can be told beside. */
export interface PpoConfig extends OnPolicyConfig {
  /** T, steps of each copy from one update to the next: 128. */
  readonly horizon?: number;
  /** How often each action is learnt from: 4. */
  readonly epochs?: number;
  /** In how many parts each time: 4. */
  readonly minibatches?: number;
  /** ε of the clipped loss: 0.2. */
  readonly clip?: number;
  /** Whether the critic is clipped too: true. */
  readonly clipCritic?: boolean;
}

const COMMON = {
  steps: 500_000,
  hidden: [64, 64] as readonly number[],
  learningRate: 7e-4,
  anneal: false,
  discount: 0.99,
  lambda: 1,
  entropy: 0,
  value: 1,
  clipNorm: 0.5,
  decay: 0.999,
};
const { anneal: _, ...STEADY } = COMMON; // how many updates whole episodes will make is not known
const REINFORCE = { ...STEADY, count: 8, learningRate: 3e-3 };
const A2C = { ...COMMON, count: 8, horizon: 5 };
const PPO = {
  ...COMMON,
  count: 4,
  learningRate: 2.5e-4,
  anneal: true,
  lambda: 0.95,
  entropy: 0.01,
  value: 0.5,
  horizon: 128,
  epochs: 4,
  minibatches: 4,
  clip: 0.2,
  clipCritic: true,
};

/**
 * A training by REINFORCE with a critic as baseline: each update is of one whole episode of each copy.
 *
 *     A = Σₖ γᵏ rₜ₊ₖ − V(sₜ)
 *
 * @throws when an option is unknown or out of range
 *
 * Williams 1992; Sutton & Barto 2018, section 13.4, by Adam and over 8 episodes at once. One cut at its limit goes on with V of its last state.
 */
export function reinforce(world: World, config: Omit<OnPolicyConfig, 'anneal'>): Training<HostActorCritic> {
  const { threads, ...about } = checked('reinforce', REINFORCE, config);
  return onPolicy(
    world,
    { name: 'reinforce', anneal: false, ...about },
    { objective: policyGradientObjective(weightsOf(about)), epochs: 1, minibatches: 1 },
    threads,
  );
}

/**
 * A training by advantage actor–critic, its copies in step: each update is of T steps of each.
 *
 *     A = Σₖ γᵏ rₜ₊ₖ + γᵐ V(sₜ₊ₘ) − V(sₜ)        to the end of the T steps at λ = 1
 *
 * @throws when an option is unknown or out of range
 *
 * Mnih et al. 2016, section 4, with one learner, and Adam for RMSProp.
 */
export function a2c(world: World, config: A2cConfig): Training<HostActorCritic> {
  const { threads, ...about } = checked('a2c', A2C, config);
  const recipe = { objective: policyGradientObjective(weightsOf(about)), horizon: about.horizon, epochs: 1, minibatches: 1 };
  return onPolicy(world, { name: 'a2c', ...about }, recipe, threads);
}

/**
 * A training by proximal policy optimisation: each action is learnt from several times, while the policy stays near the one that acted.
 *
 *     const training = ppo(cartPole, { key: key(1) });
 *     await training.advance();
 *
 * @throws when an option is unknown or out of range
 *
 * Schulman et al. 2017, algorithm 1. Where left out, options are those of CleanRL's `ppo.py`, which moves η once an iteration and takes an
 * episode that its limit cut for one that ended (Pardo et al. 2018).
 */
export function ppo(world: World, config: PpoConfig): Training<HostActorCritic> {
  const { threads, ...about } = checked('ppo', PPO, config);
  const { horizon, epochs, minibatches } = about;
  checkWhole('ppo', 'minibatches', minibatches, { from: 1, to: Math.floor((about.count * horizon) / 2) });
  return onPolicy(
    world,
    { name: 'ppo', ...about },
    { objective: ppoObjective({ ...weightsOf(about), clip: about.clip, clipCritic: about.clipCritic }), horizon, epochs, minibatches },
    threads,
  );
}

const weightsOf = ({ entropy, value }: { entropy: number; value: number }) => ({ entropy, value });

/** Defaults with what was given in their place. */
function checked<D extends object, C extends OnPolicyConfig>(who: string, defaults: D, config: C): D & Pick<C, 'key' | 'threads'> {
  checkOptions<object>(who, config, ['key', 'threads', ...Object.keys(defaults)] as never);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  const all = { ...defaults, ...given } as D & Pick<C, 'key' | 'threads'>;
  checkKey(who, all.key);
  const numbers = all as unknown as Record<string, number>;
  for (const name of ['steps', 'count', 'horizon', 'epochs', 'minibatches']) if (name in numbers) checkWhole(who, name, numbers[name]);
  for (const name of ['discount', 'lambda']) checkNumber(who, name, numbers[name], { from: 0, to: 1 });
  for (const name of ['entropy', 'value']) checkNumber(who, name, numbers[name], { from: 0 });
  return all;
}
