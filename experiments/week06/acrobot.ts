import { acrobot } from '../../src/rl/index.js';
import { control } from '../control.js';
import type { Experiment } from '../experiment.js';

export default {
  name: 'week06/acrobot',
  about: "DQN and PPO on Acrobot at CleanRL's hyper-parameters: what the final weights earn, and what their running mean.",
  seed: 1,
  sanity: { 'dqn-averaged': { atLeast: -300 }, 'ppo-averaged': { atLeast: -300 } },
  ...control(acrobot),
} satisfies Experiment;
