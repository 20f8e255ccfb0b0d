import { loadMnist } from '../../src/datasets/index.js';
import { mean } from '../../src/linalg/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment } from '../experiment.js';
import { first, PIXELS } from './digits/images.js';
import { judge } from './digits/judge.js';
import { plain } from './digits/nets.js';
import { overSeeds } from './digits/over-seeds.js';
import { checkpointOf, trained } from './digits/train.js';

const WIDTHS = [PIXELS, 200, 200, 10];
const SEEDS = [1, 2, 3];
/** Of one member of the ensemble of `week03/mnist`, whose plain net takes five times as many. */
const STEPS = 2000;

export default {
  name: 'week03/stopped',
  about: 'One plain perceptron stopped where the members of an ensemble stop: what of the gain of the ensemble is a shorter training.',
  seed: 1,
  sanity: { error: { atMost: 0.03 } },
  async run({ quick, onStep, folder }) {
    const { train, test } = loadMnist();
    const steps = quick ? 5 : STEPS;
    const whole = first(test, quick ? 200 : test.labels.length);
    const found: { seed: number; error: number; logScore: number; loss: number; minutes: number }[] = [];
    for (const seed of quick ? SEEDS.slice(0, 2) : SEEDS) {
      const one = await trained(plain(WIDTHS), train, quick ? 1024 : train.labels.length, {
        k: fold(fold(key(1), seed), 0), // the first member of that seed's ensemble
        steps,
        peak: 0.002,
        file: checkpointOf(folder, `stopped-${seed}`),
        onStep: (done, note) => onStep((seed - 1) * steps + done, SEEDS.length * steps, note),
      });
      const { error, logScore } = await judge([one.drawn(0)], whole.x, whole.y);
      found.push({ seed, error, logScore, loss: one.loss, minutes: one.minutes });
    }
    const over = (score: 'error' | 'logScore', words: string) =>
      overSeeds(
        found.map((one) => one[score]),
        `one plain net of ${STEPS.toLocaleString('en')} steps: ${words}`,
      );
    return {
      numbers: {
        error: over('error', 'share of the 10,000 test images named wrongly'),
        logScore: over('logScore', 'log score on the test images, in nats'),
      },
      tables: { seeds: found.map(({ seed, error, logScore }) => ({ seed, error, logScore })) },
      trials: found.length,
      pinned: Object.fromEntries(found.map(({ seed, loss }) => [`stopped${seed}`, loss])),
      minutes: { stopped: mean(found.map(({ minutes }) => minutes)) },
    };
  },
} satisfies Experiment;
