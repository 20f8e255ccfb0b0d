import { randint, split, uniform } from '../../src/base/random.js';
import { huber } from '../../src/nn/index.js';
import { layoutOf } from '../../src/optim/flat.js';
import { chosen, tdTarget } from '../../src/rl/index.js';
import { initMlp, type MlpParams, mlp } from './mlp.js';
import { gaussian, type Numbers, type Workload } from './workload.js';

interface Batch<Target = MlpParams> {
  readonly state: Numbers;
  readonly action: Numbers;
  readonly reward: Numbers;
  readonly next: Numbers;
  readonly done: Numbers;
  readonly target: Target;
}

const [B, ACTIONS, DISCOUNT] = [32, 2, 0.99];

export const W5: Workload<MlpParams, Batch, Batch<Numbers>> = {
  id: 'W5',
  title: 'DQN 4→64→64→2 with target net, batch 32',
  steps: 50,
  make(key) {
    const keys = split(key, 7);
    return {
      params: initMlp(keys[0], [4, 64, 64, ACTIONS]),
      batch: {
        state: gaussian(keys[1], B, 4),
        action: randint(keys[2], [B], 0, ACTIONS),
        reward: gaussian(keys[3], B),
        next: gaussian(keys[4], B, 4),
        done: { data: uniform(keys[5], [B]).data.map((u) => +(u < 0.1)), shape: [B] },
        target: initMlp(keys[6], [4, 64, 64, ACTIONS]),
      },
    };
  },
  /** The target network as one vector, as `dqnStep` has it. */
  hold: ({ target, ...batch }) => ({ ...batch, target: layoutOf(target).vector(target) }),
  /** Mnih et al. 2015, algorithm 1, with its clipped error as the Huber loss. */
  loss(params, { state, action, reward, next, done, target }) {
    const value = tdTarget(mlp(layoutOf(params).unpack(target), next), { reward, terminated: done }, { discount: DISCOUNT });
    return huber(chosen(mlp(params, state), action), value);
  },
};
