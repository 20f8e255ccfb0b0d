import { cartPole } from '../../src/rl/index.js';
import { control } from '../control.js';
import type { Experiment } from '../experiment.js';

export default {
  name: 'week06/cartpole',
  about: "DQN and PPO on CartPole at CleanRL's hyper-parameters: what the final weights earn, and what their running mean.",
  seed: 1,
  sanity: { 'dqn-averaged': { atLeast: 200 }, 'ppo-averaged': { atLeast: 200 } },
  ...control(cartPole),
} satisfies Experiment;
